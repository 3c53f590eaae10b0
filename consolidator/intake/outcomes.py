"""Owns what intake says about a file: taken, known already, or turned away. No personal data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from consolidator.language import pick, tag
from schemas.codes import CODES, CodeText
from schemas.errors import InputError
from schemas.headers import Header

Word = Literal["new", "identical", "refused"]
WORDS_ZH: Mapping[Word, str] = {"new": "新收", "identical": "已收过", "refused": "退回"}
_UNKNOWN = CodeText("", "", "", "")


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file. ``position`` is the place in it; ``code`` is empty unless it was turned away."""

    file: str
    word: Word
    source: str = ""
    document: str = ""
    kind: str = ""
    code: str = ""
    position: str = ""
    detail: str = ""


def describe_taken(file: str, word: Word, header: Header) -> FileOutcome:
    """Say that a document went to the journal now or before."""
    return FileOutcome(file, word, header.source, header.id, header.kind)


def describe_refused(file: str, source: str, error: InputError) -> FileOutcome:
    """Say why a file was turned away."""
    return FileOutcome(file, "refused", source, code=error.code, position=error.position, detail=error.detail)


def describe_reason(code: str, position: str, detail: str) -> dict[str, Any]:
    """Give a refusal as JSON shows it: code, texts and next step in both languages, place, detail."""
    text = CODES.get(code, _UNKNOWN)
    return {
        "code": code,
        "text": {"zh": text.zh, "en": text.en},
        "position": position,
        "detail": detail,
        "next": {"zh": text.next_zh, "en": text.next_en},
    }


def describe_outcome(outcome: FileOutcome) -> dict[str, Any]:
    """Give an outcome as ``--json`` shows it."""
    base = {
        "file": outcome.file,
        "outcome": outcome.word,
        "source": outcome.source,
        "document": outcome.document,
        "kind": outcome.kind,
    }
    return base | (describe_reason(outcome.code, outcome.position, outcome.detail) if outcome.code else {})


def render_outcome(outcome: FileOutcome) -> str:
    """Write one line for a person: file, outcome, code, place, detail, next step."""
    name = f"{tag(WORDS_ZH[outcome.word], outcome.word)}  {outcome.file}"
    if not outcome.code:
        return f"{name}  {outcome.source}/{outcome.document}"
    text = CODES.get(outcome.code, _UNKNOWN)
    place = f" ({outcome.position})" if outcome.position else ""
    detail = f" [{outcome.detail}]" if outcome.detail else ""
    return f"{name}{place}  {outcome.code} {pick(text.zh, text.en)}{detail} → {pick(text.next_zh, text.next_en)}"

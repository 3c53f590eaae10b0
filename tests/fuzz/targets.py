"""Owns what is fuzzed: each parser of bytes from outside, with right files to begin from.

Whatever comes, a parser gives a value or raises InputError; what it gave must also be fit to be sent on.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from zlib import crc32

from bank_adapters.drafts import Draft
from bank_adapters.formats.layouts import InLayout
from bank_adapters.formats.order_layouts import OrderLayout
from bank_adapters.formats.orders import parse_order_file
from bank_adapters.profiles import load_profiles
from bank_adapters.reading import choose_format, parse_file
from consolidator.intake.legacy import derive_results_fields
from consolidator.transparency.keys import derive_signer
from schemas.documents import Document, derive_commands, parse_document, render_document, render_parts
from schemas.envelope import render_envelope
from schemas.errors import InputError
from schemas.headers import parse_header
from schemas.parts import PARTS, REGISTER_PARTS, Columns, parse_part
from tests.fuzz.log_targets import NOTES, PAPERS, read_note, read_paper
from tests.golden.bank_files.inputs import make_inputs
from tests.golden.bank_files.regenerate import FOLDER, INPUTS
from tests.unit.bank_adapters.samples import find_cover, find_in

_SIGNER = derive_signer("fuzz.example/officer", bytes(32))
_PROFILES_MAX = {"xlsx": 3}  # unpacking takes its time
_MODELS: Sequence[type[Columns]] = (*PARTS.values(), *REGISTER_PARTS.values())


@dataclass(frozen=True, slots=True)
class Target:
    """A parser: right files, and what is done with any bytes. It raises only for a fault of ours."""

    seeds: Sequence[bytes]
    run: Callable[[bytes], None]


def _list_files() -> list[tuple[InLayout, Path]]:
    return [(find_in(name.split("/", maxsplit=1)[0]), INPUTS / name) for name in make_inputs()]


def _make_file_target(word: str) -> Target:
    files = [(profile, path) for profile, path in _list_files() if choose_format(profile, path.name) == word]
    profiles = [*{profile.name: (profile, path.name) for profile, path in files}.values()]
    run = partial(_read_by_some, profiles, _PROFILES_MAX.get(word, len(profiles)))
    return Target([path.read_bytes() for _, path in files], run)


def _read_by_some(profiles: Sequence[tuple[InLayout, str]], count: int, raw: bytes) -> None:
    """Read bytes by profiles of a format: a file under the wrong name is the commonest fault."""
    first = crc32(raw) % len(profiles)
    for profile, name in [*profiles, *profiles][first : first + count]:
        with suppress(InputError):
            _send_on(parse_file(profile, name, raw, find_cover(profile)))


def _send_on(draft: Draft) -> None:
    """A draft can be cut into parts, and its header can be signed: nothing odd is left in it."""
    _read_document(parse_document(_sign(draft)))


def _sign(draft: Draft) -> bytes:
    fields = {"county": "511112", "source": "bank-402", "seq": 1, **draft.fields}
    if draft.fields["kind"] == "results":
        fields |= derive_results_fields(_SIGNER, draft.fields["file"]["sha256"].encode())
    return render_document(fields, *render_parts(draft.columns), _SIGNER.verifier.public.hex(), _SIGNER.sign)


def _read_document(document: Document) -> None:
    assert len(derive_commands(document, 0)) == len(document.parts) + 1
    with suppress(InputError):
        parse_header(document.envelope.header)


def _read_cover(raw: bytes) -> None:
    for profile, path in _covered():
        with suppress(InputError):
            parse_file(profile, path.name, path.read_bytes(), raw)


@cache
def _covered() -> Sequence[tuple[InLayout, Path]]:
    return [(profile, path) for profile, path in _list_files() if path.suffix in {".csv", ".txt"}]


def _read_orders(raw: bytes) -> None:
    for profile in load_profiles().values():
        if isinstance(profile, OrderLayout):
            with suppress(InputError):
                parse_order_file(profile, raw)


def _read_any_document(raw: bytes) -> None:
    with suppress(InputError):
        _read_document(parse_document(raw))


def _read_header(raw: bytes) -> None:
    """Sign whatever header, so that what stands behind the signature is reached."""
    with suppress(InputError):
        parse_header(raw)
    envelope = render_envelope(raw, _SIGNER.verifier.public.hex(), _SIGNER.sign)
    _read_any_document(envelope + b"\n")


def _read_part(raw: bytes) -> None:
    for model in _MODELS:
        with suppress(InputError):
            parsed = parse_part(model, raw)
            assert len(parsed.positions) == len(parsed.columns) or not parsed.positions


def _make_drafts() -> list[Draft]:
    return [parse_file(profile, path.name, path.read_bytes(), find_cover(profile)) for profile, path in _list_files()]


def _make_documents() -> list[bytes]:
    return [_sign(draft) for draft in _make_drafts()]


@cache
def load_targets() -> Mapping[str, Target]:
    """Give every target by name."""
    documents = _make_documents()
    headers = [parse_document(raw).envelope.header for raw in documents]
    parts = [part for raw in documents for part in parse_document(raw).parts]
    orders = [(FOLDER / f"{name}.golden").read_bytes() for name in load_profiles() if name.startswith("orders")]
    covers = [cover for profile, _ in _covered() if (cover := find_cover(profile)) is not None]
    return {
        **{word: _make_file_target(word) for word in ("delimited", "csv", "fixed", "xlsx", "json")},
        "cover": Target(covers, _read_cover),
        "orders": Target(orders, _read_orders),
        "document": Target(documents, _read_any_document),
        "header": Target(headers, _read_header),
        "part": Target(parts, _read_part),
        "note": Target(NOTES, read_note),
        "paper": Target(PAPERS, read_paper),
    }

"""Owns files of a source's own format: which adapter reads one, and the signed document it becomes.

The same file with the same cover sheet gives the same signed bytes, however often it comes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from bank_adapters.formats.covers import needs_cover
from bank_adapters.formats.layouts import InLayout
from bank_adapters.profiles import match_profiles
from bank_adapters.reading import parse_file
from bank_adapters.transports.directory import COVER
from consolidator.home.files import derive_safe_name, write_whole
from consolidator.intake.desk import Desk, Reader
from consolidator.intake.refusals import DIGEST_CHARACTERS
from consolidator.intake.spool import Offer, derive_next_number, find_kept, heal_held
from consolidator.transparency.keys import Ed25519Signer
from schemas.documents import parse_document, render_document, render_parts
from schemas.errors import InputError
from schemas.headers import parse_header

ORIGINALS = "files"  # in ``taken/SOURCE/``: each named by the beginning of its digest


@dataclass(frozen=True, slots=True)
class LegacyFile:
    """A file as it came, with its cover sheet if there was one."""

    name: str
    raw: bytes
    cover: bytes | None

    @property
    def tag(self) -> str:
        """What its signed document is found by again."""
        cover = sha256(self.cover or b"").hexdigest()
        return f"{sha256(self.raw).hexdigest()[:DIGEST_CHARACTERS]}-{cover[:DIGEST_CHARACTERS]}"


def choose_reader(readers: Sequence[Reader], name: str, source: str) -> tuple[Reader, InLayout]:
    """Find who reads a file of this name; ``source`` (empty: any) narrows it. InputError ``I10`` unless it is one."""
    found = [
        (reader, profile)
        for reader in readers
        if source in ("", reader.source)
        for profile in match_profiles(name, reader.profiles)
    ]
    if not found:
        raise InputError("I10", "no configured adapter reads a file of this name")
    if len(found) > 1:
        sources = ", ".join(sorted({reader.source for reader, _ in found}))
        message = f"several adapters read files of this name: {sources}"
        raise InputError("I10", message)
    return found[0]


def find_source(readers: Sequence[Reader], name: str, source: str) -> str:
    """Say whose a file is: as stated, else by its name, if one source alone sends files of that name; else empty."""
    found = {reader.source for reader in readers if match_profiles(name, reader.profiles)}
    return source or (min(found) if len(found) == 1 else "")


def stands_alone(readers: Sequence[Reader], name: str) -> bool:
    """Say whether a file of this name is read without a cover sheet."""
    profiles = (profile for reader in readers for profile in match_profiles(name, reader.profiles))
    return not all(map(needs_cover, profiles))


def sign_file(desk: Desk, reader: Reader, profile: InLayout, file: LegacyFile, at: int) -> Offer:
    """Give the signed document of a file: the one made before, or a new one with the key's next number.

    The caller holds the source. Raises InputError when the file cannot be read.
    """
    folder = desk.home.taken / reader.source
    heal_held(folder, desk.journal)
    kept = find_kept(folder, file.tag)
    if kept is not None:
        raw = kept.read_bytes()
        document = parse_document(raw)
        if document.header.file is not None and document.header.file.sha256 == sha256(file.raw).hexdigest():
            return Offer(document, raw, at, file.tag)
    draft = parse_file(profile, file.name, file.raw, file.cover)
    number = derive_next_number(folder, reader.signer.verifier.public.hex())
    fields = {"county": desk.county, "source": reader.source, "seq": number, **draft.fields}
    if profile.kind == "results":
        fields |= derive_results_fields(reader.signer, file.raw)
    raw = _render(reader.signer, fields, draft.columns)
    document = parse_document(raw)
    _check_fields(document.envelope.header)
    _keep_original(folder, file)
    return Offer(document, raw, at, file.tag)


def derive_results_fields(signer: Ed25519Signer, raw: bytes) -> dict[str, str]:
    """Give id and salt of a bank's results, which come without a cover sheet: the same for the same file.

    Both are made with the private key. The id becomes public; were it the file's own digest, anybody could find an
    account by trying out what fits it. In groups, no 15 digits of it stand in a row.
    """
    secret = sha256(signer.sign(b"results salt\0" + sha256(raw).digest())).hexdigest()
    salt, name = secret[:32], secret[32:]
    return {"salt": salt, "id": "-".join(["RES", *(name[at : at + 8] for at in range(0, len(name), 8))])}


def _render(signer: Ed25519Signer, fields: Mapping[str, Any], columns: Mapping[str, Any]) -> bytes:
    parts, count = render_parts(columns)
    return render_document(fields, parts, count, signer.verifier.public.hex(), signer.sign)


def _check_fields(header: bytes) -> None:
    """Turn a cover sheet with a wrong value away here, where its sender still stands: no number is used for it."""
    try:
        parse_header(header)
    except InputError as error:
        raise InputError("I12", error.detail) from error


def _keep_original(folder: Path, file: LegacyFile) -> None:
    name = f"{sha256(file.raw).hexdigest()[:DIGEST_CHARACTERS]}_{derive_safe_name(file.name)}"
    write_whole(folder / ORIGINALS / name, file.raw)
    if file.cover is not None:
        write_whole(folder / ORIGINALS / f"{name}{COVER}", file.cover)

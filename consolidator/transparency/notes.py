"""Owns signed notes (C2SP signed-note): text, blank line, signatures. Never gives out text that no known key signed."""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from consolidator.transparency.keys import KEY_ID_BYTES, Signer, Verifier
from consolidator.transparency.patterns import BASE64, KEY_NAME
from consolidator.transparency.signatures import check_signature
from schemas.errors import ConfigurationError, VerificationError, invariant

NOTE_BYTES_MAX = 1_000_000  # a hundred post-quantum signatures of 5 kB in base64, and a text
SIGNATURES_MAX = 100  # the specification asks for 16 at least
# Every control character is refused except the newline; a lone surrogate cannot be written in UTF-8.
_TEXT = re.compile(r"[^\x00-\x09\x0b-\x1f\ud800-\udfff]*\n")
_SIGNATURE_LINE = re.compile(f"\N{EM DASH} ({KEY_NAME}) ({BASE64})")


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature line: key name, 4-byte key id, and the bytes after the id."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """An opened note: at least one known key signed ``text``, and no known key signed something else.

    ``verified`` holds each known key once, so it may be counted; ``unverified`` lines prove nothing.
    """

    text: str
    verified: tuple[SignatureLine, ...]
    unverified: tuple[SignatureLine, ...]


def sign_note(text: str, signers: Sequence[Signer]) -> bytes:
    r"""Sign a text that ends in a newline; each signer adds one line, in the order given.

    Raises InvariantError when text, signers or a signer's name cannot stand in a note.
    """
    invariant(_TEXT.fullmatch(text), "a note's text ends in a newline and holds no other control character")
    invariant(0 < len(signers) <= SIGNATURES_MAX, "a note has 1 to 100 signers")
    message = text.encode()
    lines = [make_signature_line(signer, text) for signer in signers]
    return attach_signature_lines(message + b"\n", lines)


def make_signature_line(signer: Signer, text: str) -> SignatureLine:
    """Sign a note's text without making a note of it, as a witness does. Raises InvariantError for a bad name."""
    invariant(re.fullmatch(KEY_NAME, signer.name), "a signer's name cannot stand in a note")
    return SignatureLine(signer.name, signer.key_id, signer.sign(text.encode()))


def render_signature_line(line: SignatureLine) -> bytes:
    """Write one signature line with its newline."""
    return f"\N{EM DASH} {line.name} {b64encode(line.key_id + line.signature).decode()}\n".encode()


def attach_signature_lines(raw: bytes, lines: Iterable[SignatureLine]) -> bytes:
    """Add signature lines at the end of a note. Nothing is checked."""
    return raw + b"".join(map(render_signature_line, lines))


def open_note(raw: bytes, verifiers: Iterable[Verifier]) -> Note:
    """Read a note and check it with the keys the caller trusts.

    Lines of unknown keys (other name or other id) are ignored; a wrong line of a known key rejects the whole note; so
    does the absence of any known key. Raises VerificationError then and for anything malformed, ConfigurationError
    when two of the trusted keys have the same name and id.
    """
    known = _index_verifiers(verifiers)
    text, lines = parse_untrusted_note(raw)
    message = text.encode()
    signed = [(known.get((line.name, line.key_id)), line) for line in lines]
    verified: dict[Verifier, SignatureLine] = {}
    for verifier, line in signed:
        if verifier is not None:
            check_signature(verifier, message, line.signature)
            verified.setdefault(verifier, line)
    if not verified:
        reason = "no known key signed this note: check which key you trust and where the note comes from"
        raise VerificationError(reason)
    return Note(text, tuple(verified.values()), tuple(line for verifier, line in signed if verifier is None))


def parse_untrusted_note(raw: bytes) -> tuple[str, list[SignatureLine]]:
    """Take a note apart without checking a signature: text and lines may be anybody's.

    Only for finding out whose keys are needed; then :func:`open_note`. Raises VerificationError for anything malformed.
    """
    if len(raw) > NOTE_BYTES_MAX:
        reason = f"a note has at most {NOTE_BYTES_MAX} bytes"
        raise VerificationError(reason)
    try:
        content = raw.decode()
    except UnicodeDecodeError as error:
        reason = "a note is UTF-8 text, and this is not"
        raise VerificationError(reason) from error
    if _TEXT.fullmatch(content) is None:
        reason = "a note ends in a newline and holds no other control character"
        raise VerificationError(reason)
    text, blank, signatures = content.rpartition("\n\n")  # the last blank line: the text may hold others
    lines = signatures.split("\n")[:-1]
    if not blank or not 0 < len(lines) <= SIGNATURES_MAX:
        reason = "a note has a blank line and, after the last one, 1 to 100 signature lines"
        raise VerificationError(reason)
    return text + "\n", [_parse_signature_line(line) for line in lines]


def _index_verifiers(verifiers: Iterable[Verifier]) -> Mapping[tuple[str, bytes], Verifier]:
    distinct = dict.fromkeys(verifiers)
    index = {(verifier.name, verifier.key_id): verifier for verifier in distinct}
    if len(index) != len(distinct):
        reason = "two trusted keys have the same name and id: trust one of them"
        raise ConfigurationError(reason)
    return index


def _parse_signature_line(line: str) -> SignatureLine:
    match = _SIGNATURE_LINE.fullmatch(line)
    blob = b64decode(match[2]) if match else b""
    if match is None or len(blob) <= KEY_ID_BYTES:
        reason = "a signature line of the note is malformed"
        raise VerificationError(reason)
    return SignatureLine(match[1], blob[:KEY_ID_BYTES], blob[KEY_ID_BYTES:])

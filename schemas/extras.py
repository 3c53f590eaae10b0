"""Owns what goes along with a tlog-proof in its ``extra`` line: the entry that is proved. Never says that it is true.

The proof does not cover these bytes: whoever reads them hashes the entry and hands that hash to the check of the proof.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from schemas.canonical import render_canonical
from schemas.errors import VerificationError


class Extra(BaseModel):
    """The content of an ``extra`` line, canonical JSON: the entry as text, byte for byte as it is hashed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    v: Literal[1] = 1
    entry: str


def render_extra(entry: bytes) -> bytes:
    r"""Write the bytes that go along with an entry's proof; an entry is UTF-8.

    >>> render_extra(b'{"kind":"genesis"}')
    b'{"entry":"{\\"kind\\":\\"genesis\\"}","v":1}'
    """
    return render_canonical(Extra(entry=entry.decode()).model_dump())


def parse_extra(raw: bytes) -> bytes:
    """Read the entry back, in exactly one spelling. Raises VerificationError.

    >>> parse_extra(render_extra(b"an entry"))
    b'an entry'
    """
    try:
        entry = Extra.model_validate_json(raw).entry.encode()
    except (ValidationError, UnicodeEncodeError) as error:
        raise VerificationError(_NO_ENTRY) from error
    if render_extra(entry) != raw:
        raise VerificationError(_NO_ENTRY)
    return entry


_NO_ENTRY = "证明文件中没有条目 / the proof's extra line holds no entry: ask for a proof that 'log prove' wrote"

"""Owns what goes along with a tlog-proof in its ``extra`` line: the entry that is proved. Never says that it is true.

The proof does not cover these bytes: whoever reads them hashes the entry and hands that hash to the check of the proof.
An opened proof also brings the entry's private bytes and their opening, which the entry's commitment covers.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from schemas.canonical import render_canonical
from schemas.errors import VerificationError
from schemas.identifiers import Sha256

_NO_ENTRY = "证明文件中没有条目 / the proof's extra line holds no entry: ask for a proof that 'log prove' wrote"


class Extra(BaseModel):
    """The content of an ``extra`` line, canonical JSON: the entry as text, byte for byte as it is hashed.

    Of an opened entry also its private bytes as text, and the opening in hex; of an order file ``rest``, the columns of
    its list that the bank's layout does not carry (:mod:`consolidator.gate.opened`).
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    v: Literal[1] = 1
    entry: str
    private: str | None = None
    opening: Sha256 | None = None
    rest: str | None = None


def render_extra(entry: bytes) -> bytes:
    r"""Write the bytes that go along with an entry's proof; an entry is UTF-8.

    >>> render_extra(b'{"kind":"genesis"}')
    b'{"entry":"{\\"kind\\":\\"genesis\\"}","v":1}'
    """
    return render_full_extra(Extra(entry=entry.decode()))


def parse_extra(raw: bytes) -> bytes:
    """Read the entry back, in exactly one spelling, whatever else goes along with it. Raises VerificationError.

    >>> parse_extra(render_extra(b"an entry"))
    b'an entry'
    """
    return parse_full_extra(raw).entry.encode()


def render_full_extra(extra: Extra) -> bytes:
    """Write everything that goes along.

    >>> render_full_extra(Extra(entry="e", private="p"))
    b'{"entry":"e","private":"p","v":1}'
    """
    return render_canonical(extra.model_dump(exclude_none=True))


def parse_full_extra(raw: bytes) -> Extra:
    """Read everything that goes along, in exactly one spelling. Raises VerificationError.

    >>> parse_full_extra(b'{"entry":"e","private":"p","v":1}').private
    'p'
    """
    try:
        extra = Extra.model_validate_json(raw)
        spelling = render_full_extra(extra)
    except (ValidationError, UnicodeEncodeError) as error:
        raise VerificationError(_NO_ENTRY) from error
    if spelling != raw:
        raise VerificationError(_NO_ENTRY)
    return extra

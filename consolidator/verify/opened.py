"""Owns the check of an opened entry: its private bytes are those it commits to. Never derives an opening."""

import json
from hashlib import sha256

from schemas.errors import VerificationError
from schemas.extras import Extra


def check_opening(extra: Extra) -> None:
    r"""Check that an entry commits to exactly these private bytes under this opening. Raises VerificationError.

    A commitment is ``SHA-256(0x02 || opening || private)`` in lower hex (docs/entries.md).

    >>> seal = sha256(b"\2" + bytes(32) + b"{}").hexdigest().encode()
    >>> check_opening(Extra(b'{"sealed":"' + seal + b'"}', b"{}", bytes(32)))
    """
    try:
        sealed = json.loads(extra.entry)["sealed"]
    except (ValueError, KeyError, TypeError) as error:
        reason = "该条目没有可开示的内容 / the entry commits to nothing that could be opened"
        raise VerificationError(reason) from error
    if sealed != sha256(b"\2" + extra.opening + extra.private).hexdigest():
        reason = (
            "开示内容与条目的承诺不符,已被改动 / "
            "the private part is not the one that the entry commits to: it was changed"
        )
        raise VerificationError(reason)

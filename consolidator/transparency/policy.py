"""Owns the policy file (C2SP tlog-policy): which log key to trust, whose cosignatures to ask for. Only renders."""

from consolidator.transparency.keys import ED25519, Verifier, render_vkey
from schemas.errors import invariant

_WARNING = "# 无见证,仅供演示 No witnesses: for demonstration only\n"


def render_policy_without_witnesses(log_key: Verifier) -> bytes:
    """Write the policy of a log that nobody cosigns; it says so in its first line.

    Raises InvariantError when the key is not of the type that signs logs (0x01).

    >>> from consolidator.transparency.keys import parse_vkey
    >>> key = parse_vkey("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    >>> render_policy_without_witnesses(key).decode().splitlines()[-1]
    'quorum none'
    """
    invariant(log_key.kind == ED25519, "a log signs with a key of type 0x01")
    return f"{_WARNING}log {render_vkey(log_key)}\nquorum none\n".encode()

r"""Owns the regular expressions that several formats of the log share. Holds no code.

A pattern here matches canonical text only, so what it matched can be decoded without a second check. Use ``fullmatch``:
``$`` would let a trailing newline through.
"""

from schemas.vkeys import BASE64, BASE64_32_BYTES, KEY_NAME

__all__ = ["BASE64", "BASE64_32_BYTES", "KEY_NAME", "SIZE"]

# Decimal, no leading zero. 18 digits stay below 2^63, which is what readers in other languages count with.
SIZE = "(?:0|[1-9][0-9]{0,17})"

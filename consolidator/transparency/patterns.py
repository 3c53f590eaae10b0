r"""Owns the regular expressions that several formats of the log share. Holds no code.

A pattern here matches canonical text only, so what it matched can be decoded without a second check. Use ``fullmatch``:
``$`` would let a trailing newline through.
"""

_SYMBOL = "[A-Za-z0-9+/]"
# RFC 4648 section 4, padded. The last symbol before the padding carries bits that must be zero (section 3.5), otherwise
# two texts would mean the same bytes and a signature line could be changed without anybody noticing.
_TWO_OF_THREE = f"{_SYMBOL}{{2}}[AEIMQUYcgkosw048]="
_ONE_OF_THREE = f"{_SYMBOL}[AQgw]=="

BASE64 = f"(?:{_SYMBOL}{{4}})*(?:{_TWO_OF_THREE}|{_ONE_OF_THREE}|{_SYMBOL}{{4}})"
BASE64_32_BYTES = f"{_SYMBOL}{{40}}{_TWO_OF_THREE}"
# C2SP signed-note: not empty, no Unicode space, no plus; control characters and lone surrogates cannot stand in a note.
KEY_NAME = r"[^\s+\x00-\x1f\ud800-\udfff]+"
# Decimal, no leading zero. 18 digits stay below 2^63, which is what readers in other languages count with.
SIZE = "(?:0|[1-9][0-9]{0,17})"

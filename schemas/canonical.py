"""Owns canonical JSON (RFC 8785) for values made of strings, integers below 2^53, booleans, null, lists and ASCII keys.

For such values sorted keys, no white space and Python's escapes are byte for byte what RFC 8785 asks; a test compares
with an independent implementation.
"""

import json
from collections.abc import Mapping
from typing import Any

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
render_string = json.encoder.encode_basestring  # one JSON string, quotes included, non-ASCII kept


def render_canonical(value: Mapping[str, Any]) -> bytes:
    """Write a JSON object canonically.

    >>> render_canonical({"b": 1, "a": "中"}).decode()
    '{"a":"中","b":1}'
    """
    return _encode(value).encode()

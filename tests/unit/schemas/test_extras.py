"""What goes along with a proof: an entry, perhaps opened, in exactly one spelling."""

import json
import zlib
from base64 import b64decode, b64encode
from typing import Any

import pytest

from schemas.canonical import render_canonical
from schemas.errors import VerificationError
from schemas.extras import Extra, parse_extra, render_extra

ENTRY = '{"kind":"comment","sealed":"…"}'.encode()
PRIVATE = '{"reason":"核实"}'.encode()
OPENING = bytes(range(32))
OPENED = Extra(ENTRY, PRIVATE, OPENING)
LISTED = Extra(ENTRY, PRIVATE, OPENING, {"bank": ["402", "103"], "branch": ["", "1"]})


@pytest.mark.parametrize(
    "extra", [Extra(ENTRY), OPENED, LISTED, Extra(ENTRY, b"", OPENING), Extra(ENTRY, PRIVATE, OPENING, {"bank": []})]
)
def test_what_was_written_is_read_back(extra: Extra) -> None:
    assert parse_extra(render_extra(extra)) == extra


def test_an_opened_entry_is_written_as_described() -> None:
    assert json.loads(render_extra(OPENED)) == {
        "v": 1,
        "entry": ENTRY.decode(),
        "private": PRIVATE.decode(),
        "opening": OPENING.hex(),
    }


def test_the_rest_of_a_list_is_compressed_canonical_json() -> None:
    rest = json.loads(render_extra(LISTED))["rest"]
    assert zlib.decompress(b64decode(rest)) == b'{"bank":["402","103"],"branch":["","1"]}'


def change(extra: Extra = LISTED, **fields: object) -> bytes:
    """Write an extra with some fields changed, and without those that are None."""
    changed: dict[str, Any] = json.loads(render_extra(extra)) | fields
    return render_canonical({name: value for name, value in changed.items() if value is not None})


def pack(raw: bytes) -> str:
    """Write the rest of a list from other bytes."""
    return b64encode(zlib.compress(raw)).decode()


def test_the_untouched_one_is_read_by_the_same_way() -> None:
    assert parse_extra(change()) == LISTED


@pytest.mark.parametrize(
    "raw",
    [
        change(v=2),
        change(v=None),
        change(entry=None),
        change(entry=7),
        change(more=1),
        change(private=None),
        change(opening=None),
        change(OPENED, private=None, opening=None, rest=pack(b"{}")),
        change(opening="0" * 63),
        change(opening="0" * 62),
        change(opening=OPENING.hex().upper()),
        change(rest="?"),
        change(rest="AAAA"),
        change(rest=b64encode(zlib.compress(b"{}")[:-1]).decode()),
        change(rest=b64encode(zlib.compress(b"{}") + b"\0").decode()),
        change(rest=pack(b"[]")),
        change(rest=pack(b'{"line":["1"]}')),
        change(rest=pack(b'{"bank":[1]}')),
        render_extra(LISTED) + b" ",
        b" " + render_extra(LISTED),
        json.dumps(json.loads(render_extra(LISTED))).encode(),
        render_extra(OPENED).replace(b"}", b',"rest":null}', 1),
        rb'{"entry":"\ud800","v":1}',
        b"[]",
        b"\xff",
        b"",
    ],
)
def test_anything_else_is_refused(raw: bytes) -> None:
    with pytest.raises(VerificationError, match="holds no entry"):
        parse_extra(raw)


def test_a_small_extra_cannot_fill_the_memory() -> None:
    bomb = pack(b'{"bank":["' + b"0" * 41_000_000 + b'"]}')
    assert len(bomb) < 60_000
    with pytest.raises(VerificationError):
        parse_extra(change(rest=bomb))

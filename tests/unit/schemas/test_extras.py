import pytest
import rfc8785

from schemas.errors import VerificationError
from schemas.extras import parse_extra, render_extra


@pytest.mark.parametrize("entry", [b"", b'{"kind":"genesis","v":1}', '{"名":"\\u0000"}'.encode(), b"\x7f\n"])
def test_an_entry_comes_back_byte_for_byte(entry: bytes) -> None:
    assert parse_extra(render_extra(entry)) == entry
    assert render_extra(entry) == rfc8785.dumps({"entry": entry.decode(), "v": 1})


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"entry":1,"v":1}',
        b'{"entry":"x"}',
        b'{"entry":"x","v":2}',
        b'{"entry":"x","v":true}',
        b'{"entry":"x","more":1,"v":1}',
        b'{"entry":"y","entry":"x","v":1}',
        b'{"v":1,"entry":"x"}',
        b'{"entry": "x","v":1}',
        rb'{"entry":"\u0078","v":1}',
        rb'{"entry":"\ud800","v":1}',
        b'{"entry":"x","v":1}\n',
    ],
)
def test_any_other_spelling_is_refused(raw: bytes) -> None:
    with pytest.raises(VerificationError, match="holds no entry"):
        parse_extra(raw)

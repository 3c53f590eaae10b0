"""Whatever bytes come, a file is a draft or a refusal, and nothing else."""

import contextlib

from hypothesis import example, given
from hypothesis import strategies as st

from bank_adapters.reading import parse_file
from schemas.documents import render_parts
from schemas.errors import InputError
from tests.unit.bank_adapters.samples import COVER, COVER_TOTALS, ID, TITLES, bureau_row, find_in, pay_text

LINE = f"1|魏槐仓|6299402447587213728|{ID}|396.00|农村低保|"
PAY = pay_text(LINE, LINE).encode("gb18030")
CSV = f"{TITLES}\r\n{bureau_row()}\r\n{bureau_row()}".encode()
ANSWER = (
    "H|B1|2|792.00|20261106\r\n1|511112/civil/DB-1/1/0|6299402447587213728|396.00|F011|已销户||20261106\r\n"
    "2|511112/civil/DB-1/2/0||396.00|S000||T2|2026-11-06\r\nT|2|792.00|END\r\n"
).encode("gbk")
NAMES = {"batchpay-402": (PAY, COVER), "bureau-batch": (CSV, COVER_TOTALS), "results-402": (ANSWER, None)}


@st.composite
def mutate(draw: st.DrawFn) -> tuple[str, bytes]:
    """Take a right file and cut, repeat, exchange or insert bytes in it."""
    name = draw(st.sampled_from(sorted(NAMES)))
    raw = NAMES[name][0]
    start = draw(st.integers(0, len(raw)))
    end = draw(st.integers(start, len(raw)))
    middle = draw(
        st.one_of(st.binary(max_size=8), st.sampled_from([raw[start:end] * 2, b'"', b"\n", b"|", b"\xef\xbb\xbf"]))
    )
    return name, raw[:start] + middle + raw[end:]


@given(mutate())
@example(("bureau-batch", b"\x00"))
def test_mutated_files(case: tuple[str, bytes]) -> None:
    name, raw = case
    with contextlib.suppress(InputError):
        cover = NAMES[name][1]
        draft = parse_file(find_in(name), "any.txt", raw, None if cover is None else cover.encode())
        parts, count = render_parts(draft.columns)
        assert count > 0
        assert parts


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_random_files_and_covers(raw: bytes, cover: bytes) -> None:
    for name in NAMES:
        with contextlib.suppress(InputError):
            parse_file(find_in(name), "any.txt", raw, cover)

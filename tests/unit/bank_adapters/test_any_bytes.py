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
NAMES = {"batchpay-402": (PAY, COVER), "bureau-batch": (CSV, COVER_TOTALS)}


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
        draft = parse_file(find_in(name), "any.txt", raw, NAMES[name][1].encode())
        parts, count = render_parts(draft.columns)
        assert count > 0
        assert parts


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_random_files_and_covers(raw: bytes, cover: bytes) -> None:
    for name in NAMES:
        with contextlib.suppress(InputError):
            parse_file(find_in(name), "any.txt", raw, cover)

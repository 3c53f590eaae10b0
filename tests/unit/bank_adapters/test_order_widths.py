"""Order files of fixed width, with preambles and literals: what does not fit is refused, never cut."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bank_adapters.formats.order_layouts import OrderLayout
from bank_adapters.formats.orders import OrderRow, parse_order_file, render_order_file
from bank_adapters.profiles import Profile, load_profile, load_profiles
from schemas.errors import ConfigurationError, InputError
from schemas.identifiers import OrderId, derive_order_id
from schemas.money import FEN_MAX
from schemas.orders import OrderColumns
from tests.unit.bank_adapters.samples import find_out, make_order_file, make_orders

LAYOUTS = [profile for profile in load_profiles().values() if isinstance(profile, OrderLayout)]
FIXED = ["orders-103", "orders-403"]
OWN = load_profile(Path(__file__).parents[2] / "fixtures" / "bank_files" / "orders-777.toml")


def render(name: str, *names: str) -> bytes:
    return render_order_file(
        find_out(name), make_order_file(len(names), 1234 * len(names)), [make_orders([*names])]
    ).content


NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters='|,"\t※ ', exclude_categories=["C", "Z"]), min_size=1, max_size=20
)


@st.composite
def make_any_orders(draw: st.DrawFn) -> OrderColumns:
    """Make orders as the ledger may hold them: names with spaces inside, no branch, lines that correct others."""
    names = draw(st.lists(st.lists(NAMES, min_size=1, max_size=3).map(" ".join), min_size=1, max_size=5))
    fens = draw(st.lists(st.integers(0, FEN_MAX // 10), min_size=len(names), max_size=len(names)))
    accounts = draw(st.lists(st.text("0123456789", min_size=8, max_size=32), min_size=len(names), max_size=len(names)))
    branches = draw(st.lists(st.sampled_from(["", "402665500015"]), min_size=len(names), max_size=len(names)))
    lines = draw(st.lists(st.integers(1, 1_000_000), min_size=len(names), max_size=len(names)))
    rounds = draw(st.none() | st.lists(st.integers(0, 99), min_size=len(names), max_size=len(names)))
    drawn = {"amount_fen": fens, "account": accounts, "branch": branches, "line": lines, "round": rounds}
    return make_orders(names).model_copy(update=drawn)


@given(make_any_orders())
def test_any_list_is_read_back_exactly_from_every_layout(orders: OrderColumns) -> None:
    file = make_order_file(len(orders.line), sum(orders.amount_fen))
    for layout in LAYOUTS:
        rows = parse_order_file(layout, render_order_file(layout, file, [orders]).content)
        assert rows == expect(layout, orders, file.summary)


def expect(layout: OrderLayout, orders: OrderColumns, summary: str) -> list[OrderRow]:
    """Give what a bank reads; what its layout does not carry is empty."""
    carried = layout.columns
    return [
        OrderRow(
            derive_order_id("511112", "bank-402", "PAY-1", line, round_),
            account,
            name,
            fen,
            branch if "branch" in carried else "",
            bank if "bank" in carried else "",
            summary if "summary" in carried else "",
        )
        for line, round_, account, name, fen, branch, bank in zip(
            orders.line,
            orders.round or [0] * len(orders.line),
            orders.account,
            orders.name,
            orders.amount_fen,
            orders.branch,
            orders.bank,
            strict=True,
        )
    ]


@pytest.mark.parametrize("layout", [*LAYOUTS, OWN], ids=lambda layout: layout.name)
def test_the_longest_order_id_there_can_be_fits_every_layout(layout: Profile) -> None:
    assert isinstance(layout, OrderLayout)
    file = make_order_file(1, 1234).model_copy(update={"source": "x" * 32, "document": "x" * 48})
    orders = make_orders(["甲"]).model_copy(update={"line": [1_000_000], "round": [99]})
    (row,) = parse_order_file(layout, render_order_file(layout, file, [orders]).content)
    longest = f"511112/{'x' * 32}/{'x' * 48}/1000000/99"
    assert TypeAdapter(OrderId).validate_python(longest) == row.order_id == longest


@pytest.mark.parametrize(("layout", "width"), [("orders-103", 256), ("orders-403", 64)])
def test_a_name_may_fill_its_place_and_not_more(layout: str, width: int) -> None:
    full = "甲" * (width // 2) if layout == "orders-103" else "甲" * width
    assert parse_order_file(find_out(layout), render(layout, full))[0].name == full
    with pytest.raises(ConfigurationError, match=r"bank-402_PAY-1_402_001: a name is wider"):
        render(layout, full + "a")


@pytest.mark.parametrize("layout", FIXED)
@pytest.mark.parametrize("name", [" 甲", "甲 ", "甲\n乙"])
def test_a_name_that_a_fixed_layout_would_change_stops_the_file(layout: str, name: str) -> None:
    with pytest.raises(ConfigurationError, match="a name"):
        render(layout, name)


def test_a_name_that_the_encoding_does_not_know_stops_the_file() -> None:
    layout = find_out("orders-402").model_copy(update={"encoding": "gbk"})
    with pytest.raises(ConfigurationError, match="cannot be encoded"):
        render_order_file(layout, make_order_file(1, 1234), [make_orders(["𠀀某"])])


def test_an_amount_wider_than_its_place_stops_the_file() -> None:
    widths = [8, 32, 256, 3, 12, 28, 110]
    layout = find_out("orders-103").model_copy(update={"widths": widths})
    with pytest.raises(ConfigurationError, match="a amount is wider"):
        render_order_file(layout, make_order_file(1, 1234), [make_orders(["甲"])])


def test_payer_agency_and_business_stand_where_the_bank_wants_them() -> None:
    assert render("orders-103", "甲").startswith(b"6299000000000000103             0017      BT01")
    line = render("orders-105", "甲").decode().split("\n")[2]
    assert line.startswith("6299000000000000105※0017※BT01※1※甲※")


@pytest.mark.parametrize(
    ("layout", "old", "new", "code"),
    [
        ("orders-105", "V1", "V2", "I15"),
        ("orders-105", "※0017※", "※0018※", "I14"),
        ("orders-105", "#END#※1", "#END#※2", "I15"),
        ("orders-105", "#END#※1", "#END#※1※", "I15"),
        ("orders-103", "6299000000000000103 ", "6299000000000000104 ", "I15"),
        ("orders-103", "0000000000001234", "0000000000001235", "I15"),
        ("orders-103", "00000001629", "       1629", "I14"),
        ("orders-103", "甲  ", " 甲 ", "I14"),
        ("orders-103", "甲  ", "甲 ", "I14"),
        ("orders-403", "       1629", "1       629", "I14"),
        ("orders-403", "\r\n01", "\r\n02", "I14"),
        ("orders-403", "\r\n99", "\r\n98", "I15"),
    ],
)
def test_anything_that_is_not_exactly_the_layout_is_refused(layout: str, old: str, new: str, code: str) -> None:
    encoding = find_out(layout).encoding
    content = render(layout, "甲")
    assert old.encode(encoding) in content
    with pytest.raises(InputError, match=code):
        parse_order_file(find_out(layout), content.replace(old.encode(encoding), new.encode(encoding), 1))


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_every_truncation_of_an_order_file_is_refused(layout: OrderLayout) -> None:
    content = render(layout.name, "魏槐仓", "𠀀某")
    ending = 2 if layout.line_end == "crlf" else 1
    assert layout.trailer
    for length in range(len(content) - ending):
        with pytest.raises(InputError):
            parse_order_file(layout, content[:length])


def test_no_error_shows_the_payers_account() -> None:
    account = "6299000000000000103"
    content = render("orders-103", "甲")
    with pytest.raises(InputError) as caught:
        parse_order_file(find_out("orders-103"), content.replace(b"6299000000000000103 ", b"6299000000000000104 "))
    assert account[:-1] not in str(caught.value)
    layout = find_out("orders-103").model_copy(update={"header_widths": [3, 10, 4, 8, 16, 8, 110]})
    with pytest.raises(ConfigurationError, match="a fixed number is wider") as refused:
        render_order_file(layout, make_order_file(1, 1234), [make_orders(["甲"])])
    assert account not in str(refused.value)

"""Order files: the exact bytes of each bank, and the list read back out of them."""

import pytest

from bank_adapters.formats.order_layouts import OrderLayout
from bank_adapters.formats.orders import parse_order_file, render_order_file
from bank_adapters.profiles import load_profiles
from schemas.errors import ConfigurationError, InputError
from schemas.identifiers import derive_order_id
from tests.unit.bank_adapters.samples import find_out, make_order_file, make_orders

NAMES = ["魏槐仓", "迪丽·热巴", "𠀀某", "=1+1"]
LAYOUTS = [name for name, profile in load_profiles().items() if isinstance(profile, OrderLayout)]


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_list_is_read_back_as_it_was_ordered(name: str) -> None:
    layout = find_out(name)
    rows = parse_order_file(layout, render_order_file(layout, make_order_file(4, 4936), [make_orders(NAMES)]).content)
    assert [row.name for row in rows] == NAMES
    assert [row.amount_fen for row in rows] == [1234] * 4
    assert [row.account for row in rows] == make_orders(NAMES).account
    assert rows[1].order_id == derive_order_id("511112", "bank-402", "PAY-1", 2, 0)


@pytest.mark.parametrize("name", LAYOUTS)
def test_one_changed_amount_is_seen(name: str) -> None:
    layout = find_out(name)
    content = render_order_file(layout, make_order_file(1, 1234), [make_orders(["甲"])]).content
    old, new = (b"1234", b"1235") if layout.amount_unit == "fen" else (b"12.34", b"12.35")
    changed = content.replace(old, new, 1)
    assert changed != content
    with pytest.raises(InputError, match="I15"):
        parse_order_file(layout, changed)


def test_a_dropped_or_widened_line_is_seen() -> None:
    layout = find_out("orders-402")
    lines = render_order_file(layout, make_order_file(2, 2468), [make_orders(["甲", "乙"])]).content.split(b"\r\n")
    with pytest.raises(InputError, match="I14"):
        parse_order_file(layout, b"\r\n".join([*lines[:1], *lines[2:]]))
    with pytest.raises(InputError, match="I15"):
        parse_order_file(layout, b"\r\n".join([*lines[:2], *lines[3:]]))
    with pytest.raises(InputError, match="I14"):
        parse_order_file(layout, b"\r\n".join([lines[0], lines[1] + b"|", *lines[2:]]))
    with pytest.raises(InputError, match="I15"):
        parse_order_file(layout, b"\r\n".join([lines[0] + b"|", *lines[1:]]))


def test_serials_go_on_over_parts() -> None:
    parts = [make_orders(["甲", "乙"]), make_orders(["丙"])]
    content = render_order_file(find_out("orders-402"), make_order_file(3, 3702), parts).content.decode("gb18030")
    assert [line.split("|")[0] for line in content.split("\r\n")[1:4]] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("layout", "name"),
    [("orders-402", "甲|乙"), ("orders-402", "甲\n乙"), ("orders-102", '甲"乙'), ("orders-102", "甲,乙")],
)
def test_a_name_that_would_break_the_layout_stops_the_file(layout: str, name: str) -> None:
    with pytest.raises(ConfigurationError, match="a name"):
        render_order_file(find_out(layout), make_order_file(1, 1234), [make_orders([name])])


def test_a_quotation_mark_in_a_name_is_only_a_character_between_bars() -> None:
    content = render_order_file(find_out("orders-402"), make_order_file(1, 1234), [make_orders(["阿'甲\""])]).content
    assert "阿'甲\"" in content.decode("gb18030")


def test_a_summary_with_a_separator_stops_the_file() -> None:
    file = make_order_file(1, 1234).model_copy(update={"summary": "低保,五保"})
    with pytest.raises(ConfigurationError, match="a summary"):
        render_order_file(find_out("orders-102"), file, [make_orders(["甲"])])


@pytest.mark.parametrize(
    ("layout", "old", "new"),
    [
        ("orders-402", b"|END", b"|EN"),
        ("orders-402", b"H|", b"XH|"),
        ("orders-402", b"\r\n2|", b"\r\n7|"),
        ("orders-402", b"|12.34|", b"|12.3x|"),
        ("orders-403", b"\r\n01 ", b"\r\n55 "),
        ("orders-102", "序号".encode(), "号序".encode()),
    ],
)
def test_anything_that_is_not_exactly_the_layout_is_refused(layout: str, old: bytes, new: bytes) -> None:
    content = render_order_file(find_out(layout), make_order_file(2, 2468), [make_orders(["甲", "乙"])]).content
    assert old in content
    with pytest.raises(InputError):
        parse_order_file(find_out(layout), content.replace(old, new, 1))


def test_a_file_of_one_line_is_no_order_file() -> None:
    with pytest.raises(InputError, match="I16"):
        parse_order_file(find_out("orders-402"), b"H|x|1|1.00|20261101")


def test_an_order_file_name_holds_no_person() -> None:
    rendered = render_order_file(find_out("orders-103"), make_order_file(1, 1234), [make_orders(["甲"])])
    assert rendered.name == "DFbank-402_PAY-1_402_001.dat"

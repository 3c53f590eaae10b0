"""Numbers of plots and machines, written otherwise: the same number is the same claim."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.rules.duplicates import derive_claim_keys, derive_serials, fold_plot, fold_serial
from tests.unit.rules.desk import PEOPLE, PROGRAMME, make_slice, make_state, run

BY_PLOT, BY_MACHINE = (msgspec.structs.replace(PROGRAMME, unit=unit) for unit in ("plot", "machine"))
SPELLINGS = [
    "SN100",
    "sn100",
    "Sn 100",
    "  SN100 ",
    "SN-100",
    "SN\\100",
    "S|N|100",
    "SN_./100",
    "SN\u3000100",  # an ideographic space
    "ＳＮ１００",  # full width, as Chinese keyboards write it
    "ｓｎ－１００",  # the same with a full-width hyphen
]


@pytest.mark.parametrize("number", SPELLINGS)
def test_a_number_written_otherwise_is_the_same(number: str) -> None:
    assert fold_serial(number) == fold_plot(number) == "SN100"


@pytest.mark.parametrize("number", ["SN101", "SN10", "SN0100", "5N100", "SN100A", "川SN100"])
def test_another_number_stays_another(number: str) -> None:
    assert fold_serial(number) != "SN100"
    assert fold_plot(number) != "SN100"


@given(st.text("aBc09川-_./| ", max_size=12), st.text("-_./| ", max_size=3), st.integers(0, 12))
def test_filling_anywhere_in_a_serial_changes_nothing_and_all_else_is_kept(number: str, filling: str, at: int) -> None:
    folded = fold_serial(number)
    assert fold_serial(number[:at] + filling + number[at:]) == folded
    assert fold_serial(folded) == folded
    assert folded == "".join(sign for sign in number.upper() if sign in "ABC09川")


@pytest.mark.parametrize(
    "number", ["1-12", "1 - 12", "1_12", "1/12", "1\u30fb12", "\uff11\uff0d\uff11\uff12", " 1.12. ", "1\u200b-12"]
)
def test_the_figures_of_a_plot_stay_apart_whatever_stands_between_them(number: str) -> None:
    assert fold_plot(number) == "1-12"


@pytest.mark.parametrize("number", ["11-2", "112", "1-1-2", "12-1", "1-120", "1-A12"])
def test_two_plots_whose_figures_divide_otherwise_are_two(number: str) -> None:
    part = make_slice(make_state(), PEOPLE[:1] * 2, programme=BY_PLOT, plot=["1-12", number])
    assert len(set(derive_claim_keys(part))) == 2


@given(st.text("aB09川-_./| ", max_size=12))
def test_a_folded_plot_stays_as_it_is_and_keeps_its_signs(number: str) -> None:
    folded = fold_plot(number)
    assert fold_plot(folded) == folded
    assert folded.replace("-", "") == fold_serial(number)


@pytest.mark.parametrize("number", SPELLINGS)
def test_a_plot_written_otherwise_is_claimed_once(number: str) -> None:
    part = make_slice(make_state(), PEOPLE[:1] * 3, programme=BY_PLOT, plot=["SN100", number, None])
    claim = f"{PEOPLE[0]}|SN100"
    assert derive_claim_keys(part) == [claim, claim, PEOPLE[0]]


@pytest.mark.parametrize("number", SPELLINGS)
def test_a_machine_written_otherwise_is_the_same_machine_whoever_buys_it(number: str) -> None:
    part = make_slice(make_state(), PEOPLE[:3], programme=BY_MACHINE, plot=["SN100", number, None])
    assert derive_serials(part) == ["SN100", "SN100", None]


@pytest.mark.parametrize("sign", ["\u200b", "\u00ad", "\ufeff", "\u2010", "\u2013", "\u2014", "\u2212", "\u00b7"])
def test_invisible_signs_and_other_dashes_make_no_other_number(sign: str) -> None:
    assert fold_serial(f"SN{sign}100") == fold_plot(f"SN{sign}100") == "SN100"


@pytest.mark.parametrize("sign", ["\u200b", "\u00ad", "\ufeff"])
def test_what_nobody_sees_keeps_no_figures_apart(sign: str) -> None:
    assert fold_plot(f"1{sign}12") == "112"


@pytest.mark.parametrize("number", ["-", " ", "_ . /", "|"])
def test_a_machine_whose_serial_is_only_filling_has_none(number: str) -> None:
    hits = run(make_state(), PEOPLE[:1], programme=BY_MACHINE, plot=[number])
    assert hits.findings == {0: ["R35:orange"]}


@pytest.mark.parametrize("number", ["-", "_ . /", "\u200b"])
def test_a_plot_whose_number_is_only_filling_is_no_other_claim_than_one_without(number: str) -> None:
    part = make_slice(make_state(), PEOPLE[:1] * 2, programme=BY_PLOT, plot=[number, None])
    assert derive_claim_keys(part) == [PEOPLE[0]] * 2

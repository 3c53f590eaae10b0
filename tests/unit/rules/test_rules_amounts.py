"""R22 and R38: too little, and unusually much; the history of sizes it is compared with."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.facts.programmes import RuleSetting
from consolidator.rules.amounts import count_sizes, derive_bucket, find_percentile, find_usual_limit
from tests.unit.rules.desk import PEOPLE, PROGRAMME, findings_of, make_slice, make_state, run

PERSON = PEOPLE[0]
CEILING = msgspec.structs.replace(PROGRAMME, standard_kind="ceiling")
WITHOUT_STANDARD = msgspec.structs.replace(PROGRAMME, standard_fen=None)
FEN = st.integers(0, 5_000_000_000)


# ---- R22


@pytest.mark.parametrize(
    ("fen", "milli", "below"),
    [
        (10_000, 1_000, False),
        (9_999, 1_000, True),
        (10_000, None, False),
        (9_999, None, True),
        (12_340, 1_234, False),
        (12_339, 1_234, True),
        (12_345, 1_235, True),
        (0, 0, False),
        (0, 1, True),
    ],
)
def test_r22_compares_amount_with_rate_times_quantity_to_the_last_fen(
    fen: int, milli: int | None, below: object
) -> None:
    found = findings_of(make_state(), PERSON, amount_fen=fen, quantity_milli=milli)
    assert ("R22:orange" in found) is below


@given(FEN, st.integers(0, 10**12), st.integers(0, 10**13))
def test_an_amount_is_below_above_or_at_the_standard(fen: int, milli: int, standard: int) -> None:
    programme = msgspec.structs.replace(PROGRAMME, standard_fen=standard)
    found = findings_of(make_state(), PERSON, amount_fen=fen, quantity_milli=milli, programme=programme)
    difference = fen * 1000 - standard * milli
    assert found == (["R21:red"] if difference > 0 else ["R22:orange"] if difference < 0 else [])


def test_r22_counts_one_unit_where_the_file_has_no_quantities() -> None:
    hits = run(make_state(), PEOPLE[:3], amount_fen=[10_000, 9_999, 10_000])
    assert hits.findings == {1: ["R22:orange"]}
    assert hits.evidence == {1: {"R22": {"standard_fen": 10_000, "quantity_milli": 1000}}}


def test_r22_keeps_the_quantity_as_evidence() -> None:
    hits = run(make_state(), PEOPLE[:2], amount_fen=[19_999, 9_999], quantity_milli=[2_000, None])
    assert hits.evidence == {
        0: {"R22": {"standard_fen": 10_000, "quantity_milli": 2_000}},
        1: {"R22": {"standard_fen": 10_000, "quantity_milli": 1_000}},
    }


def test_a_standard_that_is_a_ceiling_may_be_fallen_short_of_and_not_exceeded() -> None:
    state = make_state()
    assert findings_of(state, PERSON, amount_fen=1, programme=CEILING) == []
    assert findings_of(state, PERSON, amount_fen=10_001, programme=CEILING) == ["R21:red"]


def test_r22_has_nothing_to_say_where_a_programme_has_no_standard() -> None:
    assert findings_of(make_state(), PERSON, amount_fen=0, programme=WITHOUT_STANDARD) == []


# ---- R38


def make_sizes(*amounts: tuple[int, int]) -> dict[int, int]:
    """Make a history of (fen, lines)."""
    sizes: dict[int, int] = {}
    count_sizes(sizes, amounts)
    return sizes


@pytest.mark.parametrize(("fen", "found"), [(20_000, []), (20_001, ["R38:orange"])])
def test_r38_holds_what_is_above_the_programmes_limit(fen: int, found: list[str]) -> None:
    programme = msgspec.structs.replace(WITHOUT_STANDARD, line_max_fen=20_000)
    assert findings_of(make_state(), PERSON, amount_fen=fen, programme=programme) == found


def test_r38_has_no_limit_where_nothing_says_one() -> None:
    part = make_slice(make_state(), [PERSON], programme=WITHOUT_STANDARD, amount_fen=[5_000_000_000])
    assert find_usual_limit(part) is None
    assert findings_of(make_state(), PERSON, amount_fen=5_000_000_000, programme=WITHOUT_STANDARD) == []


@pytest.mark.parametrize(("lines", "limit"), [(999, None), (1000, 3 * 10_239)])
def test_r38_compares_with_what_is_usual_once_there_are_a_thousand_lines(lines: int, limit: int | None) -> None:
    state = make_state()
    state.history.sizes = {"FARM": make_sizes((10_000, lines)), "BIRTH": make_sizes((1, 5_000))}
    part = make_slice(state, [PERSON], programme=WITHOUT_STANDARD)
    assert find_usual_limit(part) == limit


@pytest.mark.parametrize(("fen", "found"), [(30_717, []), (30_718, ["R38:orange"])])
def test_r38_holds_more_than_three_times_the_usual(fen: int, found: list[str]) -> None:
    state = make_state()
    state.history.sizes = {"FARM": make_sizes((10_000, 1000))}
    assert findings_of(state, PERSON, amount_fen=fen, programme=WITHOUT_STANDARD) == found


def test_r38_says_the_limit_it_compared_with() -> None:
    state = make_state()
    state.history.sizes = {"FARM": make_sizes((10_000, 1000))}
    hits = run(state, [PERSON], amount_fen=[90_000], programme=WITHOUT_STANDARD)
    assert hits.evidence == {0: {"R38": {"limit_fen": 30_717}}}


@pytest.mark.parametrize(("line_max_fen", "limit"), [(30_716, 30_716), (30_718, 30_717)])
def test_r38_takes_the_lower_of_two_limits(line_max_fen: int, limit: int) -> None:
    state = make_state()
    state.history.sizes = {"FARM": make_sizes((10_000, 1000))}
    programme = msgspec.structs.replace(WITHOUT_STANDARD, line_max_fen=line_max_fen)
    assert find_usual_limit(make_slice(state, [PERSON], programme=programme)) == limit


@pytest.mark.parametrize(
    ("parameters", "limit"),
    [({"factor_percent": 150}, 15_358), ({"lines_min": 5}, 30_717), ({"lines_min": 6}, None)],
)
def test_r38_takes_the_countys_thresholds(parameters: dict[str, int], limit: int | None) -> None:
    state = make_state(R38=RuleSetting(parameters={"lines_min": 5} | parameters))
    state.history.sizes = {"FARM": make_sizes((10_000, 5))}
    assert find_usual_limit(make_slice(state, [PERSON], programme=WITHOUT_STANDARD)) == limit


# ---- the history of sizes


@given(FEN)
def test_a_bucket_is_at_most_an_eighth_wide(fen: int) -> None:
    upper = find_percentile({derive_bucket(fen): 1})
    assert fen <= upper <= fen + fen // 8
    assert derive_bucket(upper) == derive_bucket(fen)
    assert derive_bucket(upper + 1) == derive_bucket(fen) + 1


@pytest.mark.parametrize("fen", [0, 1, 7, 8, 15, 16, 17, 18, 31, 32, 35, 36])
def test_small_amounts_have_a_bucket_of_their_own_up_to_sixteen(fen: int) -> None:
    assert (find_percentile({derive_bucket(fen): 1}) == fen) is (fen < 16 or fen in {17, 31, 35})


@given(FEN, FEN)
def test_buckets_stand_in_the_order_of_their_amounts(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert derive_bucket(low) <= derive_bucket(high)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([(10, 99), (15, 1)], 10),
        ([(10, 98), (15, 2)], 15),
        ([(10, 1), (15, 1)], 15),
        ([(15, 1), (10, 199)], 10),
        ([(15, 3), (10, 197)], 15),
        ([(0, 1)], 0),
        ([], 0),
    ],
)
def test_the_percentile_is_what_99_of_100_lines_keep_to(sizes: list[tuple[int, int]], expected: int) -> None:
    assert find_percentile(make_sizes(*sizes)) == expected


@given(st.lists(FEN, min_size=1, max_size=300))
def test_the_percentile_is_that_of_the_sorted_amounts_to_an_eighth(amounts: list[int]) -> None:
    exact = sorted(amounts)[-(-len(amounts) * 99 // 100) - 1]
    found = find_percentile(make_sizes(*((fen, 1) for fen in amounts)))
    assert derive_bucket(found) == derive_bucket(exact)


def test_sizes_add_up_by_bucket() -> None:
    sizes = {8: 5}
    count_sizes(sizes, [(8, 2), (10_000, 1), (10_239, 3), (10_240, 4)])
    assert sizes == {8: 7, derive_bucket(10_000): 4, derive_bucket(10_240): 4}

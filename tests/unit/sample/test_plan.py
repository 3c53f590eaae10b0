"""The plan of a county's batches, also a large one: sizes add up, areas do not overlap, half comes from the bank."""

from collections import Counter

import pytest

from consolidator.sample.casting import build_county
from consolidator.sample.dice import Dice
from consolidator.sample.people import Registry, settle_ordinary
from consolidator.sample.plan import plan_batches


@pytest.mark.parametrize("lines", [490, 3000, 59_940])
def test_sizes_add_up_to_the_lines(lines: int) -> None:
    ordinary = settle_ordinary(Registry(5), 5, max(700, lines // 3))
    assert sum(batch.size for batch in plan_batches(ordinary, lines, 5)) == lines


def test_a_batch_has_875_lines_on_average_and_half_of_them_come_from_the_bank() -> None:
    batches = build_county(60_000, 5).batches
    assert 800 <= 60_000 // len(batches) <= 900
    assert max(batch.size for batch in batches) > 1000
    assert 2 * abs(sum(batch.form == "bank" for batch in batches) * 2 - len(batches)) <= len(batches)


def test_two_batches_of_one_programme_and_period_share_no_town() -> None:
    ordinary = settle_ordinary(Registry(5), 5, 20_000)
    batches = plan_batches(ordinary, 59_940, 5)
    towns = Counter((batch.call, town) for batch in batches for town in batch.towns)
    assert set(towns.values()) == {1}
    assert max(Counter(batch.call for batch in batches).values()) == 2


def test_dice_stay_within_bounds_and_draw_without_repeats() -> None:
    dice = Dice(1, "test")
    assert {dice.between(3, 5) for _ in range(100)} == {3, 4, 5}
    assert sorted(dice.draw(range(50), 50)) == list(range(50))
    assert len(set(dice.draw(range(50), 10))) == 10


def test_two_names_of_one_seed_give_different_chance() -> None:
    assert [Dice(1, "a").below(10**9) for _ in range(3)] != [Dice(1, "b").below(10**9) for _ in range(3)]

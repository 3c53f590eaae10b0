"""Names of tiles: one spelling each, and exactly those that a log of some size has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.transparency.tiles import (
    ENTRIES,
    TILE_WIDTH,
    Tile,
    find_tile,
    list_growth,
    parse_tile_path,
    render_tile_path,
)
from schemas.errors import InvariantError, VerificationError
from tests.unit.transparency.naive import BORDER_SIZES

LEVELS = (ENTRIES, *range(8))


def naive_tiles(size: int) -> set[Tile]:
    """Give what the specification says a log of a size has: full tiles, and a partial one where it is not empty."""
    found = set()
    for level in LEVELS:
        full, rest = divmod(size // 256 ** max(level, 0), 256)
        found |= {Tile(level, index, 256) for index in range(full)}
        found |= {Tile(level, full, rest)} if rest else set()
    return found


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(1, 999, 1), "tile/1/999.p/1"),
        (Tile(2, 1000, 255), "tile/2/x001/000.p/255"),
        (Tile(7, 5, 17), "tile/7/005.p/17"),
        (Tile(ENTRIES, 273, 112), "tile/entries/273.p/112"),
        (Tile(ENTRIES, 10**18 - 1), "tile/entries/x999/x999/x999/x999/x999/999"),
    ],
)
def test_a_tile_has_the_path_of_the_specification(tile: Tile, path: str) -> None:
    assert render_tile_path(tile) == path
    assert parse_tile_path(path) == tile


@given(st.builds(Tile, st.sampled_from(LEVELS), st.integers(0, 10**18 - 1), st.integers(1, 256)))
def test_a_path_reads_back_as_the_tile_it_was_written_for(tile: Tile) -> None:
    assert parse_tile_path(render_tile_path(tile)) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/067",
        "tile/0/x000/x001/067",
        "tile/0/001/067",
        "tile/0/x067",
        "tile/0/x001/x067",
        "tile/0/X001/067",
        "tile/00/067",
        "tile/8/067",
        "tile/-1/067",
        "tile/data/067",
        "tile/Entries/067",
        "tile/0/067.p",
        "tile/0/067.p/",
        "tile/0/067.p/0",
        "tile/0/067.p/01",
        "tile/0/067.p/256",
        "tile/0/067.p/1000",
        "tile/0/067.p/1/",
        "tile/0/067.q/1",
        "tile/0/067.p/+1",
        "tile/0/067\n",
        "tile/0/067 ",
        "/tile/0/067",
        "tile//067",
        "tile/0/../067",
        "tile/0/\N{FULLWIDTH DIGIT ZERO}67",
        "tile/0/\u066067",
        "tile/0/x001/x000/x000/x000/x000/x000/000",
        "checkpoint",
    ],
)
def test_any_other_spelling_is_no_tile(path: str) -> None:
    with pytest.raises(VerificationError):
        parse_tile_path(path)


@pytest.mark.parametrize(
    "tile", [Tile(0, -1), Tile(0, 0, 0), Tile(0, 0, 257), Tile(8, 0), Tile(-2, 0), Tile(0, 10**18), Tile(0, 0, -1)]
)
def test_what_is_no_tile_gets_no_path(tile: Tile) -> None:
    with pytest.raises(InvariantError):
        render_tile_path(tile)


@pytest.mark.parametrize("size", [*BORDER_SIZES, 70_000, 2**24 + 257])
def test_a_log_consists_of_the_tiles_of_the_specification(size: int) -> None:
    tiles = list_growth(0, size)
    assert len(tiles) == len(set(tiles))
    assert set(tiles) == naive_tiles(size)


def test_the_specifications_example_of_70000_entries_comes_out() -> None:
    last = {tile.level: tile for tile in list_growth(0, 70_000)}
    assert last == {
        ENTRIES: Tile(ENTRIES, 273, 112),
        0: Tile(0, 273, 112),
        1: Tile(1, 1, 17),
        2: Tile(2, 0, 1),
    }


@given(st.integers(0, 140_000), st.integers(0, 70_000))
def test_growth_names_exactly_the_tiles_that_were_not_there_before(old: int, more: int) -> None:
    size = old + more
    grown = list_growth(old, size)
    assert len(grown) == len(set(grown))
    assert set(grown) == naive_tiles(size) - naive_tiles(old)


def test_a_log_does_not_shrink() -> None:
    assert list_growth(7, 7) == []
    for old, size in ((8, 7), (-1, 7)):
        with pytest.raises(InvariantError):
            list_growth(old, size)


@pytest.mark.parametrize("size", BORDER_SIZES)
def test_a_tile_is_found_with_its_width_or_not_at_all(size: int) -> None:
    for tile in list_growth(0, size):
        assert find_tile(tile.level, tile.index, size) == tile
    for level in LEVELS:
        beyond = len({tile.index for tile in list_growth(0, size) if tile.level == level})
        with pytest.raises(VerificationError, match="has no tile"):
            find_tile(level, beyond, size)
    assert TILE_WIDTH == 256

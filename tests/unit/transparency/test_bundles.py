"""Entry bundles: exactly the entries they say, and not a byte more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.transparency.bundles import parse_bundle, render_bundle, render_bundles
from consolidator.transparency.tiles import ENTRIES, Tile, list_growth
from schemas.errors import InvariantError, VerificationError


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_a_bundle_gives_back_its_entries(entries: list[bytes]) -> None:
    assert parse_bundle(render_bundle(entries), len(entries)) == entries


def test_an_entry_stands_behind_its_length_in_two_bytes() -> None:
    assert render_bundle([b"ab", b"", b"c" * 258]) == b"\0\2ab" + b"\0\0" + b"\1\2" + b"c" * 258


def test_the_longest_entry_is_65535_bytes() -> None:
    longest = b"x" * 65_535
    assert parse_bundle(render_bundle([longest, b""]), 2) == [longest, b""]
    with pytest.raises(InvariantError, match="65,535"):
        render_bundle([longest + b"x"])


@given(st.lists(st.binary(max_size=9), min_size=1, max_size=20), st.data())
def test_a_bundle_that_is_cut_or_lengthened_is_refused(entries: list[bytes], data: st.DataObject) -> None:
    raw = render_bundle(entries)
    cut = raw[: data.draw(st.integers(0, len(raw) - 1))]
    for torn in (cut, raw + b"\0", raw + b"\0\0", raw + b"\0\1", b"\0\0" + raw, raw + raw):
        with pytest.raises(VerificationError, match=f"exactly {len(entries)}"):
            parse_bundle(torn, len(entries))


@pytest.mark.parametrize("width", [-1, 0, 1, 3, 256])
def test_a_bundle_holds_as_many_entries_as_its_width(width: int) -> None:
    with pytest.raises(VerificationError):
        parse_bundle(render_bundle([b"a", b"b"]), width)


def test_a_length_that_points_behind_the_end_is_refused() -> None:
    for raw in (b"\0", b"\xff\xff", b"\0\1", b"\0\2a", b"\0\1a\0\3bc"):
        with pytest.raises(VerificationError):
            parse_bundle(raw, raw.count(b"\0"))


@pytest.mark.parametrize(
    ("first", "count"), [(0, 0), (0, 1), (0, 255), (0, 256), (0, 257), (256, 1), (65_536, 700), (2**24, 256)]
)
def test_bundles_are_cut_where_tiles_are_and_named_like_them(first: int, count: int) -> None:
    entries = [b"entry %d" % number for number in range(first, first + count)]
    bundles = render_bundles(first, entries)
    assert list(bundles) == [tile for tile in list_growth(first, first + count) if tile.level == ENTRIES]
    assert [entry for tile, raw in bundles.items() for entry in parse_bundle(raw, tile.width)] == entries


def test_a_bundle_is_written_from_its_beginning() -> None:
    with pytest.raises(InvariantError):
        render_bundles(1, [b"a"])
    assert render_bundles(512, [b"a"]) == {Tile(ENTRIES, 2, 1): b"\0\1a"}

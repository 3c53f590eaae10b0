"""Owns the names of tiles (C2SP tlog-tiles): which files a log of some size consists of. Never holds their contents.

A tile at level l holds up to 256 hashes, each over 256^l entries; an entry bundle holds up to 256 entries and is named
like a tile of level 0. Files never change: what grows gets a new width and so a new name.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from schemas.errors import VerificationError, invariant

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
ENTRIES = -1  # the level of an entry bundle, which is no level of the tree
LEVEL_MAX = 7  # sizes have 18 digits at most, so less than 256^8
# No group of zeros in front: one name for each tile. Six groups of three digits are the 18 digits of a size.
_PATH = re.compile(
    "tile/(entries|[0-7])/((?:x(?!000)[0-9]{3}/(?:x[0-9]{3}/){0,4})?[0-9]{3})"
    r"(?:\.p/([1-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
)


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """A tile or entry bundle by level (0 to 7, or ``ENTRIES``), index within the level, and width (1 to 256)."""

    level: int
    index: int
    width: int = TILE_WIDTH


ReadTile = Callable[[Tile], bytes]


def render_tile_path(tile: Tile) -> str:
    """Write the path below the log's address or folder. Raises InvariantError for what is no tile.

    >>> render_tile_path(Tile(0, 1234067, 8)), render_tile_path(Tile(ENTRIES, 3))
    ('tile/0/x001/x234/067.p/8', 'tile/entries/003')
    """
    *groups, last = [group.zfill(3) for group in f"{tile.index:,}".split(",")]
    number = "/".join([*(f"x{group}" for group in groups), last])
    level = "entries" if tile.level == ENTRIES else str(tile.level)
    path = f"tile/{level}/{number}" + ("" if tile.width == TILE_WIDTH else f".p/{tile.width}")
    invariant(_PATH.fullmatch(path), "level, index or width of a tile are out of range")
    return path


def parse_tile_path(path: str) -> Tile:
    """Read a path that :func:`render_tile_path` wrote. Raises VerificationError for any other spelling.

    >>> parse_tile_path("tile/2/x070/001.p/17")
    Tile(level=2, index=70001, width=17)
    """
    match = _PATH.fullmatch(path)
    if match is None:
        reason = "not the path of a tile: expected tile/<level>/<index> or tile/entries/<index>, .p/<width> if partial"
        raise VerificationError(reason)
    level = ENTRIES if match[1] == "entries" else int(match[1])
    return Tile(level, int(match[2].replace("x", "").replace("/", "")), int(match[3] or TILE_WIDTH))


def find_tile(level: int, index: int, size: int) -> Tile:
    """Give the tile with the width it has in a log of ``size`` entries. Raises VerificationError when it has none.

    >>> find_tile(0, 273, 70_000).width
    112
    """
    width = min(count_hashes(level, size) - index * TILE_WIDTH, TILE_WIDTH)
    if width <= 0:
        reason = f"a log of {size} entries has no tile {index} at level {level}"
        raise VerificationError(reason)
    return Tile(level, index, width)


def list_growth(old: int, size: int) -> list[Tile]:
    """List the tiles and bundles that a log gets, or gets in a new width, when it grows from ``old`` to ``size``.

    Bundles come first, then tiles by level and index. ``list_growth(0, size)`` is everything a log of ``size`` has.

    >>> [render_tile_path(tile) for tile in list_growth(255, 257)]
    ['tile/entries/000', 'tile/entries/001.p/1', 'tile/0/000', 'tile/0/001.p/1', 'tile/1/000.p/1']
    """
    invariant(0 <= old <= size, "a log only grows")
    return [tile for level in (ENTRIES, *range(LEVEL_MAX + 1)) for tile in _list_level(level, old, size)]


def count_hashes(level: int, size: int) -> int:
    """Count the hashes that all tiles of a level hold together (of bundles: the entries)."""
    return size >> TILE_HEIGHT * max(level, 0)


def _list_level(level: int, old: int, size: int) -> Iterator[Tile]:
    before, after = count_hashes(level, old), count_hashes(level, size)
    if before < after:
        for index in range(before // TILE_WIDTH, (after - 1) // TILE_WIDTH + 1):
            yield find_tile(level, index, size)

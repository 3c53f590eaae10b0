"""Owns entry bundles (C2SP tlog-tiles): up to 256 entries, each behind its length. Never looks into an entry."""

from collections.abc import Sequence

from consolidator.transparency.tiles import ENTRIES, TILE_WIDTH, Tile
from schemas.errors import InvariantError, VerificationError, invariant

_LENGTH_BYTES = 2


def render_bundle(entries: Sequence[bytes]) -> bytes:
    r"""Write entries one after another, each behind its length in two bytes, big-endian.

    Raises InvariantError when an entry is longer than 65,535 bytes.

    >>> render_bundle([b"r0", b""])
    b'\x00\x02r0\x00\x00'
    """
    try:
        return b"".join([len(entry).to_bytes(_LENGTH_BYTES, "big") + entry for entry in entries])
    except OverflowError as error:
        message = "an entry has at most 65,535 bytes"
        raise InvariantError(message) from error


def parse_bundle(raw: bytes, width: int) -> list[bytes]:
    """Take a bundle apart that must hold exactly ``width`` entries and not a byte more.

    Raises VerificationError when it is cut, or holds more or fewer entries.
    """
    entries, end = list[bytes](), 0
    for _ in range(width):
        start = end + _LENGTH_BYTES
        end = start + int.from_bytes(raw[end:start], "big")
        entries.append(raw[start:end])
    if end != len(raw):
        reason = f"an entry bundle is torn: it must hold exactly {width} entries"
        raise VerificationError(reason)
    return entries


def render_bundles(first: int, entries: Sequence[bytes]) -> dict[Tile, bytes]:
    """Write the bundles of entries that begin at index ``first``, which must be the beginning of a bundle.

    >>> sorted(render_bundles(256, [b"r"] * 257))
    [Tile(level=-1, index=1, width=256), Tile(level=-1, index=2, width=1)]
    """
    invariant(first % TILE_WIDTH == 0, "bundles are written from their beginning")
    runs = [entries[at : at + TILE_WIDTH] for at in range(0, len(entries), TILE_WIDTH)]
    return {Tile(ENTRIES, first // TILE_WIDTH + at, len(run)): render_bundle(run) for at, run in enumerate(runs)}

"""R03 R04: the beneficiary library (补贴对象库): is he in it, and in this village."""

from collections.abc import Sequence

from consolidator.rules.slices import Slice


def find_unlisted(part: Slice) -> Sequence[int]:
    """R03: no active entry in the beneficiary library."""
    library = part.state.registers.library
    if part.beneficiaries <= library.keys():
        return ()
    return [item for item, value in enumerate(part.beneficiary_id) if value not in library]


def find_strangers(part: Slice) -> Sequence[int]:
    """R04: the line states another village than the library has for him. A line that states none is not compared."""
    stated = part.columns.village
    if stated is None:
        return ()
    listed = map(part.state.registers.library.get, part.beneficiary_id)
    return [
        item
        for item, (own, known) in enumerate(zip(stated, listed, strict=True))
        if own is not None and known is not None and own != known
    ]

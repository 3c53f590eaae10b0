"""R21: the amount against the programme's standard. Integers only: fen and thousandths."""

from collections.abc import Sequence

from consolidator.rules.slices import Slice


def find_above_standard(part: Slice) -> Sequence[int]:
    """R21: amount > rate × quantity, exactly. A line without a quantity counts one unit."""
    standard = part.programme.standard_fen
    if standard is None:
        return ()
    quantities = part.columns.quantity_milli
    if quantities is None:
        return [item for item, fen in enumerate(part.columns.amount_fen) if fen is not None and fen > standard]
    return [
        item
        for item, (fen, milli) in enumerate(zip(part.columns.amount_fen, quantities, strict=True))
        if fen is not None and fen * 1000 > standard * (1000 if milli is None else milli)
    ]

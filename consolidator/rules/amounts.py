"""R21 R22 R38: the amount against the standard and against what is usual. Integers only: fen and thousandths."""

from collections.abc import Iterable, Mapping, Sequence

from consolidator.rules.slices import Slice, find_parameter

_FINE = 8  # buckets between two powers of two: a bucket is at most an eighth wide


def find_above_standard(part: Slice) -> Sequence[int]:
    """R21: amount > rate × quantity, exactly. A line without a quantity counts one unit."""
    return [item for item, (fen, due) in enumerate(_list_pairs(part)) if fen > due]


def find_below_standard(part: Slice) -> Sequence[int]:
    """R22: amount < rate × quantity, in programmes that pay exactly the standard."""
    if part.programme.standard_kind != "exact":
        return ()
    return [item for item, (fen, due) in enumerate(_list_pairs(part)) if fen < due]


def _list_pairs(part: Slice) -> Iterable[tuple[int, int]]:
    """Give amount and standard of each line in thousandths of fen; nothing when they are all equal, as they should be.

    Nothing either where the programme has no standard.
    """
    standard = part.programme.standard_fen
    if standard is None:
        return ()
    quantities = part.columns.quantity_milli
    if quantities is None:
        due = [standard * 1000] * len(part)
    else:
        due = [standard * (1000 if milli is None else milli) for milli in quantities]
    amounts = [fen * 1000 for fen in part.amount_fen]
    return () if amounts == due else zip(amounts, due, strict=True)


def find_unusual(part: Slice) -> Sequence[int]:
    """R38: above the programme's limit for one line, or ``factor_percent`` of what 99 in 100 earlier lines keep to."""
    limit = find_usual_limit(part)
    if limit is None or max(part.amount_fen) <= limit:
        return ()
    return [item for item, fen in enumerate(part.amount_fen) if fen > limit]


def find_usual_limit(part: Slice) -> int | None:
    """Give the fen above which a line is unusual; None with fewer than ``lines_min`` earlier lines and no limit."""
    limits = [] if part.programme.line_max_fen is None else [part.programme.line_max_fen]
    sizes = part.state.history.sizes.get(part.programme.id, {})
    if sum(sizes.values()) >= find_parameter(part.state, "R38", "lines_min"):
        limits.append(find_percentile(sizes) * find_parameter(part.state, "R38", "factor_percent") // 100)
    return min(limits, default=None)


def find_percentile(sizes: Mapping[int, int]) -> int:
    """Give an amount that at least 99 of 100 lines do not exceed: the upper end of the bucket they reach.

    >>> find_percentile({derive_bucket(10_000): 99, derive_bucket(90_000): 1})
    10239
    """
    wanted = -(-sum(sizes.values()) * 99 // 100)
    reached = 0
    for bucket in sorted(sizes):
        reached += sizes[bucket]
        if reached >= wanted:
            return _upper_end(bucket)
    return 0


def derive_bucket(fen: int) -> int:
    """Give the bucket of an amount: eight between two powers of two, so that a programme needs about a hundred.

    >>> derive_bucket(10_000) == derive_bucket(10_239), derive_bucket(10_000) == derive_bucket(10_240)
    (True, False)
    """
    shift = max(fen.bit_length() - _FINE.bit_length(), 0)
    return shift * _FINE + (fen >> shift)


def _upper_end(bucket: int) -> int:
    shift = max(bucket // _FINE - 1, 0)
    return ((bucket - shift * _FINE + 1) << shift) - 1


def count_sizes(sizes: dict[int, int], amounts: Iterable[tuple[int, int]]) -> None:
    """Add (fen, lines) to a programme's history."""
    for fen, lines in amounts:
        bucket = derive_bucket(fen)
        sizes[bucket] = sizes.get(bucket, 0) + lines

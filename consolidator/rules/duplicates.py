"""R16: an entitlement is held by at most one line. Refusal and stop free it; only a rebuild raises its round."""

from collections.abc import Container, Mapping, Sequence

from consolidator.rules.slices import Slice


def derive_claim_keys(part: Slice) -> Sequence[str]:
    """Give each line's key within programme and period: the beneficiary, and in programmes per plot the plot or serial.

    Elsewhere a plot number does not count, or one person would be paid as often as somebody invents numbers.
    """
    plots = part.columns.plot
    if plots is None or part.programme.unit != "plot":
        return part.beneficiary_id
    pairs = zip(part.beneficiary_id, plots, strict=True)
    return [beneficiary if plot is None else f"{beneficiary}|{plot}" for beneficiary, plot in pairs]


def claim_in_order(
    keys: Sequence[str], first_place: int, refused: Container[int], held: dict[str, int]
) -> Mapping[int, int]:
    """Let each line claim its key, in file order; write the claims into ``held`` (key → place).

    Returns the lines that came too late: item → place of the line that holds the claim. A line that is refused for
    another reason claims nothing, but still learns that it is a repeat.
    """
    late: dict[int, int] = {}
    for item, key in enumerate(keys):
        holder = held.get(key)
        if holder is not None:
            late[item] = holder
        elif item not in refused:
            held[key] = first_place + item
    return late

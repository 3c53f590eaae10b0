"""Owns claims: which line holds an entitlement (R16) and a machine's serial (R35), in file order, freed by a stop.

Both are always red: two lines can never hold one claim, so no setting softens it.
"""

from collections.abc import Mapping

from consolidator.facts.lines import Batch, derive_place, split_place
from consolidator.facts.state import State
from consolidator.rules.catalogue import RED
from consolidator.rules.duplicates import NUMBERED, claim_in_order, derive_claim_keys, derive_serials
from consolidator.rules.running import Hits
from consolidator.rules.slices import Slice
from schemas.errors import invariant
from schemas.identifiers import derive_line_ref


def claim_lines(state: State, batch: Batch, part: Slice, hits: Hits) -> None:
    """Let each line of a slice claim what is its own; a repeat is refused and told who holds it."""
    first_place = derive_place(batch.index, part.first_line)
    if part.programme.unit == "machine":  # first, so that a repeated serial leaves no entitlement behind
        serials = state.claims.serials.setdefault(batch.programme, {})
        late = claim_in_order(derive_serials(part), first_place, hits.refused, serials)
        _refuse(state, part, hits, "R35", late)
    held = _find_entitlements(state, batch)
    keys = derive_claim_keys(part)
    _refuse(state, part, hits, "R16", claim_in_order(keys, first_place, hits.refused, held))
    if part.programme.unit in NUMBERED:
        holders = _find_holders(state, batch)
        for item, beneficiary in enumerate(part.beneficiary_id):
            if item not in hits.refused:
                holders[beneficiary] = holders.get(beneficiary, 0) + 1


def _refuse(state: State, part: Slice, hits: Hits, code: str, late: Mapping[int, int]) -> None:
    items = [item for item in late if item not in part.odd]
    hits.add(items, code, RED)
    for item in items:
        index, line = split_place(late[item])
        holder = state.batches[index]
        hits.explain(item, code, {"held_by": derive_line_ref(holder.source, holder.document, line)})


def free_claims(state: State, batch: Batch, part: Slice, item: int) -> None:
    """Free what a stopped line held."""
    place = derive_place(batch.index, part.first_line + item)
    key = derive_claim_keys(part)[item]
    invariant(_find_entitlements(state, batch).pop(key, None) == place, "a held line holds its entitlement")
    if part.programme.unit in NUMBERED:
        holders, beneficiary = _find_holders(state, batch), part.beneficiary_id[item]
        holders[beneficiary] -= 1
        if not holders[beneficiary]:
            del holders[beneficiary]
    serial = derive_serials(part)[item]
    if serial is not None:
        freed = state.claims.serials[batch.programme].pop(serial, None)
        invariant(freed == place, "a held line holds its machine's serial")


def list_beneficiaries(state: State, batch: Batch) -> dict[int, str]:
    """Give whose each line of a batch is, by the claim it holds; a line that holds none (refused, stopped) is left out.

    The batch's own columns may be gone, the claims stay.
    """
    first, last = derive_place(batch.index, 1), derive_place(batch.index, len(batch.states))
    held = _find_entitlements(state, batch).items()
    return {place - first + 1: key.partition("|")[0] for key, place in held if first <= place <= last}


def _find_entitlements(state: State, batch: Batch) -> dict[str, int]:
    return state.claims.entitlements.setdefault(batch.programme, {}).setdefault(batch.period, {})


def _find_holders(state: State, batch: Batch) -> dict[str, int]:
    return state.claims.holders.setdefault(batch.programme, {}).setdefault(batch.period, {})

"""Owns claims: which line holds an entitlement (R16) and a machine's serial (R35), in file order, freed by a stop.

Both are always red: two lines can never hold one claim, so no setting softens it. A line that corrects another takes
its claim over; a stop gives it back.
"""

from collections.abc import Collection, Mapping, Sequence

from consolidator.facts.lines import Batch, derive_place, find_holder, split_place
from consolidator.facts.state import State
from consolidator.ledger.corrections import judge_correction
from consolidator.rules.catalogue import RED
from consolidator.rules.corrections import list_corrections
from consolidator.rules.duplicates import NUMBERED, claim_in_order, derive_claim_keys, derive_serials
from consolidator.rules.running import Hits
from consolidator.rules.slices import Slice
from schemas.errors import invariant
from schemas.identifiers import derive_line_ref


def claim_lines(state: State, batch: Batch, part: Slice, hits: Hits) -> None:
    """Let each line of a slice claim what is its own; a repeat is refused and told who holds it."""
    first_place = derive_place(batch.index, part.first_line)
    corrections = list_corrections(part.columns, part.odd)
    keys, serials = derive_claim_keys(part), derive_serials(part)
    if part.programme.unit == "machine":  # first, so that a repeated serial leaves no entitlement behind
        known = state.claims.serials.setdefault(batch.programme, {})
        late = claim_in_order(_leave_out(serials, corrections), first_place, hits.refused, known)
        _refuse(state, part, hits, "R35", late)
    held = _find_entitlements(state, batch)
    late = claim_in_order(_leave_out(keys, corrections), first_place, hits.refused, held)
    _refuse(state, part, hits, "R16", late)
    if part.programme.unit in NUMBERED:
        holders = _find_holders(state, batch)
        for item, beneficiary in enumerate(part.beneficiary_id):
            if item not in hits.refused and item not in corrections:
                holders[beneficiary] = holders.get(beneficiary, 0) + 1
    for item, ref in corrections.items():
        source = judge_correction(part, item, ref, held.get(keys[item]), hits)
        if source is not None:
            _move_claims(state, batch, (keys[item], serials[item]), first_place + item)
            index, line = split_place(source)
            batch.corrects[part.first_line + item] = source
            state.batches[index].corrected[line] = first_place + item


def _leave_out(keys: Sequence[str | None], corrections: Collection[int]) -> Sequence[str | None]:
    """Let lines that correct others claim nothing of their own."""
    return [None if item in corrections else key for item, key in enumerate(keys)] if corrections else keys


def _move_claims(state: State, batch: Batch, claimed: tuple[str, str | None], place: int) -> None:
    """Let the line at a place hold an entitlement, and a machine's serial if there is one, that another held."""
    key, serial = claimed
    _find_entitlements(state, batch)[key] = place
    if serial is not None:
        state.claims.serials[batch.programme][serial] = place


def _refuse(state: State, part: Slice, hits: Hits, code: str, late: Mapping[int, int]) -> None:
    items = [item for item in late if item not in part.odd]
    hits.add(items, code, RED)
    for item in items:
        index, line = split_place(late[item])
        holder = state.batches[index]
        hits.explain(item, code, {"held_by": derive_line_ref(holder.source, holder.document, line)})


def free_claims(state: State, batch: Batch, part: Slice, item: int) -> None:
    """Free what a stopped line held, or give it back to the line that it was to correct."""
    place = derive_place(batch.index, part.first_line + item)
    key, serial = derive_claim_keys(part)[item], derive_serials(part)[item]
    source = batch.corrects.pop(part.first_line + item, None)
    if source is not None:
        invariant(_find_entitlements(state, batch).get(key) == place, "a held line holds its entitlement")
        _move_claims(state, batch, (key, serial), source)
        index, line = split_place(source)
        del state.batches[index].corrected[line]
        return
    invariant(_find_entitlements(state, batch).pop(key, None) == place, "a held line holds its entitlement")
    if part.programme.unit in NUMBERED:
        holders, beneficiary = _find_holders(state, batch), part.beneficiary_id[item]
        holders[beneficiary] -= 1
        if not holders[beneficiary]:
            del holders[beneficiary]
    if serial is not None:
        freed = state.claims.serials[batch.programme].pop(serial, None)
        invariant(freed == place, "a held line holds its machine's serial")


def list_beneficiaries(state: State, batch: Batch) -> dict[int, str]:
    """Give whose each line of a batch is, by the claim it holds; a line that holds none (refused, stopped) is left out.

    The batch's own columns may be gone, the claims stay: where a line was corrected, with the line that corrects it.
    """
    first, last = derive_place(batch.index, 1), derive_place(batch.index, len(batch.states))
    held = _find_entitlements(state, batch).items()
    people = {place - first + 1: key.partition("|")[0] for key, place in held if first <= place <= last}
    if batch.corrected:
        holders = {find_holder(state.batches, place): line for line, place in batch.corrected.items()}
        people |= {holders[place]: key.partition("|")[0] for key, place in held if place in holders}
    return people


def _find_entitlements(state: State, batch: Batch) -> dict[str, int]:
    return state.claims.entitlements.setdefault(batch.programme, {}).setdefault(batch.period, {})


def _find_holders(state: State, batch: Batch) -> dict[str, int]:
    return state.claims.holders.setdefault(batch.programme, {}).setdefault(batch.period, {})

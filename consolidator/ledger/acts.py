"""Owns an act: an accepted document at the position where it takes effect, and who caused that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from consolidator.facts.lines import Batch
from consolidator.facts.state import State
from consolidator.ledger.emission import Emission
from schemas.commits import Outcome, OutcomeWord
from schemas.headers import DispositionHeader, Header, ReleaseHeader, ReviewHeader
from schemas.instants import render_instant

H = TypeVar("H", bound=Header)
POSITIONS_MAX = 100  # an entry lists the first hundred odd items; what goes back to the sender lists all


@dataclass(frozen=True, slots=True)
class Act(Generic[H]):
    """A document that takes effect now; ``key`` and ``cause`` are of what makes it so: itself, or its confirm.

    ``digest`` is the document's own. ``parts`` are raw bytes, complete and with the digests that the header names.
    ``proposed`` is the ordinal at which a document that needs two persons was proposed. ``sensitive``: of a batch, what
    its programme was at the header.
    """

    state: State
    header: H
    digest: str
    parts: Sequence[bytes]
    key: str
    cause: str
    proposed: int = 0
    sensitive: bool = False

    @property
    def at(self) -> str:
        """The ledger's time as entries show it."""
        return render_instant(self.state.now)

    def outcome(self, word: OutcomeWord, code: str, position: str = "", detail: str = "") -> Outcome:
        """Tell the operator what became of this document or one of its items."""
        header = self.header
        return Outcome(word, header.source, header.id, header.kind, self.digest, code, position, detail)


def emit_effect(
    act: Act[H],
    accepted: int,
    refused: Sequence[tuple[int, str]],
    details: Mapping[int, str] = MappingProxyType({}),
    told: Mapping[str, Any] = MappingProxyType({}),
) -> Emission:
    """Say what a document's items came to. ``refused``: item (from 1) and code, in order; ``details`` by item.

    ``told`` are further public fields.
    """
    codes: dict[str, int] = {}
    for _, code in refused:
        codes[code] = codes.get(code, 0) + 1
    positions = [[item, code] for item, code in refused[:POSITIONS_MAX]]
    emission = Emission()
    fields = {"accepted": accepted, "refused": len(refused), "codes": codes, "positions": positions}
    emission.add("effect", act.at, identify(act) | fields | dict(told))
    emission.outcomes += [act.outcome("item", code, f"item {item}", details.get(item, "")) for item, code in refused]
    return emission


def emit_refusal(act: Act[H], code: str, detail: str = "") -> Emission:
    """Say that a document as a whole has no effect."""
    emission = Emission()
    fields = {"accepted": 0, "refused": act.header.count, "codes": {code: act.header.count}, "positions": []}
    emission.add("effect", act.at, identify(act) | fields)
    emission.outcomes.append(act.outcome("refused", code, detail=detail))
    return emission


def identify(act: Act[H]) -> dict[str, Any]:
    """Give the fields by which an ``effect`` entry names its document."""
    return {"source": act.header.source, "document": act.header.id, "of": act.header.kind, "cause": act.cause}


def find_named_batch(act: "Act[ReviewHeader] | Act[ReleaseHeader] | Act[DispositionHeader]") -> Batch:
    """Give the batch that a document names; it was admitted for a known one, and batches stay for ever."""
    named = act.header.batch
    return act.state.batches[act.state.batch_index[f"{named.source}/{named.id}"]]

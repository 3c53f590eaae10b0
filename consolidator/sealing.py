"""Owns sealing: entries become leaves, private parts become commitments, every commit gets a signed checkpoint.

:class:`County` is the machine that engines run. It makes no key: a year without its epoch key stops the county.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from consolidator.facts.snapshots import parse_snapshot, render_snapshot
from consolidator.facts.state import QuorumTerm, State
from consolidator.ledger.emission import Emission
from consolidator.ledger.ledger import apply, begin
from consolidator.privacy.commitments import commit_many, derive_openings
from consolidator.privacy.openings import find_epoch_key
from consolidator.transparency.bundles import render_bundle
from consolidator.transparency.checkpoint import Checkpoint, sign_checkpoint
from consolidator.transparency.keys import Signer
from consolidator.transparency.tree import CompactRange
from schemas.commands import Command
from schemas.commits import AWAITING_MAX, BUNDLE_ENTRIES_MAX, Bundle, Head, Step
from schemas.entries import EntryBlock
from schemas.errors import ConfigurationError, InvariantError, invariant
from schemas.orders import OrderFile


@dataclass(frozen=True, slots=True)
class SealedRun:
    """Entries in the log's order with their private bytes, from index ``first`` on."""

    first: int
    entries: Sequence[bytes]
    privates: Sequence[bytes]


class County:
    """A county's ledger and log as one machine (see :class:`streams.machine.Machine`)."""

    def __init__(self, epoch_keys: Mapping[int, bytes], signer: Signer) -> None:
        """Start without a state; it comes from a genesis command or a snapshot. ``epoch_keys``: year → 32 bytes."""
        self._epoch_keys = epoch_keys
        self._signer = signer
        self._state: State | None = None
        self._tree = CompactRange()

    @property
    def state(self) -> State:
        """What the ledger knows; for reading only."""
        if self._state is None:
            message = "a county begins with its genesis"
            raise InvariantError(message)
        return self._state

    def apply(self, command: Command) -> Iterator[Step]:
        """Apply one command, slice by slice."""
        if self._state is None:
            self._state, emission = begin(command)
            if self._state.origin != self._signer.name:
                message = "the log's key has another name than the county's origin: check keys/log.key"
                raise ConfigurationError(message)
            yield self._seal(self._state, emission)
            return
        for emission in apply(self._state, command):
            yield self._seal(self._state, emission)

    def head(self) -> Head:
        """Sign the current tree."""
        state, tree = self.state, self._tree
        root = tree.root()
        checkpoint = sign_checkpoint(Checkpoint(state.origin, tree.size, root), self._signer)
        totals = {name: (count, fen) for name, (count, fen) in sorted(state.totals.items())}
        return Head(
            ordinal=state.ordinal,
            now=state.now,
            size=tree.size,
            root=root.hex(),
            checkpoint=checkpoint.decode(),
            totals=totals,
            awaiting=tuple(islice(state.pending, AWAITING_MAX)),
            awaiting_count=len(state.pending),
        )

    def snapshot(self) -> bytes:
        """Give the whole state with the tree's right edge."""
        state = self.state
        state.peaks = list(self._tree.peaks)
        return render_snapshot(state)

    def restore(self, snapshot: bytes) -> None:
        """Take a state that :meth:`snapshot` gave."""
        self._state = parse_snapshot(snapshot)
        self._tree = CompactRange(self._state.size, tuple(self._state.peaks))

    def _seal(self, state: State, emission: Emission) -> Step:
        run, positions = self._render(state, emission.blocks)
        self._tree = self._tree.append_many(run.entries)
        invariant(state.size == self._tree.size, "the ledger counts the entries that the tree holds")
        if emission.quorum_block is not None:
            state.quorums[-1] = QuorumTerm(positions[emission.quorum_block], state.quorums[-1].quorum)
        return Step(
            lines=emission.lines,
            bundles=_pack_all(run),
            order_parts=tuple(emission.order_parts),
            order_files=tuple(_place(file, positions[block]) for block, file in emission.order_files),
            outcomes=tuple(emission.outcomes),
        )

    def _render(self, state: State, blocks: Sequence[EntryBlock]) -> tuple[SealedRun, list[int]]:
        """Commit to the private parts, one cipher call for the slice, and write the entries."""
        first = self._tree.size
        privates = [private for block in blocks for private in block.privates]
        seals: Sequence[str] = ()
        if any(privates):
            openings = derive_openings(find_epoch_key(self._epoch_keys, state.now), first, len(privates))
            seals = commit_many(openings, privates)
        entries: list[bytes] = []
        positions: list[int] = []
        for block in blocks:
            start = len(entries)
            positions.append(first + start)
            entries += block.render(seals[start : start + len(block.privates)])
        return SealedRun(first, entries, privates), positions


def _place(file: OrderFile, entry: int) -> OrderFile:
    return file.model_copy(update={"entry": entry})


def _pack_all(run: SealedRun) -> tuple[Bundle, ...]:
    return tuple(_pack(run))


def _pack(run: SealedRun) -> Iterator[Bundle]:
    """Cut a run into bundles of at most 256 entries."""
    for start in range(0, len(run.entries), BUNDLE_ENTRIES_MAX):
        entries = run.entries[start : start + BUNDLE_ENTRIES_MAX]
        privates = run.privates[start : start + BUNDLE_ENTRIES_MAX]
        yield Bundle(
            first=run.first + start,
            count=len(entries),
            entries=render_bundle(entries),
            disclosures=b"".join([len(private).to_bytes(4, "big") + private for private in privates]),
        )

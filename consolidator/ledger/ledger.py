"""Owns the dispatch: one command at its ordinal, slice by slice. What a kind does stands in the file of its name."""

from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from consolidator.facts.parties import OpenDocument
from consolidator.facts.state import Policy, QuorumTerm, State
from consolidator.ledger.access import effect_access
from consolidator.ledger.accounts import effect_accounts
from consolidator.ledger.acts import Act, emit_refusal
from consolidator.ledger.admission import Arrival, admit, is_sensitive, receive
from consolidator.ledger.batches import effect_batch
from consolidator.ledger.closes import close_hour, is_close_due
from consolidator.ledger.designations import effect_designations
from consolidator.ledger.dispositions import effect_disposition
from consolidator.ledger.emission import Emission
from consolidator.ledger.expected import effect_expected, is_day_over, is_note_due, note_delays
from consolidator.ledger.findings import effect_finding
from consolidator.ledger.items import propose_items
from consolidator.ledger.policy import effect_policy, propose_policy
from consolidator.ledger.powers import find_officer
from consolidator.ledger.registers import effect_register
from consolidator.ledger.releases import effect_release, propose_release
from consolidator.ledger.results import effect_results
from consolidator.ledger.reviews import effect_review
from schemas.commands import Command, parse_genesis
from schemas.errors import ConfigurationError
from schemas.headers import (
    AnyHeader,
    ConfirmHeader,
    DispositionHeader,
    PolicyHeader,
    ReleaseHeader,
    ReviewHeader,
    parse_header,
)
from schemas.instants import render_instant
from schemas.quorum import render_quorum

Effect = Callable[[Act[Any]], Iterator[Emission]]
_EFFECTS: Mapping[str, Effect] = {
    "policy": effect_policy,
    "register": effect_register,
    "accounts": effect_accounts,
    "designations": effect_designations,
    "batch": effect_batch,
    "review": effect_review,
    "release": effect_release,
    "expected": effect_expected,
    "disposition": effect_disposition,
    "access": effect_access,
    "finding": effect_finding,
    "results": effect_results,
}
_PROPOSALS: Mapping[str, Effect] = {
    "policy": propose_policy,
    "review": propose_items,
    "release": propose_release,
    "disposition": propose_items,
}


def begin(command: Command) -> tuple[State, Emission]:
    """Start a county from its genesis command."""
    if command.kind != "genesis":
        message = "the first command is no genesis: make the home with 'consolidator init'"
        raise ConfigurationError(message)
    genesis = parse_genesis(command.body)
    quorum = genesis.quorum if isinstance(genesis.quorum, str) else render_quorum(genesis.quorum)
    state = State(
        county=genesis.county,
        origin=genesis.origin,
        roots=genesis.roots,
        now=command.at,
        ordinal=1,
        policy=Policy(quorum=quorum),
        quorums=[QuorumTerm(0, quorum)],
        log_key=genesis.key or "",
    )
    emission = Emission()
    fields = genesis.model_dump(exclude={"v"}, exclude_none=True)
    emission.add("genesis", render_instant(command.at), fields)
    state.size = emission.count_entries()
    return state, emission


def apply(state: State, command: Command) -> Iterator[Emission]:
    """Apply one command. Yields its slices; nothing at all for an identical repeat or a tick with nothing due.

    An entry's index is its place among all that were ever yielded, so the ledger counts them itself.
    """
    for emission in _apply(state, command):
        state.size += emission.count_entries()
        yield emission


def _apply(state: State, command: Command) -> Iterator[Emission]:
    match command.kind:
        case "header":
            yield from _apply_header(state, command)
        case "part":
            yield from _apply_part(state, command)
        case "tick":
            if is_tick_due(state, command.at):
                yield from _advance(state, command.at)
        case _:
            message = "a second genesis: this journal was put together by hand"
            raise ConfigurationError(message)


def is_tick_due(state: State, now: int) -> bool:
    """Say whether a tick would make an entry: an hour to close, or something late."""
    return is_close_due(state, now) or is_note_due(state, now)


def _advance(state: State, at: int) -> Iterator[Emission]:
    """Give the command its ordinal and its time; an hour that passed is closed first, then what is late is noted."""
    before, now = state.now, max(at, state.now)
    is_hour_over, is_late = is_close_due(state, now), is_day_over(state, now)
    state.now = now  # before anything is told: what is sealed belongs to the year of its entry
    if is_hour_over:
        yield from close_hour(state, before)
    if is_late:
        yield from note_delays(state, now)
    state.ordinal += 1


def _apply_header(state: State, command: Command) -> Iterator[Emission]:
    arrival = receive(state, command.body, command.document)
    if not isinstance(arrival, Arrival):
        yield Emission(outcomes=[arrival])
        return
    if arrival.place == "identical":
        return
    yield from _advance(state, command.at)
    key = arrival.envelope.key
    if arrival.place == "due" and key in state.open:
        yield _void_unfinished(state, state.open.pop(key))
    emission, header = admit(state, arrival)
    yield emission
    if header is None:
        return
    sensitive = is_sensitive(state, header)
    document = OpenDocument(arrival.envelope.header, key, arrival.envelope.digest, [], sensitive=sensitive)
    if header.parts:
        state.open[key] = document
    else:
        yield from _complete(state, document)


def _apply_part(state: State, command: Command) -> Iterator[Emission]:
    """Take the next part of an unfinished document; a part nobody waits for takes no ordinal."""
    document = next((found for found in state.open.values() if found.digest == command.document), None)
    if document is None or command.index != len(document.parts):
        return
    header = parse_header(document.header)
    if sha256(command.body).hexdigest() != header.parts[command.index]:
        return
    yield from _advance(state, command.at)
    document.parts.append(command.body)
    if len(document.parts) < len(header.parts):
        yield Emission()
        return
    del state.open[document.key]
    yield from _complete(state, document)


def _void_unfinished(state: State, document: OpenDocument) -> Emission:
    """A key's next header voids its unfinished document."""
    header = parse_header(document.header)
    return emit_refusal(Act(state, header, document.digest, (), document.key, document.digest), "D07")


def _complete(state: State, document: OpenDocument) -> Iterator[Emission]:
    """A document is whole: it takes effect, or waits for its second person, or is that second person's word."""
    header = parse_header(document.header)
    if isinstance(header, ConfirmHeader):
        confirmed = state.pending.pop(header.document)
        yield from _effect(state, confirmed, document.key, document.digest)
    elif _needs_confirm(header):
        refused = False
        for emission in _PROPOSALS[header.kind](_make_act(state, document, header, document.key, document.digest)):
            refused = True
            yield emission
        if not refused:
            first = find_officer(state, document.key)
            document.person = "" if first is None else first.person
            document.proposed = state.ordinal
            state.pending[document.digest] = document
            yield Emission()
    else:
        yield from _effect(state, document, document.key, document.digest)


def _needs_confirm(header: AnyHeader) -> bool:
    """What lets money pass, now or later, takes effect only when a second person names its digest."""
    if isinstance(header, ReviewHeader | DispositionHeader):
        return header.action in ("clear", "suppress")
    return isinstance(header, PolicyHeader | ReleaseHeader)


def _effect(state: State, document: OpenDocument, key: str, cause: str) -> Iterator[Emission]:
    header = parse_header(document.header)
    yield from _EFFECTS[header.kind](_make_act(state, document, header, key, cause))


def _make_act(state: State, document: OpenDocument, header: AnyHeader, key: str, cause: str) -> Act[AnyHeader]:
    return Act(
        state, header, document.digest, document.parts, key, cause, document.proposed, sensitive=document.sensitive
    )

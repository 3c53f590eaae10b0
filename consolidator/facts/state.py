"""Owns the whole state of a county's ledger."""

from msgspec import Struct, field

from consolidator.facts.accounts import CensusAccount, Designation
from consolidator.facts.lines import Batch, derive_place
from consolidator.facts.parties import Officer, OpenDocument, Source
from consolidator.facts.programmes import Bank, Plan, Programme, RuleSetting
from consolidator.facts.registers import Expected, Official, Person, Relation, Snapshot, Suppression
from schemas.identifiers import split_line_ref

_UNSET = RuleSetting()
Members = dict[str, list[tuple[str, int]]]


class Registers(Struct):
    """The registers by their key, the ID of a person; ``snapshots`` says which were filled, and when they were true."""

    population: dict[str, Person] = field(default_factory=dict)
    library: dict[str, str] = field(default_factory=dict)
    relations: dict[str, dict[str, list[Relation]]] = field(default_factory=dict)
    deaths: dict[str, str] = field(default_factory=dict)
    officials: dict[str, Official] = field(default_factory=dict)
    relatives: dict[str, str] = field(default_factory=dict)
    payroll: dict[str, str] = field(default_factory=dict)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)


class Policy(Struct):
    """What policy documents have set so far. ``version`` counts them: the number of the rule set.

    ``quorum`` is the one set last, as :func:`schemas.quorum.render_quorum` writes it.
    """

    version: int = 0
    sources: dict[str, Source] = field(default_factory=dict)
    officers: dict[str, Officer] = field(default_factory=dict)
    banks: dict[str, Bank] = field(default_factory=dict)
    programmes: dict[str, Programme] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    rules: dict[str, RuleSetting] = field(default_factory=dict)
    settings: dict[str, int] = field(default_factory=dict)
    quorum: str = "none"


class QuorumTerm(Struct, frozen=True):
    """A quorum (:func:`schemas.quorum.render_quorum`) and the log's entry that set it.

    It counts only once a checkpoint that covers the entry has the quorum before it: the gate's business.
    """

    entry: int = 0
    quorum: str = "none"


class Claims(Struct):
    """Who holds what. Keys of the two outer levels, where there are three: programme, period.

    ``entitlements``: beneficiary (and plot) → place of the line that holds it. ``holders``: beneficiary → number of his
    entitlements, in programmes per plot or machine. ``serials``: programme → machine's serial → place. Members are
    (beneficiary, place): of a household, of a payee who collects for others, of a stated account that is not their own,
    of a buyer of machines. ``clued``: finding → places of ordered lines whose clue is already in the log; what a
    monitor compared (code, other county, entry there), or how a bank's result differs → places of all lines that were
    told so; ``R51`` → all of the latter.
    """

    entitlements: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    holders: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    serials: dict[str, dict[str, int]] = field(default_factory=dict)
    households: dict[str, dict[str, Members]] = field(default_factory=dict)
    collections: Members = field(default_factory=dict)
    stated: Members = field(default_factory=dict)
    buyers: Members = field(default_factory=dict)
    clued: dict[str, set[int]] = field(default_factory=dict)


class History(Struct):
    """What earlier batches looked like, for comparing. ``sizes``: programme → bucket of fen → lines.

    ``rosters``: programme → period → village → lines; only the newest periods are kept.
    """

    sizes: dict[str, dict[int, int]] = field(default_factory=dict)
    rosters: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)


class State(Struct):
    """Everything the ledger knows. Written only by the ledger.

    ``sequences``: key → digests of its documents, in order. ``documents``: ``source/id`` → digest. ``noted``: which
    headers have their conflict or gap entry (place, key, digest). ``open``: key → its unfinished document. ``pending``:
    digest → document that waits for its second person. ``moves``: ``programme|bank|state``, or of a sensitive programme
    ``sensitive|bank|state|programme`` (with ``|again`` behind it where lines correct others) → count and fen since the
    last close. ``faults``: account → what its bank says is wrong with it. ``suppressions``: code →
    ``programme|beneficiary``. ``designations``: payee → his newest one.
    ``quorums``: all that were ever set, in the log's order, from genesis on; an entry's index is known after sealing.
    ``log_key``: the vkey that genesis pins, or empty. ``expected``: ``programme|period|township``. ``overdue``: what
    was noted as late → the finding. ``plan_use``: ``programme|plan number`` → fen that is ready, held or paid, and fen
    that is paid. ``size``: how many entries the log has so far. ``peaks``: the tree's right edge, in snapshots only.
    """

    county: str
    origin: str
    roots: list[str]
    now: int = 0
    ordinal: int = 0
    policy: Policy = field(default_factory=Policy)
    sequences: dict[str, list[str]] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)
    noted: set[str] = field(default_factory=set)
    gaps: dict[str, dict[int, str]] = field(default_factory=dict)
    open: dict[str, OpenDocument] = field(default_factory=dict)
    pending: dict[str, OpenDocument] = field(default_factory=dict)
    registers: Registers = field(default_factory=Registers)
    accounts: dict[str, CensusAccount] = field(default_factory=dict)
    designations: dict[str, Designation] = field(default_factory=dict)
    batches: list[Batch] = field(default_factory=list)
    batch_index: dict[str, int] = field(default_factory=dict)
    bank_codes: list[str] = field(default_factory=list)
    claims: Claims = field(default_factory=Claims)
    history: History = field(default_factory=History)
    faults: dict[str, str] = field(default_factory=dict)
    suppressions: dict[str, dict[str, Suppression]] = field(default_factory=dict)
    expected: dict[str, Expected] = field(default_factory=dict)
    overdue: dict[str, str] = field(default_factory=dict)
    plan_use: dict[str, list[int]] = field(default_factory=dict)
    moves: dict[str, list[int]] = field(default_factory=dict)
    totals: dict[str, list[int]] = field(default_factory=dict)
    quorums: list[QuorumTerm] = field(default_factory=lambda: [QuorumTerm()])
    log_key: str = ""
    size: int = 0
    peaks: list[bytes] = field(default_factory=list)


def find_setting(state: State, code: str) -> RuleSetting:
    """Give how the county runs a rule; what it never set is as the catalogue has it."""
    return state.policy.rules.get(code, _UNSET)


def find_own_id(state: State, value: str) -> str:
    """Give the population register's own object for an ID, so that tables share it; else the value itself."""
    person = state.registers.population.get(value)
    return value if person is None else person.id


def find_batch(state: State, source: str, document: str) -> Batch | None:
    """Give a batch by the source and id of its document."""
    index = state.batch_index.get(f"{source}/{document}")
    return None if index is None else state.batches[index]


def find_line(state: State, ref: str) -> int | None:
    """Give the place of the line that a reference (:func:`schemas.identifiers.derive_line_ref`) names, if there is."""
    source, document, line = split_line_ref(ref)
    batch = find_batch(state, source, document)
    return None if batch is None or line > len(batch.states) else derive_place(batch.index, line)

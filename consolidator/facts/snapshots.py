"""Owns the snapshot bytes of a state. The big tables are written as columns: each ID, account number, village once.

So reading makes one object for a value that stands in many places, as the ledger does, and the bytes are few. What is
left of the state is written by msgspec as it is.
"""

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from consolidator.facts.accounts import Card, CensusAccount, Designation, Terms, list_versions
from consolidator.facts.lines import Amounts
from consolidator.facts.registers import Person
from consolidator.facts.state import State

Numbers = bytes  # 32-bit integers that point into a list of values
Places = bytes  # 64-bit integers


class _Tables(Struct, array_like=True):
    """The big tables as columns.

    ``ids`` begin with the population's, ``accounts`` with the census', in order. ``versions`` counts those of a payee.
    ``entitlements``: programme, period, claimants, suffixes of their keys (a plot's number, or empty), which of these
    (nothing when there is but one), places.
    """

    ids: list[str]
    names: list[str]
    households: list[str]
    household_of: Numbers
    villages: list[str]
    village_of: Numbers
    listed: Numbers
    listed_in: Numbers
    accounts: list[str]
    holders: Numbers
    cards: list[Card]
    card_of: Numbers
    payees: Numbers
    versions: Numbers
    chosen: Numbers
    terms: list[Terms]
    terms_of: Numbers
    entitlements: list[tuple[str, str, Numbers, list[str], Numbers, Places]]


class _Snapshot(Struct, array_like=True):
    rest: State
    tables: _Tables


class _Index:
    """Values in the order they are first met, each with its number."""

    def __init__(self, values: Iterable[Any] = ()) -> None:
        self._numbers = {value: number for number, value in enumerate(values)}

    def number(self, values: Collection[Any]) -> Numbers:
        """Give the numbers of values, adding those that are new; the usual case, none, costs no Python a value."""
        numbers = self._numbers
        try:
            return _pack(map(numbers.__getitem__, values))
        except KeyError:
            return _pack([numbers.setdefault(value, len(numbers)) for value in values])

    def list_values(self) -> list[Any]:
        """Give all values by number."""
        return list(self._numbers)


def render_snapshot(state: State) -> bytes:
    """Write the whole state."""
    registers, claims = state.registers, state.claims
    rest = replace(
        state,
        registers=replace(registers, population={}, library={}),
        accounts={},
        designations={},
        claims=replace(claims, entitlements={}),
    )
    return _encoder.encode(_Snapshot(rest, _split(state)))


def _pack(numbers: Iterable[int]) -> Numbers:
    return array("i", numbers).tobytes()


def _split(state: State) -> _Tables:
    people, library = state.registers.population, state.registers.library
    persons, cards_held = people.values(), state.accounts.values()
    histories = list(map(list_versions, state.designations.values()))
    versions = list(chain.from_iterable(histories))
    ids, villages, households = _Index(people), _Index(), _Index()
    accounts, cards, terms = _Index(state.accounts), _Index(), _Index()
    tables = _Tables(
        ids=[],
        names=[person.name for person in persons],
        households=[],
        household_of=households.number([person.household for person in persons]),
        villages=[],
        village_of=villages.number([person.village for person in persons]),
        listed=ids.number(library),
        listed_in=villages.number(library.values()),
        accounts=[],
        holders=ids.number([held.holder for held in cards_held]),
        cards=[],
        card_of=cards.number([held.card for held in cards_held]),
        payees=ids.number(state.designations),
        versions=_pack(map(len, histories)),
        chosen=accounts.number([version.account for version in versions]),
        terms=[],
        terms_of=terms.number([version.terms for version in versions]),
        entitlements=list(_split_entitlements(state, ids)),
    )
    tables.ids, tables.households, tables.villages = ids.list_values(), households.list_values(), villages.list_values()
    tables.accounts, tables.cards, tables.terms = accounts.list_values(), cards.list_values(), terms.list_values()
    return tables


def _split_entitlements(state: State, ids: _Index) -> Iterator[tuple[str, str, Numbers, list[str], Numbers, Places]]:
    """Cut each key into the claimant's ID and what follows it (the number of a plot or machine)."""
    for programme, periods in state.claims.entitlements.items():
        for period, held in periods.items():
            places = array("q", held.values()).tobytes()
            if any(map(_is_numbered, held)):
                suffixes = _Index()
                keys = [key.partition("|") for key in held]
                suffix_of = suffixes.number([bar + rest for _, bar, rest in keys])
                claimants = ids.number([claimant for claimant, _, _ in keys])
                yield programme, period, claimants, suffixes.list_values(), suffix_of, places
            else:
                yield programme, period, ids.number(held), [], b"", places


def _is_numbered(key: str) -> bool:
    return "|" in key


def parse_snapshot(raw: bytes) -> State:
    """Read what :func:`render_snapshot` wrote; its digest was checked by the engine."""
    snapshot = _decoder.decode(raw)
    state, tables = snapshot.rest, snapshot.tables
    registers, ids = state.registers, tables.ids
    households, villages = _pick(tables.households, tables.household_of), _pick(tables.villages, tables.village_of)
    people = map(Person, ids, tables.names, households, villages)
    registers.population = dict(zip(ids, people, strict=False))  # other IDs follow the population's
    registers.library = dict(zip(_pick(ids, tables.listed), _pick(tables.villages, tables.listed_in), strict=True))
    held = map(CensusAccount, _pick(ids, tables.holders), _pick(tables.cards, tables.card_of))
    state.accounts = dict(zip(tables.accounts, held, strict=False))
    state.designations = dict(zip(_pick(ids, tables.payees), _join_histories(tables), strict=True))
    state.claims.entitlements = _join_entitlements(tables)
    return state


def _pick(values: Sequence[Any], numbers: Numbers) -> Iterator[Any]:
    return map(values.__getitem__, _unpack("i", numbers))


def _unpack(kind: str, raw: bytes) -> Amounts:
    values = array(kind)
    values.frombytes(raw)
    return values


def _join_histories(tables: _Tables) -> Iterator[Designation]:
    """Give each payee's newest designation, with those before it."""
    picked = zip(_pick(tables.accounts, tables.chosen), _pick(tables.terms, tables.terms_of), strict=True)
    for count in _unpack("i", tables.versions):
        newest = Designation(*next(picked))
        for account, terms in islice(picked, count - 1):
            newest = Designation(account, terms, newest)
        yield newest


def _join_entitlements(tables: _Tables) -> dict[str, dict[str, dict[str, int]]]:
    joined: dict[str, dict[str, dict[str, int]]] = {}
    for programme, period, claimants, suffixes, suffix_of, places in tables.entitlements:
        keys: Iterator[str] = _pick(tables.ids, claimants)
        if suffixes:
            keys = map(str.__add__, keys, _pick(suffixes, suffix_of))
        joined.setdefault(programme, {})[period] = dict(zip(keys, _unpack("q", places), strict=True))
    return joined


def _encode_array(value: Any) -> bytes:  # noqa: ANN401 -- msgspec's hook signature
    if isinstance(value, array):
        return value.tobytes()
    message = f"no snapshot form for {type(value).__name__}"
    raise NotImplementedError(message)


def _decode_array(_kind: type, value: Any) -> Amounts:  # noqa: ANN401 -- msgspec's hook signature
    return _unpack("q", value)  # lines' amounts: the only type of a state that msgspec does not know itself


_encoder = msgspec.msgpack.Encoder(enc_hook=_encode_array)
_decoder = msgspec.msgpack.Decoder(_Snapshot, dec_hook=_decode_array)

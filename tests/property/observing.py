"""Reads what the ledger says and holds, and what the model says it should hold, in one form that can be compared."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from consolidator.facts.lines import LINE_STATES, split_place, sum_states
from consolidator.facts.state import State
from consolidator.ledger.emission import Emission
from schemas.entries import EntryBlock, SingleEntry
from tests.property.county import KEYS, key_of
from tests.property.model import LIVE, Model, Row, Told

_NAMES = {key_of(key): key for key in KEYS}


def read_emissions(emissions: Iterable[Emission]) -> Iterator[Told]:
    """Read entries and outcomes as the model tells them."""
    for emission in emissions:
        for block in emission.blocks:
            for entry in _read_block(block):
                yield _READ[entry["kind"]](entry)
        for outcome in emission.outcomes:
            if outcome.word != "item":  # items stand in the effect's positions
                yield "outcome", outcome.word, outcome.code


def _read_block(block: EntryBlock) -> list[Any]:
    if isinstance(block, SingleEntry):
        return [block.fields]
    return [json.loads(entry) for entry in block.render([""] * len(block.privates))]


def _read_effect(entry: Row) -> Told:
    if not entry["positions"]:
        return ("effect", entry["document"], entry["accepted"], *entry["codes"])
    return ("effect", entry["document"], entry["accepted"], *map(tuple, entry["positions"]))


def _read_batch(entry: Row) -> Told:
    told = ("batch", entry["document"], entry["state"])
    if entry["state"] == "void":
        return (*told, tuple(entry["findings"]), tuple(entry["positions"]), entry["count"], entry["fen"])
    return (*told, *sorted((state, *pair) for state, pair in entry["totals"].items()))


_READ: Mapping[str, Callable[[Row], Told]] = {
    "document": lambda e: ("document", _NAMES[e["key"]], e["seq"], e["document"], e["outcome"], e.get("code", "")),
    "effect": _read_effect,
    "line": lambda e: ("line", e["document"], e["line"], e["state"], e["bank"], *e["findings"]),
    "change": lambda e: ("change", e["document"], e["line"], e["from"], e["to"], e["bank"], *e["findings"]),
    "finding": lambda e: ("finding", e["document"], e["line"], e["state"], *e["findings"]),
    "comment": lambda e: ("comment", e["document"], e["line"]),
    "batch": _read_batch,
    "release": lambda e: (
        *("release", e["document"], e["release"], e["outcome"], e.get("code", "")),
        *map(tuple, e["banks"]),
    ),
    "orders": lambda e: ("orders", e["document"], e["bank"], e["release"], e["count"], e["fen"]),
    "close": lambda e: ("close", *sorted(map(tuple, e["rows"]))),
}


def check_told(found: Iterable[Told], expected: Iterable[Told]) -> None:
    """Raise AssertionError unless both say the same, in whatever order."""
    ledger, model = Counter(found), Counter(expected)
    assert ledger == model, f"only the ledger says {list(ledger - model)}\nonly the model says {list(model - ledger)}"


def check_held(found: Row, expected: Row) -> None:
    """Raise AssertionError unless both hold the same."""
    differing = [name for name in expected if found[name] != expected[name]]
    assert not differing, "\n".join(f"{name}: ledger {found[name]}, model {expected[name]}" for name in differing)


def observe(state: State) -> Row:
    """Give what the ledger holds."""
    return {
        "next numbers": {key: len(state.sequences.get(key_of(key), ())) + 1 for key in KEYS},
        "unfinished": sorted(_NAMES[key] for key in state.open),
        "waiting for a second person": len(state.pending),
        "batches": {batch.document: (batch.state, batch.releases + 1) for batch in state.batches},
        "lines": {batch.document: [LINE_STATES[line] for line in batch.states] for batch in state.batches},
        "sums": {batch.document: dict(sum_states(batch)) for batch in state.batches},
        "totals": {name: tuple(pair) for name, pair in state.totals.items() if pair != [0, 0]},
        "entitlements": dict(_list_entitlements(state)),
    }


def _list_entitlements(state: State) -> Iterator[tuple[Any, Any]]:
    for programme, periods in state.claims.entitlements.items():
        for period, holders in periods.items():
            for who, place in holders.items():
                index, line = split_place(place)
                yield (programme, period, who), (state.batches[index].document, line)


def expect(model: Model) -> Row:
    """Give what the ledger should hold."""
    lines = {
        batch["id"]: [line for line in model.lines if line["batch"] == batch["id"]] for batch in model.batches.values()
    }
    return {
        "next numbers": {key: len(model.accepted.get(key, [])) + 1 for key in KEYS},
        "unfinished": sorted(model.open),
        "waiting for a second person": len(model.pending),
        "batches": {batch["id"]: (batch["state"], batch["releases"] + 1) for batch in model.batches.values()},
        "lines": {name: [line["state"] for line in found] for name, found in lines.items()},
        "sums": {name: {state: (count, fen) for state, count, fen in model.sums(name)} for name in lines},
        "totals": _add_up(model.lines),
        "entitlements": {
            (line["programme"], line["period"], line["who"]): (line["batch"], line["line"])
            for line in model.lines
            if line["state"] in LIVE
        },
    }


def _add_up(lines: Iterable[Row]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for line in lines:
        count, fen = found.get(line["state"], (0, 0))
        found[line["state"]] = count + 1, fen + line["fen"]
    return found

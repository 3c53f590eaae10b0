"""Owns the split of a run's time into stages: own time of the functions that do a stage's work, children left out.

The product carries no measuring code: its functions are wrapped where they are called from, for one run only.
"""

import importlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from time import perf_counter
from typing import Any

TREE = "leaves and tree"
# stage → (module that calls, name it calls, or Class.method)
STAGES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "decode": (("consolidator.ledger.batches", "parse_part"),),
    "lookups": (("consolidator.ledger.batches", "build_slice"),),
    "group rules": (
        ("consolidator.ledger.batches", "_build_roster"),
        ("consolidator.ledger.batches", "_group_members"),
        ("consolidator.ledger.batches", "_run_group_rules"),
    ),
    "line rules": (
        ("consolidator.ledger.assessment", "run_line_rules"),
        ("consolidator.ledger.assessment", "hold_unroutable"),
    ),
    "duplicates": (("consolidator.ledger.assessment", "claim_lines"),),
    "states": (("consolidator.ledger.batches", "apply_verdict"), ("consolidator.ledger.batches", "_finish")),
    "history": (("consolidator.ledger.batches", "_remember"),),
    "private parts": (("consolidator.ledger.batches", "render_lines"),),
    "orders": (
        ("consolidator.ledger.orders", "OrderBook.add"),
        ("consolidator.ledger.orders", "render_order_part"),
        ("consolidator.ledger.orders", "move_lines"),
    ),
    "openings": (("consolidator.sealing", "derive_openings"), ("consolidator.sealing", "commit_many")),
    "entries": (("schemas.entries", "LineBlock.render"),),
    TREE: (("consolidator.transparency.tree", "CompactRange.append_many"),),
    "pack": (("consolidator.sealing", "_pack_all"),),
    "durable write": (("streams.embedded.journal", "SqliteJournal.commit"),),
}


class Stopwatch:
    """Seconds of own time per stage."""

    def __init__(self) -> None:
        """Start at nothing."""
        self.seconds = dict.fromkeys(STAGES, 0.0)
        self._children = [0.0]

    def wrap(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Count a function's own time under a stage."""

        @wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 -- stands in for any function
            self._children.append(0.0)
            started = perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                elapsed = perf_counter() - started
                self.seconds[stage] += elapsed - self._children.pop()
                self._children[-1] += elapsed

        return timed

    def rate_leaves(self, leaves: int) -> int:
        """Give the leaves a second of the leaf-and-tree stage: what the same run says of this machine."""
        seconds = self.seconds[TREE]
        return round(leaves / seconds) if seconds else 0


def measure_tree() -> AbstractContextManager[Stopwatch]:
    """Wrap the leaf-and-tree stage only: a call a slice, so that the run's own figure is not disturbed."""
    return measure_stages((TREE,))


@contextmanager
def measure_stages(stages: Collection[str] = tuple(STAGES)) -> Iterator[Stopwatch]:
    """Wrap the stages' functions while the block runs."""
    watch = Stopwatch()
    undo: list[tuple[Any, str, Any]] = []
    try:
        for stage in stages:
            for module, name in STAGES[stage]:
                owner: Any = importlib.import_module(module)
                *path, attribute = name.split(".")
                for step in path:
                    owner = getattr(owner, step)
                original = getattr(owner, attribute)
                undo.append((owner, attribute, original))
                setattr(owner, attribute, watch.wrap(stage, original))
        yield watch
    finally:
        for owner, attribute, original in reversed(undo):
            setattr(owner, attribute, original)

"""Changes of the quorum in a log: counted, shaped, and never without the document that asked for them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from consolidator.verify.books import Books
from consolidator.verify.log import check_entries
from schemas.canonical import render_canonical
from schemas.errors import VerificationError
from tests.support.witnesses import LOG_VKEY, describe_quorum
from tests.support.world import World, split_bundle

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def entries() -> list[bytes]:
    """A log whose quorum changes twice."""
    world = World(pinned={"key": LOG_VKEY, "quorum": describe_quorum()})
    for name, value in (("p-1", describe_quorum(("w1", "w2"), 2)), ("p-2", {"type": "none"})):
        world.set_policy(name, [("quorum", "quorum", value)])
    return [entry for step in world.steps for bundle in step.bundles for entry in split_bundle(bundle)]


def find(entries: list[bytes]) -> list[int]:
    """Give the indexes of the changes."""
    return [number for number, entry in enumerate(entries) if b'"kind":"quorum"' in entry]


def test_the_untouched_log_is_accepted(entries: list[bytes]) -> None:
    check_entries(Books(), entries, 0)
    assert len(find(entries)) == 2


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda entry: entry.update(number=3), "missing, or stands twice"),
        (lambda entry: entry.update(document="p-9"), "never accepted"),
        (lambda entry: entry.update(quorum="any"), "fields"),
        (lambda entry: entry["quorum"].update(more=1), "fields"),
        (lambda entry: entry["quorum"]["witnesses"][0].pop("follows"), "fields"),
        (lambda entry: entry.update(cause=""), "fields"),
    ],
)
def test_a_changed_change_is_refused(entries: list[bytes], change: Change, reason: str) -> None:
    index = find(entries)[0]
    entry = json.loads(entries[index])
    change(entry)
    with pytest.raises(VerificationError, match=f"entry {index}: .*{reason}"):
        check_entries(Books(), [*entries[:index], render_canonical(entry)], 0)


def test_a_change_left_out_is_noticed_at_the_next(entries: list[bytes]) -> None:
    first, second = find(entries)
    without = entries[:first] + entries[first + 1 :]
    with pytest.raises(VerificationError, match=f"entry {second - 1}: a change of the quorum is missing"):
        check_entries(Books(), without, 0)

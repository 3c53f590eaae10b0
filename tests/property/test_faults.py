"""The proof that the histories can fail: each injected fault is found, at random and by the history kept for it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import Phase, given, seed, settings

from tests.property.acts import History, histories
from tests.property.faults import FAULTS
from tests.property.living import fails

EXAMPLES = Path(__file__).parent / "examples"
Fault = Callable[[pytest.MonkeyPatch], None]
every_fault = pytest.mark.parametrize("fault", FAULTS, ids=[fault.__name__ for fault in FAULTS])


class FoundError(Exception):
    """The fault was found."""


@pytest.mark.usefixtures("untraced")
@every_fault
def test_a_fault_is_found_within_a_few_hundred_histories(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    fault(monkeypatch)

    @seed(0)
    @settings(max_examples=400, database=None, phases=[Phase.generate])
    @given(histories)
    def search(history: History) -> None:
        if fails(history):
            raise FoundError

    with pytest.raises(FoundError):
        search()


@every_fault
def test_the_history_kept_for_a_fault_still_finds_it(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = json.loads((EXAMPLES / f"{fault.__name__}.json").read_text(encoding="utf-8"))
    assert not fails(kept)
    fault(monkeypatch)
    assert fails(kept)

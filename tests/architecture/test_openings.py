"""Openings are handed out in two places only: the gate's proofs of order files, and behind an ``access`` entry."""

import re

import pytest

from tests.architecture.sources import PRODUCT, list_python, name

# Who may use what derives or writes an opening; whoever is added here answers for how that is recorded.
ALLOWED = {
    r"\bderive_openings\(": {
        "consolidator/privacy/commitments.py",
        "consolidator/privacy/openings.py",
        "consolidator/sealing.py",
        "consolidator/home/doctor/secrets.py",  # it compares commitments, and tells only whether they fit
        "consolidator/home/disclosed.py",  # so does this
    },
    r"\bopen_private\b": {
        "consolidator/privacy/openings.py",
        "consolidator/gate/proving.py",
        "consolidator/cli/opening.py",
    },
}


@pytest.mark.parametrize("pattern", ALLOWED)
def test_nothing_else_can_hand_out_an_opening(pattern: str) -> None:
    found = {name(path) for path in list_python(*PRODUCT) if re.search(pattern, path.read_text(encoding="utf-8"))}
    assert found == ALLOWED[pattern]

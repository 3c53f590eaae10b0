"""Owns the comparison of what was found with what the sample had planted (truth.json)."""

import json
from dataclasses import dataclass
from pathlib import Path

from consolidator.demo.story import Place, Story


@dataclass(frozen=True, slots=True)
class Score:
    """Lines planted, those with every expected code, and lines held or refused that nobody planted."""

    planted: int
    found: int
    false_holds: int


def read_truth(path: Path) -> dict[Place, frozenset[str]]:
    """Read which codes must be found about which line."""
    planted = json.loads(path.read_bytes())["planted"]
    return {(each["source"], each["document"], each["line"]): frozenset(each["codes"]) for each in planted}


def score(story: Story, truth: dict[Place, frozenset[str]]) -> Score:
    """Compare a story with the truth."""
    codes = {place: {finding.partition(":")[0] for finding in found} for place, found in story.found.items()}
    found = sum(expected <= codes.get(place, set()) for place, expected in truth.items())
    return Score(len(truth), found, len(story.stopping - truth.keys()))

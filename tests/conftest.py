"""Owns how hypothesis runs: the same examples every time in CI, fresh ones at a desk. Never judges by the clock."""

import os

import pytest
from hypothesis import settings

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
for name in ("LC_ALL", "LC_MESSAGES", "LANG"):  # the language of whoever runs the tests is not theirs
    os.environ.pop(name, None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that kill the program: they take minutes, and the other worker does the rest meanwhile."""
    items.sort(key=lambda item: item.get_closest_marker("kill") is None)

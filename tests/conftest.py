"""Owns how hypothesis runs: the same examples every time in CI, fresh ones at a desk. Never judges by the clock."""

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")

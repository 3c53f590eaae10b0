"""Owns what the property tests share with pytest."""

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture
def untraced() -> Iterator[None]:
    """Run without coverage, which would double the time of ten thousand histories.

    What is covered must not rest on chance anyway. pytest-cov's own ``no_cover`` does not reach the workers of xdist.
    """
    tracer = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(tracer)

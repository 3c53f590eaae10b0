"""Owns who judges: the unit tests of the deciding packages, run by pytest in a quiet and repeatable way.

Not the examples in docstrings, which run once per process. Not the recorded journals: they see that something changed,
but nobody wrote down what should be.
"""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.mutation.mutants import Mutant

PACKAGES = ("privacy", "rules", "ledger")
JUDGES = ("tests/unit/privacy", "tests/unit/rules", "tests/unit/facts", "tests/unit/ledger", "tests/unit/sealing")
SURVIVED, UNTESTED = "survived", "untested"
SECONDS_MIN = 10
_OPTIONS = (
    *("-q", "--no-header", "--no-summary", "--tb=line", "-p", "no:cacheprovider", "-p", "no:xdist"),
    *("--assert=plain", "-W", "ignore::pytest.PytestConfigWarning"),  # nobody reads why a test failed
)

Report = Callable[[Mutant, str], None]


class Quick:
    """A plugin: hypothesis gives the same examples each time, does not make them small, and looks at no clock."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Set hypothesis up before the tests are loaded."""
        settings.register_profile(
            "mutants",
            derandomize=True,
            database=None,
            deadline=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )
        settings.load_profile("mutants")

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave examples in docstrings out."""
        items[:] = [item for item in items if isinstance(item, pytest.Function)]


def run_pytest(arguments: Sequence[str], plugin: Quick) -> int:
    """Run pytest over files and folders, within this process. Returns its exit code."""
    return int(pytest.main([*_OPTIONS, *arguments], plugins=[plugin]))

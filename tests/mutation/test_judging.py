"""The judges of mutants are trustworthy: what nobody changed survives, and what dies dies for its own reason."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

_PROGRAM = """
import json, sys
from pathlib import Path
from tests.mutation.fresh import judge_in_modules
from tests.mutation.mutants import list_mutants, list_nulls
from tests.mutation.warm import judge_in_functions

paths = ["tests/mutation/toy_judges.py"]
found = {}
def report(mutant, said):
    found[f"{mutant.scope}: {mutant.change}"] = said.rpartition("::")[2]

make = {"mutants": list_mutants, "nulls": list_nulls}[sys.argv[1]]
mutants = list(make(Path("tests/mutation/toy.py"), "tests.mutation.toy"))
if sys.argv[2] == "functions":
    bench = judge_in_functions([each for each in mutants if each.scope], report, 2, paths)
    found["failing"] = [name.rpartition("::")[2] for name in bench.failing]
else:
    from tests.mutation.warm import Bench
    judge_in_modules([each for each in mutants if not each.scope], report, 2, Bench(), paths)
Path(sys.argv[3]).write_text(json.dumps(found))
"""


def _judge(folder: Path, *words: str) -> dict[str, object]:
    answer = folder / "answer.json"
    program = [sys.executable, "-c", _PROGRAM, *words, str(answer)]
    subprocess.run(program, check=True, capture_output=True, timeout=300)  # noqa: S603 -- a constant above
    found: dict[str, object] = json.loads(answer.read_text())
    return found


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What became of the mutants of the toy's functions."""
    return _judge(tmp_path_factory.mktemp("judged"), "mutants", "functions")


def test_a_mutant_that_a_test_sees_dies_by_that_test(judged: dict[str, object]) -> None:
    for change in ("fen > LIMIT -> fen >= LIMIT", "fen > LIMIT -> fen <= LIMIT", "return fen > LIMIT -> return None"):
        assert judged[f"is_over: {change}"] == "test_over_is_above_the_limit"


def test_an_equivalent_mutant_survives_and_its_neighbour_dies(judged: dict[str, object]) -> None:
    assert judged["find_larger: one > other -> one >= other"] == "survived"
    assert judged["find_larger: one > other -> one <= other"] == "test_the_larger_one"


def test_a_test_that_fails_for_other_reasons_kills_nothing(judged: dict[str, object]) -> None:
    assert judged["failing"] == ["test_fails_always", "test_fails_the_second_time"]
    assert judged["double: fen * 2 -> fen // 2"] == "survived"
    assert judged["double: 2 -> 3 in fen * 2"] == "survived"


def test_what_no_test_runs_is_untested(judged: dict[str, object]) -> None:
    assert judged["halve: fen // 2 -> fen * 2"] == "untested"


def test_a_mutant_that_changes_nothing_survives(tmp_path: Path) -> None:
    nulls = _judge(tmp_path, "nulls", "functions")
    assert [nulls[f"{name}: nothing"] for name in ("is_over", "find_larger", "double")] == ["survived"] * 3


def test_a_mutant_of_a_module_dies_when_a_test_sees_it(tmp_path: Path) -> None:
    found = _judge(tmp_path, "mutants", "modules")
    assert found[": 100 -> 101 in LIMIT = 100"] == "test_over_is_above_the_limit"
    assert found[": 7 -> 8 in UNUSED = 7"] == "survived"

from pathlib import Path

import pytest

from tests.architecture.sizes import FILE_LINES_MAX, count_lines, measure_functions, render_report
from tests.architecture.sources import PRODUCT, list_python, name


@pytest.mark.parametrize("path", list_python(*PRODUCT, "tests"), ids=name)
def test_a_file_holds_one_idea(path: Path) -> None:
    assert count_lines(path) <= FILE_LINES_MAX, "a file this long usually holds two ideas"


def test_a_function_is_measured_without_its_docstring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tests.architecture.sources.ROOT", tmp_path)
    path = tmp_path / "sample.py"
    path.write_text(
        'def short(x):\n    """Say.\n\n    More.\n    """\n    return x\n\n\nasync def bare():\n    return 1\n'
    )
    assert [*measure_functions(path)] == [(2, "sample.py:1 short"), (2, "sample.py:9 bare")]


def test_the_report_names_the_longest_function(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tests.architecture.sources.ROOT", tmp_path)
    path = tmp_path / "sample.py"
    path.write_text("def one(): ...\n\n\ndef long():\n    x = 1\n    return x\n")
    assert [*render_report([path])][2].split() == ["3", "sample.py:4", "long"]

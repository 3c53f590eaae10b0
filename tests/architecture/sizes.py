"""Owns how long files and functions are; ``python -m tests.architecture.sizes`` prints it. Never fails anybody."""

import ast
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import PRODUCT, list_python, name

FILE_LINES_MAX = 400
LONGEST_SHOWN = 8


def count_lines(path: Path) -> int:
    """Give the number of lines of a file."""
    return len(path.read_text(encoding="utf-8").splitlines())


def measure_functions(path: Path) -> Iterator[tuple[int, str]]:
    """Give length in lines, docstring left out, and place of every function of a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield _count_function(node), f"{name(path)}:{node.lineno} {node.name}"


def _count_function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if told else 0
    return (node.end_lineno or node.lineno) - node.lineno + 1 - docstring


def render_report(files: list[Path]) -> Iterator[str]:
    """Tell medians, the length nine in ten stay within, and the longest functions."""
    lines = [count_lines(path) for path in files]
    functions = sorted((found for path in files for found in measure_functions(path)), reverse=True)
    lengths = [length for length, _ in functions] or [0]
    yield f"files     {len(lines):5}  median {statistics.median(lines):g} lines (goal 120)  longest {max(lines)}"
    yield (
        f"functions {len(functions):5}  median {statistics.median(lengths):g} lines (goal 10)"
        f"  nine in ten within {lengths[len(lengths) // 10]} (goal 30)  longest {lengths[0]}"
    )
    yield from (f"  {length:3}  {place}" for length, place in functions[:LONGEST_SHOWN])


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in render_report(list_python(*PRODUCT)))

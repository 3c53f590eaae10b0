"""Prints the requirements of this project and of the dependency groups named on the command line, one a line.

``make lock`` feeds them to pip-compile. Only the standard library; never writes a file.
"""

import sys
import tomllib
from pathlib import Path


def main() -> None:
    """Print ``[project] dependencies``, then each named group of ``[dependency-groups]``."""
    pyproject = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [pyproject["dependency-groups"][name] for name in sys.argv[1:]]
    sys.stdout.writelines(f"{line}\n" for group in (pyproject["project"]["dependencies"], *groups) for line in group)


main()

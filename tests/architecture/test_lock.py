import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

_PIN = re.compile(r"^([a-z0-9-]+)==([^ ]+) \\$", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def _read_pins(path: Path) -> dict[str, str]:
    return dict(_PIN.findall(path.read_text(encoding="utf-8")))


def _read_wanted(*groups: str) -> set[str]:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = [pyproject["project"]["dependencies"], *(pyproject["dependency-groups"][group] for group in groups)]
    return {match.group().lower() for lines in listed for line in lines if (match := _NAME.match(line))}


def test_the_lock_pins_everything_that_is_asked_for() -> None:
    assert _read_wanted() <= _read_pins(ROOT / "requirements/run.txt").keys()
    assert _read_wanted("test", "check", "build") <= _read_pins(ROOT / "requirements/dev.txt").keys()


def test_what_is_tested_is_what_is_run() -> None:
    run, dev = (_read_pins(ROOT / f"requirements/{name}.txt") for name in ("run", "dev"))
    assert run.items() <= dev.items()


@pytest.mark.parametrize("lock", ["run", "dev"])
def test_every_pin_has_a_hash_and_no_option_or_address(lock: str) -> None:
    text = (ROOT / f"requirements/{lock}.txt").read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(_read_pins(ROOT / f"requirements/{lock}.txt"))
    assert all("--hash=sha256:" in block for block in blocks)
    assert not re.search(r"^--|://|^-e|file:", text, re.MULTILINE)

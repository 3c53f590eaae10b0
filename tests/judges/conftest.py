"""Other people's tools, built once a run from the Go modules that go.mod pins. Without Go, the tests say so."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
Judge = Callable[[Path], subprocess.CompletedProcess[str]]


def go(*words: str, module: Path = HERE) -> subprocess.CompletedProcess[str]:
    """Run a go command in the judges' module, or in another."""
    return subprocess.run(["go", *words], cwd=module, capture_output=True, text=True, check=False)  # noqa: S603, S607 -- the one Go there is, no shell


def do_without(reason: str) -> None:
    """Skip, or fail where everything must run."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; with CI=true the foreign judges must run")
    pytest.skip(f"{reason}: the foreign judges were not heard")


@pytest.fixture(scope="session")
def modules() -> None:
    """Have the modules at hand."""
    need_modules(HERE)


def need_modules(module: Path) -> None:
    """Do without when Go or the modules that a module needs cannot be had."""
    if shutil.which("go") is None:
        do_without("Go is not installed")
    downloaded = go("mod", "download", module=module)
    if downloaded.returncode != 0:
        do_without(f"Go cannot get the modules ({downloaded.stderr.strip().splitlines()[-1]})")


@pytest.fixture(scope="session")
def judge(modules: None, tmp_path_factory: pytest.TempPathFactory) -> Judge:  # noqa: ARG001 -- must be there before building
    """Give the judges: they look at a folder, print who is content, and end with 0 when all are."""
    program = tmp_path_factory.mktemp("judges") / "judges"
    built = go("build", "-o", str(program), ".")
    assert built.returncode == 0, built.stderr

    def look_at(folder: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([program, str(folder)], capture_output=True, text=True, check=False)  # noqa: S603 -- built just now

    return look_at


@pytest.fixture(scope="session")
def sample_log(modules: None) -> Path:  # noqa: ARG001 -- must be there before it is looked up
    """Give the testdata folder of tessera's module: a log somebody else wrote, and the script with its key."""
    listed = go("list", "-m", "-f", "{{.Dir}}", "github.com/transparency-dev/tessera")
    assert listed.returncode == 0, listed.stderr
    return Path(listed.stdout.strip()) / "testdata"

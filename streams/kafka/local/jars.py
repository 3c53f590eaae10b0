"""Owns where Java and the broker's jars are: found, or resolved once by Maven. It starts no broker."""

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.errors import ConfigurationError, DependencyError

JARS_VARIABLE = "CONSOLIDATOR_KAFKA_JARS"
JAVA_MIN = 17
RESOLVE_SECONDS_MAX = 600
_POM = Path(__file__).with_name("pom.xml")


def read_version() -> str:
    """Give the version of Kafka that is run here, from the pom.

    >>> read_version().split(".")[0]
    '4'
    """
    found = re.search(r"<kafka\.version>([0-9.]+)<", _POM.read_text(encoding="utf-8"))
    return found[1] if found else ""


def find_java() -> Path:
    """Give the Java to run brokers with, JAVA_HOME's first; ConfigurationError when there is none of 17 or newer."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    if found is None or _read_java_version(found) < JAVA_MIN:
        message = (
            f"本机 Kafka 需要 Java {JAVA_MIN} 或更高版本,请安装(如 openjdk-17-jre-headless)并设好 PATH 或 JAVA_HOME / "
            f"a local Kafka needs Java {JAVA_MIN} or newer: install it (openjdk-17-jre-headless, for example) and put "
            "it into PATH or JAVA_HOME"
        )
        raise ConfigurationError(message)
    return Path(found)


def _read_java_version(java: str) -> int:
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)  # noqa: S603 -- found in PATH or JAVA_HOME
    return parse_java_version(told.stderr)


def parse_java_version(told: str) -> int:
    """Give the major version in what ``java -version`` says, 0 when it says none.

    >>> parse_java_version('openjdk version "17.0.15" 2025-04-15'), parse_java_version('java version "1.8.0_402"')
    (17, 8)
    >>> parse_java_version("Unable to locate a Java Runtime")
    0
    """
    found = re.search(r'version "(?:1\.)?([0-9]+)', told)
    return int(found[1]) if found else 0


def find_jars() -> Path:
    """Give the folder of the broker's jars; the first time Maven brings them, through whatever mirror it is set to.

    The folder is named by CONSOLIDATOR_KAFKA_JARS, or is ``~/.cache/consolidator/kafka/<version>``. Processes that find
    it missing at the same time wait for the first of them. ConfigurationError: no jars and no Maven. DependencyError:
    Maven could not get them.
    """
    default = Path.home() / ".cache" / "consolidator" / "kafka" / read_version()
    folder = Path(os.environ.get(JARS_VARIABLE) or default)
    resolve_jars(_POM, folder, f"kafka_2.13-{read_version()}.jar")
    return folder


def resolve_jars(pom: Path, folder: Path, witness: str) -> None:
    """Bring what a pom asks for into a folder, unless it is there. Errors as of :func:`find_jars`.

    The folder gets its name when Maven is done, so one jar, the ``witness``, stands for all.
    """
    if (folder / witness).exists():
        return
    maven = _find_maven(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _wait_for_turn(folder.parent):
        if not (folder / witness).exists():
            _resolve(maven, pom, folder)


def _find_maven(folder: Path) -> str:
    found = shutil.which("mvn")
    if found is None:
        message = (
            f"{folder} 里没有 Kafka 的 jar,也没有 Maven 来下载:请安装 Maven,或用 {JARS_VARIABLE} 指明有 jar 的文件夹 / "
            f"no Kafka jars in {folder} and no Maven to get them: install Maven, or name a folder that has them in "
            f"{JARS_VARIABLE}"
        )
        raise ConfigurationError(message)
    return found


@contextmanager
def _wait_for_turn(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder / ".resolving", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _resolve(maven: str, pom: Path, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="resolving-") as made:
        jars = Path(made) / "jars"
        _run_maven([maven, "-q", "-B", "-f", str(pom), "dependency:copy-dependencies", f"-DoutputDirectory={jars}"])
        try:
            jars.rename(folder)
        except OSError as error:
            message = f"{folder} 里有别的文件,请清空或另选 / {folder} holds something else: empty it, or name another"
            raise ConfigurationError(message) from error


def _run_maven(command: list[str]) -> None:
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=RESOLVE_SECONDS_MAX)  # noqa: S603 -- fixed words, no shell
        told = "" if run.returncode == 0 else (run.stdout + run.stderr).strip() or f"exit code {run.returncode}"
    except subprocess.TimeoutExpired:
        told = f"no answer within {RESOLVE_SECONDS_MAX} s"
    if told:
        reason = told.splitlines()[0]
        message = (
            f"Maven 未能取得 Kafka 的 jar,请检查网络或 Maven 的镜像设置:{reason} / "
            f"Maven could not get the Kafka jars, check the network or Maven's mirror: {reason}"
        )
        raise DependencyError(message)

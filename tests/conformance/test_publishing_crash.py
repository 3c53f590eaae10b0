"""A publication killed or failing at any write: the published log stays whole, and the next start brings it up."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from schemas.errors import DependencyError
from tests.conformance.publish_at import check, publish
from tests.support.logs import publish_from, write_journal

ROOT = Path(__file__).parents[2]
GROWTHS = [(0, 1), (0, 300), (255, 256), (300, 301), (300, 900), (250, 2400)]
_CALLS = ("open", "rename", "mkdir", "fsync", "sync")


def make_template(folder: Path, old: int, size: int) -> Path:
    """Make a journal of ``size`` entries whose log was published at ``old``."""
    home = folder / "template"
    home.mkdir()
    with write_journal(home / "journal.sqlite") as writing:
        if old:
            record = writing.grow(old)
            with publish_from(writing.path, home / "log") as publisher:
                publisher.start(record)
                publisher.publish(record.head)
        writing.grow(size)
    return home


@pytest.mark.kill
@pytest.mark.parametrize(("old", "size"), GROWTHS)
@pytest.mark.parametrize("fault", ["kill", "full"])
def test_no_end_of_a_publication_leaves_a_log_that_is_not_whole(
    tmp_path: Path, fault: str, old: int, size: int
) -> None:
    template, folder = make_template(tmp_path, old, size), tmp_path / "work"
    folder.mkdir()
    command = [sys.executable, "-m", "tests.conformance.publish_at", fault, str(template), str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 -- our own words
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= (7 if fault == "kill" else 1)


@contextmanager
def failing(number: int, *, after: bool) -> Iterator[list[str]]:
    """Let the n-th call that changes the disk fail, before or after it took effect. Gives what was hit."""
    left, hit = count(number - 1, -1), list[str]()

    def wrap(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 -- passes everything on
            if (name == "open" and not args[1] & os.O_WRONLY) or next(left) != 0:
                return call(*args, **kwargs)
            hit.append(name)
            if after:
                call(*args, **kwargs)
            raise OSError(errno.EIO, "no")

        return wrapped

    with pytest.MonkeyPatch.context() as patch:
        for name in _CALLS:
            patch.setattr(os, name, wrap(name, getattr(os, name)))
        yield hit


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("old", "size"), GROWTHS)
def test_a_write_that_fails_stops_the_publication_and_harms_nothing(
    tmp_path: Path, old: int, size: int, *, after: bool
) -> None:
    hits = set[str]()
    for number in count(1):
        (tmp_path / str(number)).mkdir()
        home = make_template(tmp_path / str(number), old, size)
        with failing(number, after=after) as hit:
            try:
                publish(home)
            except DependencyError as error:
                assert "no" in str(error)  # noqa: PT017 -- the loop's end is a publication without an error
            else:
                if not hit:  # making a folder that is there already may fail and harm nothing
                    break
        check(home)
        hits.update(hit)
    assert hits >= {"open", "rename", "fsync"}
    assert ("sync" in hits) == (size - old > 2000)

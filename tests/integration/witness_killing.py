"""Kills a witness before every single write and looks at what it remembers. Run as a script: it forks.

Usage: witness_killing.py WORK FOLDER. Works: ``new`` (a larger head is cosigned), ``idle`` (the same head again),
``first`` (the first head), ``violation`` (a fork is kept), ``add`` (another log), ``init``. Prints how many points.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

from consolidator.transparency.cosignatures import open_cosigned
from consolidator.transparency.keys import derive_signer, render_vkey
from consolidator.witness.answers import Answer
from consolidator.witness.deciding import Witness
from consolidator.witness.home import add_log, open_witness
from consolidator.witness.settings import make_log
from schemas.errors import ConfigurationError, invariant
from tests.support.killing import WritePoints
from tests.unit.transparency.parties import LOG, NOW
from tests.unit.witness.bench import HEX, OTHERS, Ticking, ask, create, seal

OTHER_LOG = make_log(render_vkey(derive_signer("log.example/other", bytes(32)).verifier), "", follow=False)


def add(root: Path, body: bytes, seconds: int) -> Answer:
    """Open the witness, ask once, close it."""
    with open_witness(root) as opened:
        answer = Witness(opened, Ticking(seconds).make()).add_checkpoint(body)
    invariant(isinstance(answer, Answer), "nothing is followed here")
    return answer  # type: ignore[return-value]  # as just said


def read_head(root: Path) -> tuple[int, int]:
    """Give size and second of what the witness publishes; (0, 0) when it has seen nothing."""
    with open_witness(root) as opened:
        answer = Witness(opened, Ticking(NOW + 5000).make()).read_checkpoint(HEX)
        if answer.status != 200:
            return 0, 0
        cosigned = open_cosigned(answer.body, LOG.verifier, [opened.key.verifier])
    return cosigned.checkpoint.size, cosigned.cosignatures[0].seconds


def work_new(root: Path) -> bytes:
    """Cosign a larger head."""
    return add(root, ask(5, 7), NOW + 100).body


def work_idle(root: Path) -> bytes:
    """Cosign the same head again."""
    return add(root, ask(5, 5), NOW + 100).body


def work_violation(root: Path) -> bytes:
    """Keep a fork."""
    return b"%d" % add(root, ask(5, 5, OTHERS), NOW + 100).status


def work_add(root: Path) -> bytes:
    """Witness another log."""
    with suppress(ConfigurationError):  # it is there
        add_log(root, OTHER_LOG)
    return b"added"


def work_init(root: Path) -> bytes:
    """Make a witness."""
    create(root)
    return b"made"


def check_heads(root: Path, answered: bytes, before: int, size: int) -> None:
    """What was answered stands; nothing that contradicts it is cosigned, and the log goes on."""
    now, seconds = read_head(root)
    invariant(now in {before, size}, "the head before or the new one")
    if answered:
        signed = seal(size) + answered
        with open_witness(root) as opened:
            stated = open_cosigned(signed, LOG.verifier, [opened.key.verifier]).cosignatures[0].seconds
        invariant((now, seconds) == (size, stated), "what was answered is remembered")
    if now == size:
        for old in {before, size}:
            invariant(add(root, ask(old, 7, OTHERS), NOW + 200).status != 200, "no other root")
    invariant(add(root, ask(now, 9), NOW + 300).status == 200, "it goes on")
    invariant(read_head(root)[0] == 9, "with the next head")


def check_violation(root: Path, answered: bytes) -> None:
    """A fork that was answered is kept; after a repeat it is there once."""
    for already in (bool(answered), True):
        with open_witness(root) as opened:
            found = opened.store.evidence.list_all(LOG.name)
        invariant(len(found) == 1 if already else len(found) < 2, "once, if it was answered")
        work_violation(root)
    invariant(read_head(root)[0] == 5, "the head stays")


def check_add(root: Path, answered: bytes) -> None:
    """The other log is there or not, and after a repeat it is; nothing else changed."""
    with open_witness(root) as opened:
        invariant(len(opened.settings.log) == 2 or not answered, "it is there if that was answered")
    work_add(root)
    with open_witness(root) as opened:
        Witness(opened, Ticking(NOW + 100).make())
        invariant(len(opened.settings.log) == 2, "it is there")
    invariant(read_head(root)[0] == 5, "the head stays")


def check_init(root: Path, answered: bytes) -> None:
    """No witness or a whole one."""
    invariant(root.exists() or not answered, "it is there if that was answered")
    if not root.exists():
        work_init(root)
    invariant(add(root, ask(0, 9), NOW + 300).status == 200, "it works")


WORKS: dict[str, tuple[int | None, Callable[[Path], bytes], Callable[[Path, bytes], None]]] = {
    "new": (5, work_new, lambda root, answered: check_heads(root, answered, 5, 7)),
    "idle": (5, work_idle, lambda root, answered: check_heads(root, answered, 5, 5)),
    "first": (0, lambda root: add(root, ask(0, 5), NOW + 100).body, lambda root, told: check_heads(root, told, 0, 5)),
    "violation": (5, work_violation, check_violation),
    "add": (5, work_add, check_add),
    "init": (None, work_init, check_init),
}


def run_child(work: Callable[[Path], bytes], root: Path, point: int) -> tuple[bool, bytes]:
    """Do the work in a child that ends before write number ``point``; says whether it did, and what was answered."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            WritePoints(point).watch_everything()
            os.write(writing, work(root))
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answered = pipe.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    invariant(code in {0, -signal.SIGKILL}, f"the child of point {point} ended with {code}")
    return code != 0, answered


def main(name: str, folder: Path) -> int:
    """Kill at every point; gives their number."""
    before, work, check = WORKS[name]
    template, root = folder / "template", folder / "copies" / "w"
    if before is not None:
        create(template)
    if before:
        add(template, ask(0, before), NOW + 10)
    for point in count(1):
        shutil.rmtree(root.parent, ignore_errors=True)
        root.parent.mkdir()
        if template.exists():
            shutil.copytree(template, root)
        was_killed, answered = run_child(work, root, point)
        check(root, answered)
        if not was_killed:
            return point - 1
    raise AssertionError


if __name__ == "__main__":
    print(main(sys.argv[1], Path(sys.argv[2])))  # noqa: T201 -- its result

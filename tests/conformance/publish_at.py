"""Started by the publication's crash tests: publishes in children of its own and ends each at another point.

``python -m tests.conformance.publish_at FAULT TEMPLATE FOLDER`` copies the template, a journal and its published log,
for each child. Faults: ``kill`` ends the child before its n-th write, ``full`` lets no file grow beyond n blocks. What
it prints is the number of children that were hit. A fresh process, because it forks.
"""

import shutil
import sys
from functools import partial
from itertools import count
from pathlib import Path

from consolidator.publishing.publisher import Publisher
from consolidator.transparency.checkpoint import open_checkpoint
from consolidator.transparency.edges import TileEdge
from consolidator.verify.following import check_tree
from consolidator.verify.sources import CHECKPOINT, read_from_folder
from schemas.commits import CommitRecord
from schemas.errors import InvariantError, invariant
from tests.support.faults import bound_file_size, run_child
from tests.support.killing import WritePoints
from tests.support.logs import SIGNER, publish_from, read_all

BLOCK_BYTES = 512


def publish(home: Path) -> None:
    """Start and publish, as a run does."""
    with publish_from(home / "journal.sqlite", home / "log") as publisher:
        record = read_record(publisher)
        publisher.start(record)
        publisher.publish(record.head)


def read_record(publisher: Publisher) -> CommitRecord:
    """Give the journal's newest commit."""
    record = publisher.journal.last_commit()
    if record is None:
        raise InvariantError
    return record


def check(home: Path) -> None:
    """What is published now is a whole log, the old or the new one; and after the next start it is the new one."""
    if (home / "log" / CHECKPOINT).exists():
        verify(home)
    publish(home)
    size = verify(home)
    with publish_from(home / "journal.sqlite", home / "log") as publisher:
        invariant(read_record(publisher).head.size == size, "the new log in the end")
    names = read_all(home / "log")
    invariant(not any("new" in name for name in names), "no drafts are left")


def verify(home: Path) -> int:
    """Verify what is published, every byte of it; gives its size."""
    read = read_from_folder(home / "log")
    head = open_checkpoint(read(CHECKPOINT), SIGNER.verifier).head
    check_tree(read, TileEdge(), head)
    return head.size


def kill(number: int) -> None:
    """End this process before its n-th write."""
    WritePoints(number).watch_everything()


def main(fault: str, template: Path, folder: Path) -> int:
    """Hit the publication at every point; give the number of hits."""
    hit, first = (kill, 1) if fault == "kill" else (partial(bound_file_size, BLOCK_BYTES), 0)
    for number in count(first):
        home = folder / str(number)
        shutil.copytree(template, home)
        went_on = run_child(publish, hit, number, home)
        check(home)
        shutil.rmtree(home)
        if not went_on:
            return number - first
    raise AssertionError


if __name__ == "__main__":
    print(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))  # noqa: T201 -- its result

"""A log as it is exported, cosigned by four witnesses of whom three are enough, in a folder that a test may spoil."""

import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from consolidator.transparency.checkpoint import Checkpoint, sign_checkpoint
from consolidator.transparency.cosignatures import cosign
from consolidator.transparency.edges import TileEdge, grow
from consolidator.transparency.keys import COSIGNATURE, Ed25519Signer, derive_signer
from consolidator.transparency.notes import attach_signature_lines
from consolidator.transparency.policy import Group, Policy, Witness, render_policy
from consolidator.transparency.tree import hash_leaves
from tests.support.published import render_log, write_files
from tests.unit.verify.story import SIGNER, STORY, Entry, batch, batch_document, find, line, orders, render

LINES = 733
NUMBERS = (1, 2, 3, 4)


def make_story(lines: int = LINES) -> list[Entry]:
    """Give the story, and after it a batch large enough for full tiles and bundles."""
    last = [
        batch_document("L1", 7, lines, 10 * lines),
        *(line("L1", number, 10) for number in range(1, lines + 1)),
        batch("L1", "assessed", {"ready": [lines, 10 * lines]}),
        orders("L1", "402", 1, lines, 10 * lines),
    ]
    return [*copy.deepcopy(STORY), *({"v": 1, "at": STORY[-1]["at"]} | entry for entry in last)]


ENTRIES = [render(entry) for entry in make_story()]
MORE = find(make_story(), "overdue", 1) | {"at": STORY[-1]["at"]}  # what may come after it


def make_witness(number: int) -> Ed25519Signer:
    """Give a witness's key."""
    return derive_signer(f"w{number}.example", bytes([number]) * 32, COSIGNATURE)


def make_policy(log: Ed25519Signer = SIGNER, threshold: int = 3) -> bytes:
    """Give the policy file: four witnesses, three of them are enough."""
    witnesses = [Witness(f"w{n}", make_witness(n).verifier, f"https://w{n}.example") for n in NUMBERS]
    group = Group("bodies", threshold, tuple(witness.name for witness in witnesses))
    return render_policy(Policy(log.verifier, "bodies", tuple(witnesses), (group,)))


def head_of(entries: Sequence[bytes], origin: str = SIGNER.name) -> Checkpoint:
    """Give the checkpoint of these entries, unsigned."""
    tree = grow(TileEdge(), hash_leaves(entries)).edge.compact_range()
    return Checkpoint(origin, tree.size, tree.root())


@dataclass(slots=True)
class Exported:
    """An exported log in a folder of its own, with the policy and what was seen last beside it."""

    root: Path
    seconds: int

    @property
    def folder(self) -> Path:
        """The log."""
        return self.root / "log"

    @property
    def seen(self) -> Path:
        """The checkpoint seen last."""
        return self.root / "seen" / "checkpoint"

    def edit(self, path: str, change: Callable[[bytes], bytes]) -> None:
        """Change a file of the log; a change that changes nothing is none."""
        place = self.folder / path
        before = place.read_bytes()
        place.write_bytes(change(before))
        assert place.read_bytes() != before

    def cosign(self, checkpoint: Checkpoint, numbers: Sequence[int] = NUMBERS, age: int = 0) -> bytes:
        """Give a checkpoint signed by the log and cosigned by witnesses, ``age`` seconds ago."""
        lines = [cosign(checkpoint, make_witness(number), self.seconds - age) for number in numbers]
        return attach_signature_lines(sign_checkpoint(checkpoint, SIGNER), lines)

    def put_checkpoint(self, signed: bytes) -> None:
        """Replace the checkpoint."""
        (self.folder / "checkpoint").write_bytes(signed)

    def publish(self, entries: Sequence[bytes]) -> None:
        """Publish a log of these entries over what is there, signed and cosigned as it should be."""
        write_files(self.folder, render_log(entries))
        self.put_checkpoint(self.cosign(head_of(entries)))


def export(root: Path) -> Exported:
    """Make the log that every test begins with."""
    exported = Exported(root, int(time.time()))
    exported.publish(ENTRIES)
    (root / "policy.txt").write_bytes(make_policy())
    return exported

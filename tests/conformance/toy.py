"""A small deterministic machine: enough ledger to test engines with, and nothing about money."""

import json
import struct
from collections.abc import Iterator
from hashlib import sha256

from schemas.commands import Command
from schemas.commits import BUNDLE_ENTRIES_MAX, Bundle, Head, Outcome, Step
from schemas.orders import OrderFile, OrderPart, derive_file_id

GENESIS = Command("genesis", 1, b"1 1")


def document(number: int, steps: int = 1, lines: int = 10) -> Command:
    """A header that makes ``steps`` steps of ``lines`` lines."""
    body = f"{steps} {lines}".encode()
    return Command("header", 100 + number, body, sha256(b"%d %b" % (number, body)).hexdigest())


class ToyMachine:
    """Chains hashes instead of growing a tree. A document seen before makes an outcome only, a tick nothing at all."""

    def __init__(self, salt: str = "") -> None:
        """Start empty; another ``salt`` is another behaviour."""
        self._salt = salt
        self.applied = 0
        self._ordinal = self._now = self._size = self._lines = 0
        self._root = sha256(b"").hexdigest()
        self._seen: list[str] = []

    def apply(self, command: Command) -> Iterator[Step]:
        """See Machine."""
        self.applied += 1
        if command.kind == "tick":
            return
        if command.document and command.document in self._seen:
            yield Step(0, outcomes=(Outcome("identical", "toy", command.document[:8], "batch", command.document),))
            return
        self._now = max(self._now, command.at)
        steps, lines = (int(word) for word in command.body.split())
        for index in range(steps):
            yield self._step(index, lines, is_last=index == steps - 1)
        self._seen.append(command.document)  # after the last step: what a restart in the middle must not lose
        self._ordinal += 1

    def _step(self, index: int, lines: int, *, is_last: bool) -> Step:
        texts = [f"{self._salt}{self._ordinal}/{index}/{line}".encode() for line in range(lines // 4 + 1)]
        bundles = tuple(
            self._bundle(texts[start : start + BUNDLE_ENTRIES_MAX])
            for start in range(0, len(texts), BUNDLE_ENTRIES_MAX)
        )
        self._lines += lines
        name = derive_file_id("toy", f"file-{self._ordinal}", "402", 1)
        part = OrderPart(name, index, b"orders %d" % index)
        return Step(lines, bundles, (part,), (self._file(name, index + 1),) if is_last else ())

    def _bundle(self, texts: list[bytes]) -> Bundle:
        first = self._size
        for text in texts:
            self._root = sha256(bytes.fromhex(self._root) + text).hexdigest()
        self._size += len(texts)
        entries = b"".join(struct.pack(">H", len(text)) + text for text in texts)
        disclosures = b"".join(struct.pack(">I", len(text) + 2) + b"p:" + text for text in texts)
        return Bundle(first, len(texts), entries, disclosures)

    def _file(self, name: str, parts: int) -> OrderFile:
        return OrderFile(
            file=name,
            county="511112",
            source="toy",
            document=name,
            programme="P",
            period="2026",
            bank="402",
            release=1,
            summary="-",
            count=self._lines,
            fen=self._lines,
            parts=parts,
            ordered_at=self._now,
            entry=self._size - 1,
        )

    def head(self) -> Head:
        """See Machine."""
        return Head(
            ordinal=self._ordinal,
            now=self._now,
            size=self._size,
            root=self._root,
            checkpoint=f"toy\n{self._size}\n{self._root}\n",
            totals={"ready": (self._lines, self._lines)},
        )

    def snapshot(self) -> bytes:
        """See Machine."""
        state = [self._salt, self._ordinal, self._now, self._size, self._lines, self._root, self._seen]
        return json.dumps(state).encode()

    def restore(self, snapshot: bytes) -> None:
        """See Machine."""
        state = json.loads(snapshot)
        self._salt, self._ordinal, self._now, self._size, self._lines, self._root, self._seen = state

"""A log of the verifier's story, the host that publishes it, and the witness that follows it."""

import json
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from consolidator.cli.main import main
from consolidator.transparency.keys import Verifier, parse_vkey, render_vkey
from tests.support.published import render_log, seal, write_log
from tests.unit.verify.story import SIGNER, STORY, render
from tests.unit.witness.bench import Answered, Serving, Ticking, ask, create, serving

RAW = [render(entry) for entry in STORY]
SIZE = len(RAW)


def render_files(entries: Sequence[bytes]) -> dict[str, bytes]:
    """Give the files of a published log."""
    return {**render_log(entries), "checkpoint": seal(entries, SIGNER)}


class Toggled(SimpleHTTPRequestHandler):
    """A host that can be told to fail, or to wait."""

    protocol_version = "HTTP/1.1"
    is_down = False
    asked = 0
    may_go = threading.Event()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer, unless it is down."""
        type(self).asked += 1
        if type(self).is_down:
            self.close_connection = True
            return
        self.may_go.wait(60)
        with suppress(ConnectionError):  # who asked is gone
            super().do_GET()


class Desk:
    """A published log and the witness that follows it."""

    def __init__(self, root: Path, url: str, host: type[Toggled]) -> None:
        """Make the witness."""
        self.folder, self.root, self.host = root / "log", root / "w", host
        self.key: Verifier = create(self.root, render_vkey(SIGNER.verifier), url)
        self.clock = Ticking()

    def publish(self, entries: Sequence[bytes]) -> None:
        """Put these entries where the log is read."""
        write_log(self.folder, entries, SIGNER)

    def serving(self) -> AbstractContextManager[Serving]:
        """Let the witness run."""
        return serving(self.root, self.clock.make())

    def offer(self, running: Serving, old: int, entries: Sequence[bytes], size: int | None = None) -> Answered:
        """Publish, and ask for a cosignature."""
        size = len(entries) if size is None else size
        self.publish(entries[:size])
        return running.client.add(ask(old, size, entries, SIGNER))

    def status(self, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
        """Ask the command line."""
        capsys.readouterr()
        assert main(["witness", "status", "--home", str(self.root), "--json"]) == 0
        told: dict[str, Any] = json.loads(capsys.readouterr().out)["logs"][0]
        return told

    def accept(self, *words: str) -> int:
        """Go on past a violation."""
        return main(["witness", "accept", "--home", str(self.root), "--by", "李四", "--reason", "已查明", *words])

    def read_evidence(self, running: Serving) -> list[dict[str, Any]]:
        """Read what the witness publishes against the log."""
        name = next(iter(running.service.witness.names))
        answer = running.client.call("GET", f"/{name}/evidence")
        assert answer.headers["content-type"] == "application/json"
        told = json.loads(answer.body)
        assert parse_vkey(told["witness"]) == self.key
        violations: list[dict[str, Any]] = told["violations"]
        return violations

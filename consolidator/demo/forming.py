"""Owns how the quorum formed: who cosigned which size and when, and which order files waited for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from consolidator.cosigning.asking import Reply
from consolidator.gate.checking import PROOF_SUFFIX
from consolidator.home.running import Runner
from schemas.errors import DependencyError
from schemas.instants import render_instant
from schemas.quorum import is_met

_QUORUM_SECONDS = 60.0
_LAST_SECONDS = 5.0  # for who is not needed any more
_TURN_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Cosigned:
    """One cosignature: by whom, over how many entries, at which instant of the real clock, and who waited then.

    ``number`` counts the cosignatures of this size; ``waiting`` order files still waited after it.
    """

    witness: str
    size: int
    at: str
    number: int
    is_quorum: bool
    waiting: int


@dataclass(slots=True)
class Forming:
    """What is known so far: cosignatures in the order they came, and order files that waited.

    ``names`` are the witnesses', ``threshold`` of whom are enough; those in ``follow`` read every entry first.
    ``waited``: an order file as the ledger names it → its bank; ``sent``: their places below the outbox.
    """

    names: frozenset[str]
    threshold: int
    follow: frozenset[str]
    cosigned: list[Cosigned] = field(default_factory=list)
    waited: dict[str, str] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)


def watch_quorum(runner: Runner, forming: Forming) -> None:
    """Take note of every answer that comes from now on."""

    def note(replies: Sequence[Reply]) -> None:
        forming.waited.update((file.file, file.bank) for file in runner.files)
        for reply in replies:
            _note(runner, forming, reply)

    runner.heads.on_replies = note


def _note(runner: Runner, forming: Forming, reply: Reply) -> None:
    name = reply.witness.name
    if reply.cosignature is None:
        forming.errors[name] = reply.error
        return
    policy = runner.heads.standing.policy
    names = {each.witness for each in forming.cosigned if each.size == reply.known} | {name}
    is_quorum = is_met(policy.quorum, policy.groups, names)
    at, waiting = render_instant(reply.cosignature.seconds), 0 if is_quorum else len(runner.files)
    forming.cosigned.append(Cosigned(name, reply.known, at, len(names), is_quorum, waiting))


def wait_for_quorum(runner: Runner, forming: Forming) -> None:
    """Wait until the newest head has its quorum and its order files are out; then a moment for the other witnesses.

    Raises DependencyError, with what the witnesses said, when it does not come.
    """
    runner.heads.wait(_QUORUM_SECONDS)
    runner.send_covered()
    if not runner.heads.is_cleared():
        said = "; ".join(f"{name}: {error}" for name, error in sorted(forming.errors.items()))
        message = f"见证方会签不足,代发文件未发出 / too few witnesses cosigned, so no order file went out ({said})"
        raise DependencyError(message)
    found = ((bank, runner.gate.records.find(file)) for file, bank in forming.waited.items())
    forming.sent = sorted(f"{bank}/{record[1]}" for bank, record in found if record is not None)
    until = monotonic() + _LAST_SECONDS
    size = runner.record.head.size
    while forming.names - {each.witness for each in forming.cosigned if each.size == size} and monotonic() < until:
        runner.heads.turn(_TURN_SECONDS)


def figure_quorum(forming: Forming | None) -> Any:  # noqa: ANN401 -- a word, or a JSON object
    """Give the quorum as machines read it: ``none``, or who cosigned what and which order files waited."""
    if forming is None:
        return "none"
    cosigned = [
        {"witness": each.witness, "follows": each.witness in forming.follow, "size": each.size, "at": each.at}
        for each in forming.cosigned
    ]
    return {
        "threshold": forming.threshold,
        "is_met": any(each.is_quorum for each in forming.cosigned),
        "cosigned": cosigned,
        "orders": [{"file": file, "proof": file + PROOF_SUFFIX} for file in forming.sent],
    }

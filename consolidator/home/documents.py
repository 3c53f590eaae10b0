"""Owns the reading back of whole documents from the journal: exact commands, in order. It reads the journal through."""

from collections.abc import Iterable, Mapping, Sequence

from schemas.commands import Command
from schemas.envelope import parse_envelope
from schemas.headers import parse_base_header
from streams.journal import Journal
from streams.recovery import FIRST_POSITION


def read_documents(
    journal: Journal, digests: Iterable[str], position: int = FIRST_POSITION
) -> Mapping[str, Sequence[Command]]:
    """Give the first copy, from ``position`` on, of each document's commands: its header, then its parts."""
    found: dict[str, dict[tuple[str, int], Command]] = {digest: {} for digest in digests}
    if found:
        for _, command in journal.commands(position):
            if command.document in found:
                found[command.document].setdefault((command.kind, command.index), command)
    return {digest: list(commands.values()) for digest, commands in found.items()}


def read_file_names(journal: Journal, digests: Iterable[str], position: int) -> Mapping[str, str]:
    """Give the names of the files that documents, appended from ``position`` on, were made from, where they were."""
    headers = [commands[0] for commands in read_documents(journal, digests, position).values() if commands]
    envelopes = [parse_envelope(header.body) for header in headers if header.kind == "header"]
    files = {envelope.digest: parse_base_header(envelope.header).file for envelope in envelopes}
    return {digest: file.name for digest, file in files.items() if file is not None}


def render_file(commands: Sequence[Command]) -> bytes:
    """Write a document's commands as the file they came in."""
    return b"\n".join([*(command.body for command in commands), b""])

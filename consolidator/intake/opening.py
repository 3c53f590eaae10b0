"""Owns the request for an opening: found in the log, waiting in the journal, or still to be sent. Derives no opening.

The same request is recorded once: it is known again by who gives out what to whom and why.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from consolidator.facts.state import State
from consolidator.intake.acting import Act
from consolidator.ledger.powers import find_officer, judge_power
from consolidator.views.reading import list_entries
from schemas.canonical import render_canonical
from schemas.commands import Command
from schemas.commits import Bundle
from schemas.envelope import parse_envelope
from schemas.errors import InputError
from schemas.headers import AccessHeader, parse_header
from schemas.parts import AccessPart, parse_part

_SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class OpeningRequest:
    """Who (a key in hex) gives the opening of which entry to whom: kind of reader, his name, and on what ground."""

    key: str
    index: int
    reader: str
    asker: str
    ground: str


def was_recorded(bundles: Iterable[Bundle], request: OpeningRequest) -> bool:
    """Say whether the log has the ``access`` entry of this request."""
    why = {"asker": request.asker, "ground": request.ground}
    return any(
        entry.fields["by"] == request.key
        and request.index in entry.fields["indices"]
        and entry.fields["reader"] == request.reader
        and entry.private == why
        for entry in list_entries(bundles, b'"kind":"access"')
    )


def is_waiting(commands: Iterable[tuple[int, Command]], request: OpeningRequest) -> bool:
    """Say whether a document that asks for this waits among commands that are not applied yet."""
    asking = set[str]()
    for _, command in commands:
        if command.kind == "header" and _asks(command.body, request):
            asking.add(command.document)
        if command.kind == "part" and command.document in asking:
            return request.index in parse_part(AccessPart, command.body).columns.index
    return False


def _asks(body: bytes, request: OpeningRequest) -> bool:
    envelope = parse_envelope(body)
    if envelope.key != request.key:
        return False
    try:
        header = parse_header(envelope.header)
    except InputError:  # the ledger will refuse it
        return False
    wanted = (request.reader, request.asker, request.ground)
    return isinstance(header, AccessHeader) and (header.reader, header.asker, header.ground) == wanted


def make_access(state: State, request: OpeningRequest) -> Act:
    """Make the act that records the request. Refuses here what the ledger would refuse: InputError ``D04``, ``D05``."""
    fields = {"reader": request.reader, "asker": request.asker, "ground": request.ground}
    fields["salt"] = secrets.token_hex(_SALT_BYTES)
    _check_power(state, request.key, fields)
    return Act("access", fields, {"index": [request.index]})


def _check_power(state: State, key: str, fields: dict[str, str]) -> None:
    """A key that is nobody's is told of where it signs."""
    officer = find_officer(state, key)
    if officer is None:
        return
    base = {"v": 1, "county": state.county, "kind": "access", "source": officer.source, "id": "A", "seq": 1, "count": 1}
    code = judge_power(state, officer, parse_header(render_canonical({**base, "parts": ["0" * 64], **fields})))
    if code:
        raise InputError(code, "access: the officer needs this kind, all programmes and the whole county in policy")

"""Owns entries (公开条目): canonical JSON, public fields and at most one commitment (``sealed``), at most 65,535 bytes.

An :class:`EntryBlock` is a run of entries before sealing: it knows its private parts, and renders its entries once
their commitments are known. Stored bytes are hashed as they are and never rendered again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, Protocol

import msgspec

from schemas.canonical import render_canonical, render_string
from schemas.errors import invariant

ENTRY_BYTES_MAX = 65_535  # a tile bundle writes the length in 16 bits
ENTRY_VERSION = 1
_decode = msgspec.json.Decoder(dict[str, Any]).decode
_encode = msgspec.json.Encoder(order="sorted").encode


class EntryBlock(Protocol):
    """A run of entries that waits for its commitments."""

    @property
    def privates(self) -> Sequence[bytes]:
        """Canonical private bytes, one item an entry; empty where an entry has no private part."""

    def render(self, seals: Sequence[str]) -> list[bytes]:
        """Write the entries; ``seals`` are the commitments (hex), one item an entry."""


@dataclass(frozen=True, slots=True)
class SingleEntry:
    """One entry whose public fields stand in a mapping; ``private`` may be empty."""

    fields: Mapping[str, Any]
    private: bytes = b""

    @property
    def privates(self) -> Sequence[bytes]:
        """See :class:`EntryBlock`."""
        return (self.private,)

    def render(self, seals: Sequence[str]) -> list[bytes]:
        """See :class:`EntryBlock`."""
        sealed = {"sealed": seals[0]} if self.private else {}
        entry = render_canonical({"v": ENTRY_VERSION, **self.fields, **sealed})
        invariant(len(entry) <= ENTRY_BYTES_MAX, "an entry is within its bound")
        return [entry]


@dataclass(frozen=True, slots=True)
class LineBlock:
    """The line entries of one slice, written from a template: fields common to all, then one value a line.

    ``findings`` are JSON arrays as text; every other column holds pattern-checked text or integers: nothing is escaped.
    ``sources``: line → name of the line that it corrects.
    """

    at: str
    source: str
    document: str
    programme: str
    period: str
    first_line: int
    amount_fen: Sequence[int]
    bank: Sequence[str]
    route: Sequence[str]
    state: Sequence[str]
    village: Sequence[str]
    findings: Sequence[str]
    privates: Sequence[bytes]
    sources: Mapping[int, str] = field(default_factory=dict)

    def render(self, seals: Sequence[str]) -> list[bytes]:
        """See :class:`EntryBlock`."""
        before = f'","document":"{self.document}","findings":'
        middle = f',"period":"{self.period}","programme":"{self.programme}","route":"'
        after = f'","source":"{self.source}'
        start = f',"at":"{self.at}","bank":"'
        return [
            f'{{"amount_fen":{fen}{start}{bank}{before}{found},"kind":"line","line":{line}{middle}{route}","sealed":"{seal}{after}{ref}","state":"{state}","v":1,"village":"{village}"}}'.encode()
            for line, (fen, bank, found, route, seal, ref, state, village) in enumerate(
                zip(
                    self.amount_fen,
                    self.bank,
                    self.findings,
                    self.route,
                    seals,
                    self.render_sources(),
                    self.state,
                    self.village,
                    strict=True,
                ),
                start=self.first_line,
            )
        ]

    def render_sources(self) -> Iterator[str]:
        """Write, for each line, what follows its source: which line it corrects, nearly always nothing."""
        refs = {line: f'","source_line":"{ref}' for line, ref in self.sources.items()}
        return map(refs.get, range(self.first_line, self.first_line + len(self.state)), repeat(""))


@dataclass(frozen=True, slots=True)
class SensitiveBlock:
    """The line entries of a slice of a sensitive programme: amount, route and village are in ``privates`` instead."""

    lines: LineBlock
    privates: Sequence[bytes]

    def render(self, seals: Sequence[str]) -> list[bytes]:
        """See :class:`EntryBlock`."""
        lines = self.lines
        start = f'{{"at":"{lines.at}","bank":"'
        before = f'","document":"{lines.document}","findings":'
        middle = f',"period":"{lines.period}","programme":"{lines.programme}","sealed":"'
        after = f'","source":"{lines.source}'
        rows = zip(lines.bank, lines.findings, seals, lines.render_sources(), lines.state, strict=True)
        return [
            f'{start}{bank}{before}{found},"kind":"line","line":{line}{middle}{seal}{after}{ref}","state":"{state}","v":1}}'.encode()
            for line, (bank, found, seal, ref, state) in enumerate(rows, start=lines.first_line)
        ]


def hide_lines(lines: LineBlock) -> SensitiveBlock:
    """Move what the public log must not tell of a sensitive programme's lines into their private parts."""
    amounts = zip(lines.privates, lines.amount_fen, lines.route, lines.village, strict=True)
    privates = [
        extend_private(private, {"amount_fen": fen, "route": route, "village": village})
        for private, fen, route, village in amounts
    ]
    return SensitiveBlock(lines, privates)


@dataclass(frozen=True, slots=True)
class ResultBlock:
    """The ``change`` entries of lines that a bank's results move alike: fields common to all, then columns."""

    at: str
    source: str
    document: str
    programme: str
    period: str
    came_from: str
    to: str
    bank: str
    by: str
    cause: str
    findings: Sequence[str]
    line: Sequence[int]
    amount_fen: Sequence[int]
    privates: Sequence[bytes]

    def render(self, seals: Sequence[str]) -> list[bytes]:
        """See :class:`EntryBlock`."""
        shared = self.render_shared('"route":"",')
        rows = zip(self.line, self.amount_fen, seals, strict=True)
        return [f'{{"amount_fen":{fen},{shared.format(line, seal)}'.encode() for line, fen, seal in rows]

    def render_shared(self, route: str) -> str:
        """Write what follows the amount, with places for a line's number and its seal."""
        findings = _encode(list(self.findings)).decode()
        return (
            f'"at":"{self.at}","bank":"{self.bank}","by":"{self.by}","cause":"{self.cause}","document":"{self.document}",'
            f'"findings":{findings},"from":"{self.came_from}","kind":"change","line":{{}},"period":"{self.period}",'
            f'"programme":"{self.programme}",{route}"sealed":"{{}}","source":"{self.source}","to":"{self.to}","v":1}}}}'
        )


@dataclass(frozen=True, slots=True)
class SensitiveResultBlock:
    """The same of a sensitive programme: amounts and routes are in ``privates`` instead."""

    results: ResultBlock
    privates: Sequence[bytes]

    def render(self, seals: Sequence[str]) -> list[bytes]:
        """See :class:`EntryBlock`."""
        shared = self.results.render_shared("")
        rows = zip(self.results.line, seals, strict=True)
        return [f"{{{shared.format(line, seal)}".encode() for line, seal in rows]


def hide_results(results: ResultBlock) -> SensitiveResultBlock:
    """Move what the public log must not tell of a sensitive programme's lines into their private parts."""
    rows = zip(results.privates, results.amount_fen, strict=True)
    return SensitiveResultBlock(
        results, [extend_private(private, {"amount_fen": fen, "route": ""}) for private, fen in rows]
    )


def extend_private(private: bytes, more: Mapping[str, Any]) -> bytes:
    """Add fields to a private part, which may be empty; canonical JSON again.

    >>> extend_private(b'{"b":"x"}', {"a": 1})
    b'{"a":1,"b":"x"}'
    """
    return _encode({**_decode(private or b"{}"), **more})


@dataclass(frozen=True, slots=True)
class LinePrivates:
    """The columns of the private part of a slice's line entries. ``evidence`` are canonical JSON objects as text."""

    account: Sequence[str]
    beneficiary_id: Sequence[str]
    beneficiary_name: Sequence[str]
    designation: Sequence[int]
    evidence: Sequence[str]
    head_id: Sequence[str]
    payee_id: Sequence[str]
    payee_name: Sequence[str]
    stated_account: Sequence[str]

    def render(self) -> list[bytes]:
        """Write the private bytes, one canonical JSON object a line. Names are the only free text."""
        return [
            f'{{"account":"{account}","beneficiary_id":"{beneficiary}","beneficiary_name":{name},"designation":{version},"evidence":{evidence},"head_id":"{head}","payee_id":"{payee}","payee_name":{payee_name},"stated_account":"{stated}"}}'.encode()
            for account, beneficiary, name, version, evidence, head, payee, payee_name, stated in zip(
                self.account,
                self.beneficiary_id,
                map(render_string, self.beneficiary_name),
                self.designation,
                self.evidence,
                self.head_id,
                self.payee_id,
                map(render_string, self.payee_name),
                self.stated_account,
                strict=True,
            )
        ]

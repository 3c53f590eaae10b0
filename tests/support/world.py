"""A small county for tests: makes keys, signs documents, applies them to the real machine, reads the entries back."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from consolidator.facts.lines import LINE_STATES, Batch
from consolidator.facts.state import State, find_batch
from consolidator.ledger.releases import find_review_end
from consolidator.sealing import County
from consolidator.transparency.keys import Ed25519Signer, derive_signer
from schemas.commands import Command, Genesis, render_genesis
from schemas.commits import Bundle, Outcome, Step
from schemas.documents import Document, derive_commands, parse_document, render_document, render_parts

COUNTY = "511112"
ORIGIN = "consolidator.example/511112"
START = 1_793_491_200  # 2026-11-01T00:00:00Z
HOUR = 3600
EPOCHS = {year: sha256(b"epoch %d" % year).digest() for year in range(2026, 2056)}
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
VILLAGE = "511112001001"
Columns = Mapping[str, Sequence[Any] | None]


def make_id(number: int, region: str = "511199") -> str:
    """Make the valid, fictional resident ID number ``number`` (0 to 999 a day, from 1960 on)."""
    body = f"{region}{1960 + number // 12000:04d}{1 + number // 1000 % 12:02d}01{number % 1000:03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def make_account(number: int) -> str:
    """Make a card number."""
    return f"6217{number:012d}"


def make_signer(name: str) -> Ed25519Signer:
    """Derive a key from a name."""
    return derive_signer(name, sha256(name.encode()).digest())


def key_of(name: str) -> str:
    """Give the keyid of a named key."""
    return make_signer(name).verifier.public.hex()


def split_bundle(bundle: Bundle) -> list[bytes]:
    """Cut a bundle's entries apart."""
    return list(_cut(bundle.entries, 2))


def split_disclosures(bundle: Bundle) -> list[bytes]:
    """Cut a bundle's private parts apart."""
    return list(_cut(bundle.disclosures, 4))


def _cut(blob: bytes, width: int) -> Iterator[bytes]:
    at = 0
    while at < len(blob):
        size = int.from_bytes(blob[at : at + width], "big")
        yield blob[at + width : at + width + size]
        at += width + size


@dataclass
class World:
    """The county, its clock, its keys' next numbers, and all that came out. ``pinned``: more fields of its genesis."""

    county: County = field(default_factory=lambda: County(EPOCHS, make_signer(ORIGIN)))
    now: int = START
    numbers: dict[str, int] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    pinned: Mapping[str, Any] = field(default_factory=dict)
    code: str = COUNTY  # people and places are COUNTY's, whatever it is

    def __post_init__(self) -> None:
        """Apply the genesis command."""
        fields = {"county": self.code, "origin": ORIGIN, "roots": [key_of("root-1"), key_of("root-2")], **self.pinned}
        self.apply(Command("genesis", self.now, render_genesis(Genesis.model_validate(fields))))

    @property
    def state(self) -> State:
        """What the ledger knows."""
        return self.county.state

    def apply(self, command: Command) -> list[Step]:
        """Apply one command to its end."""
        self.commands.append(command)
        steps = []
        for step in self.county.apply(command):
            check_conservation(self.state)
            steps.append(step)
        self.steps += steps
        return steps

    def sign(
        self, key: str, fields: Mapping[str, Any], columns: Columns | None = None, seq: int | None = None
    ) -> bytes:
        """Make a document of the key's next number (consumed here), or of the given number."""
        if seq is None:
            seq = self.numbers[key] = self.numbers.get(key, 0) + 1
        parts, count = render_parts(columns) if columns else ([], 0)
        header = {"county": self.code, "seq": seq, **fields}
        return render_document(header, parts, count, key_of(key), make_signer(key).sign)

    def submit(self, raw: bytes, at: int | None = None) -> list[Outcome]:
        """Apply a document's commands; time moves on by a second."""
        return self.submit_document(parse_document(raw), at)

    def submit_document(self, document: Document, at: int | None = None) -> list[Outcome]:
        """Apply a parsed document's commands."""
        self.now = self.now + 1 if at is None else at
        steps = [step for command in derive_commands(document, self.now) for step in self.apply(command)]
        return [outcome for step in steps for outcome in step.outcomes]

    def sign_raw(self, key: str, fields: Mapping[str, Any], parts: Sequence[bytes], count: int) -> bytes:
        """Make a document of raw parts, as a sender with a program of his own might."""
        seq = self.numbers[key] = self.numbers.get(key, 0) + 1
        header = {"county": self.code, "seq": seq, **fields}
        return render_document(header, parts, count, key_of(key), make_signer(key).sign)

    def send(self, key: str, fields: Mapping[str, Any], columns: Columns | None = None) -> list[Outcome]:
        """Sign and submit."""
        return self.submit(self.sign(key, fields, columns))

    def entries(self, kind: str = "") -> list[dict[str, Any]]:
        """Read all entries of a kind back."""
        found = [json.loads(entry) for step in self.steps for bundle in step.bundles for entry in split_bundle(bundle)]
        return [entry for entry in found if not kind or entry["kind"] == kind]

    def privates(self) -> list[bytes]:
        """Give the private part of each entry."""
        return [raw for step in self.steps for bundle in step.bundles for raw in split_disclosures(bundle)]

    # ---- a policy and people to work with

    def confirm(self, key: str, source: str, digest: str, name: str) -> list[Outcome]:
        """Send the second person's word."""
        return self.send(key, {"kind": "confirm", "source": source, "id": name, "document": digest})

    def set_policy(self, name: str, items: Sequence[tuple[str, str, Mapping[str, Any] | None]]) -> list[Outcome]:
        """Have the two root officers set policy items."""
        digest, outcomes = self.propose_policy(name, items)
        return outcomes + self.confirm("root-2", "root", digest, f"{name}-confirm")

    def propose_policy(
        self, name: str, items: Sequence[tuple[str, str, Mapping[str, Any] | None]]
    ) -> tuple[str, list[Outcome]]:
        """Have the first root officer propose policy items; returns the digest for a confirm."""
        columns: Columns = {
            "subject": [item[0] for item in items],
            "id": [item[1] for item in items],
            "value": [None if item[2] is None else dict(item[2]) for item in items],
        }
        raw = self.sign("root-1", {"kind": "policy", "source": "root", "id": name}, columns)
        outcomes = self.submit(raw)
        return parse_document(raw).envelope.digest, outcomes

    def set_up(self, **programme: object) -> None:
        """Set the usual policy: a bureau with officers, an adapter, two banks, a programme FARM."""
        self.set_policy(
            "policy-1",
            [
                ("source", "bureau", {"name": "财政局", "type": "bureau"}),
                ("source", "bank-402", {"name": "农商行", "type": "bank"}),
                ("source", "oversight", {"name": "纪委", "type": "oversight"}),
                ("bank", "402", {"name": "农商行"}),
                ("bank", "103", {"name": "农行"}),
                officer(
                    "clerk",
                    "bureau",
                    "clerk",
                    ["register", "accounts", "designations", "expected", "batch", "release", "review"],
                ),
                officer("reviewer", "bureau", "reviewer", ["review", "disposition", "confirm"]),
                officer("approver", "bureau", "approver", ["review", "disposition", "confirm"]),
                officer("adapter", "bank-402", "adapter", ["register", "accounts", "designations", "batch"]),
                officer("supervisor", "oversight", "supervisor", ["review", "disposition"]),
                ("programme", "FARM", make_programme(**programme)),
            ],
        )

    def register(
        self, name: str, columns: Mapping[str, Sequence[Any]], update: str = "full", snapshot_on: str = "2026-10-31"
    ) -> list[Outcome]:
        """Fill a register."""
        number = self.numbers.get("clerk", 0) + 1
        fields = {
            "kind": "register",
            "source": "bureau",
            "id": f"reg-{name}-{number}",
            "register_name": name,
            "update": update,
            "snapshot_on": snapshot_on,
        }
        return self.send("clerk", fields, columns)

    def settle_people(self, count: int, household_size: int = 1) -> list[str]:
        """Register people 0…count-1 with one designated account each at bank 402; returns their IDs."""
        ids = [make_id(number) for number in range(count)]
        names = [make_name(number) for number in range(count)]
        homes = [f"H{number // household_size:06d}" for number in range(count)]
        self.register("population", {"id": ids, "name": names, "household": homes, "village": [VILLAGE] * count})
        self.register("library", {"id": ids, "village": [VILLAGE] * count, "status": ["active"] * count})
        accounts = [make_account(number) for number in range(count)]
        self.take_census(ids, ["402"] * count, accounts)
        self.designate(ids, ["402"] * count, accounts)
        return ids

    def take_census(self, ids: Sequence[str], banks: Sequence[str], accounts: Sequence[str]) -> list[Outcome]:
        """Send a card census."""
        number = self.numbers.get("clerk", 0) + 1
        fields = {"kind": "accounts", "source": "bureau", "id": f"census-{number}", "snapshot_on": "2026-10-31"}
        return self.send("clerk", fields, {"holder_id": ids, "bank": banks, "account": accounts})

    def designate(
        self,
        ids: Sequence[str],
        banks: Sequence[str],
        accounts: Sequence[str],
        branches: Sequence[str | None] | None = None,
    ) -> list[Outcome]:
        """Send designations."""
        number = self.numbers.get("clerk", 0) + 1
        fields = {"kind": "designations", "source": "bureau", "id": f"designations-{number}"}
        columns = {"payee_id": ids, "bank": banks, "account": accounts, "branch": branches}
        return self.send("clerk", fields, columns)

    def batch_fields(self, name: str, count: int, fen: int, **fields: object) -> dict[str, Any]:
        """Give a batch header's fields."""
        return {
            "kind": "batch",
            "source": "bank-402",
            "id": name,
            "department": "农业农村局",
            "township": "511112001",
            "programme": "FARM",
            "period": "2026",
            "policy_number": "示例〔2026〕1号",
            "plan_number": "PLAN-1",
            "entered_by": "甲",
            "checked_by": "乙",
            "publicity": {"from_on": "2026-10-01", "to_on": "2026-10-08", "place": "村务公开栏"},
            "totals": {"count": count, "fen": fen},
        } | fields

    def send_batch(
        self,
        name: str,
        ids: Sequence[str],
        amounts: Sequence[int | None] | None = None,
        fields: Mapping[str, Any] | None = None,
        **columns: Sequence[Any],
    ) -> list[Outcome]:
        """Send a batch for people by ID, 100 yuan each unless said."""
        fen = [10_000] * len(ids) if amounts is None else list(amounts)
        part = {
            "beneficiary_id": list(ids),
            "beneficiary_name": [self.name_of(identity) for identity in ids],
            "amount_fen": fen,
        } | columns
        header = self.batch_fields(name, len(ids), sum(amount or 0 for amount in fen)) | dict(fields or {})
        return self.send("adapter", header, part)

    def name_of(self, identity: str) -> str:
        """Give the registered name, or one that nobody has."""
        person = self.state.registers.population.get(identity)
        return "某甲" if person is None else person.name

    def review(self, key: str, action: str, batch: str, lines: Sequence[int], source: str = "bureau") -> str:
        """Send a review; returns its digest for a confirm."""
        number = self.numbers.get(key, 0) + 1
        fields = {
            "kind": "review",
            "source": source,
            "id": f"review-{key}-{number}",
            "action": action,
            "batch": {"source": "bank-402", "id": batch},
        }
        raw = self.sign(key, fields, {"line": list(lines), "reason": ["核实"] * len(lines)})
        self.submit(raw)
        return parse_document(raw).envelope.digest

    def clear(self, batch: str, lines: Sequence[int]) -> list[Outcome]:
        """Have the reviewer clear lines and the approver confirm it; returns the confirm's outcomes."""
        digest = self.review("reviewer", "clear", batch, lines)
        return self.confirm("approver", "bureau", digest, f"confirm-{self.numbers.get('approver', 0) + 1}")

    def release(self, batch: str, rows: Sequence[tuple[str, int, int]], number: int = 1) -> list[Outcome]:
        """Send a release and its confirm by the approver; returns the confirm's outcomes."""
        raw = self.sign_release(batch, rows, number)
        self.submit(raw)
        digest = parse_document(raw).envelope.digest
        return self.confirm("approver", "bureau", digest, f"confirm-{self.numbers.get('approver', 0) + 1}")

    def sign_release(self, batch: str, rows: Sequence[tuple[str, int, int]], number: int = 1) -> bytes:
        """Make a release document, when everyone in power has had the time to look at the batch."""
        found = find_batch(self.state, "bank-402", batch)
        if found is not None:
            self.now = max(self.now, find_review_end(self.state, found))
        fields = {
            "kind": "release",
            "source": "bureau",
            "id": f"release-{self.numbers.get('clerk', 0) + 1}",
            "batch": {"source": "bank-402", "id": batch},
            "number": number,
        }
        columns: Columns = {
            "bank": [row[0] for row in rows],
            "application": ["A-1"] * len(rows),
            "voucher": ["V-1"] * len(rows),
            "voucher_on": ["2026-11-05"] * len(rows),
            "count": [row[1] for row in rows],
            "fen": [row[2] for row in rows],
        }
        return self.sign("clerk", fields, columns)

    def line_states(self, batch: str) -> list[str]:
        """Give the state of each line now."""
        return [LINE_STATES[state] for state in self.batch(batch).states]

    def batch(self, name: str) -> Batch:
        """Give a batch that the adapter sent."""
        found = find_batch(self.state, "bank-402", name)
        assert found is not None
        return found

    def findings(self, batch: str) -> list[list[str]]:
        """Give the findings of each line as assessed."""
        return [entry["findings"] for entry in self.entries("line") if entry["document"] == batch]


def check_conservation(state: State) -> None:
    """Compare every batch's sums, and the county's totals, with its lines one by one."""
    everything: dict[str, list[int]] = {}
    for batch in state.batches:
        sums: dict[str, list[int]] = {}
        for decided, fen in zip(batch.states, batch.fen, strict=True):
            _add(sums, LINE_STATES[decided], fen)
            _add(everything, LINE_STATES[decided], fen)
        assert {name: pair for name, pair in zip(LINE_STATES, batch.sums, strict=True) if pair[0]} == sums
        assert all(count or not fen for count, fen in batch.sums)
        expected = [0, 0] if batch.state == "void" else [batch.control_count, batch.control_fen]
        assert [sum(pair[0] for pair in batch.sums), sum(pair[1] for pair in batch.sums)] == expected
    assert {name: pair for name, pair in state.totals.items() if pair != [0, 0]} == everything


def _add(sums: dict[str, list[int]], name: str, fen: int) -> None:
    pair = sums.setdefault(name, [0, 0])
    pair[0] += 1
    pair[1] += fen


def digest_of(raw: bytes) -> str:
    """Give the digest of a document's header."""
    return parse_document(raw).envelope.digest


def codes_of(outcomes: Sequence[Outcome]) -> list[str]:
    """Give the reason codes of outcomes, in order."""
    return [outcome.code for outcome in outcomes]


def officer(name: str, source: str, role: str, kinds: Sequence[str], **more: object) -> tuple[str, str, dict[str, Any]]:
    """Give the policy item of an officer whose key has his name."""
    value = {
        "key": key_of(name),
        "source": source,
        "person": f"P-{name}",
        "role": role,
        "kinds": list(kinds),
        "programmes": ["*"],
        "regions": [COUNTY],
    }
    return ("officer", name, value | more)


def make_programme(**fields: object) -> dict[str, Any]:
    """Give a programme's policy value."""
    return {
        "name": "耕地地力保护补贴",
        "short_name": "地力补贴",
        "cycle": "year",
        "unit": "person",
        "standard_fen": 10_000,
        "paying_banks": ["402"],
        "agent_bank": "402",
        "universal": False,
        "review_window_hours": 1,
    } | fields


def make_name(number: int) -> str:
    """Give a fictional name."""
    return "示例" + chr(0x4E00 + number % 20000)

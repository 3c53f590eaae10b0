"""A home whose first year is long over, full of words that only that year's commands held; and a search for them."""

import sqlite3
import zipfile
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

from consolidator.bootstrap import Office, open_desk, open_home
from consolidator.facts.snapshots import parse_snapshot
from consolidator.home.creating import Founding, create_home
from consolidator.home.files import write_whole
from consolidator.intake.submitting import Submission, submit_file
from consolidator.sealing import County
from schemas.instants import parse_instant
from tests.integration.office import run_once, write_pay_file
from tests.support.world import (
    COUNTY,
    ORIGIN,
    VILLAGE,
    World,
    digest_of,
    key_of,
    make_account,
    make_id,
    make_name,
    make_signer,
    officer,
)

YEAR = 1990
BEGAN = parse_instant("1990-11-01T00:00:00Z")
NEXT = parse_instant("1991-02-01T00:00:00Z")
NOW = parse_instant("2026-11-01T00:00:00Z")
KEYS = {year: sha256(b"age %d" % year).digest() for year in range(YEAR, 2056)}
GONE = 2  # the person whom the population does not have any more at the end of the year
SECRETS: dict[str, str] = {
    "remark": "备注只此一年甲",
    "stranger's name": "陌路人乙某",
    "stranger's ID": make_id(900),
    "stated account": "6217999900000017",
    "entered by": "录入员丙某",
    "publicity": "晒谷场东墙丁",
    "reason of a stop": "停发缘由戊字",
    "reason of a hold": "拦截缘由丑字",
    "reason of a comment": "意见全文己字",
    "reason of a clearing": "放行缘由庚字",
    "unreadable file": "乱文辛字一段",
    "unknown key": "6217888800000018",
    "waiting": "6217888800000026",
    "remark of a bank": "银行备注子字",
    "person who left": make_name(GONE),
}
LATE = 6  # how many numbers ahead a document of the clerk's came
PAY_FILE = "PAY402_19901105_0001.txt"
LIVING = "次年备注丑字"


def make_old_home(root: Path) -> Office:
    """Make a home that begins in 1990."""
    roots = [key_of("root-1"), key_of("root-2")]
    adapters = {"bank-402": (make_signer("bank-adapter"), ["batchpay-402"])}
    create_home(root, Founding(COUNTY, BEGAN, make_signer(ORIGIN), KEYS, roots, adapters))
    return open_home(root)


class Story:
    """A World and a home that get the same documents, in one order."""

    def __init__(self, office: Office, folder: Path) -> None:
        """Begin both; ``folder`` holds the files to submit."""
        self.office = office
        self.world = World(county=County(KEYS, make_signer(ORIGIN)), now=BEGAN)
        self.folder = folder
        self._sent = 1  # the genesis is there

    def pass_on(self) -> None:
        """Submit what the World applied since, with its stamps."""
        commands, self._sent = self.world.commands[self._sent :], len(self.world.commands)
        stamps = {command.document: command.at for command in commands}
        for digest, at in stamps.items():
            bodies = [command.body for command in commands if command.document == digest]
            self.hand_in(f"{digest[:16]}.jsonl", b"\n".join([*bodies, b""]), at)

    def hand_in(self, name: str, raw: bytes, at: int) -> None:
        """Submit one file."""
        write_whole(self.folder / name, raw)
        with open_desk(self.office) as desk:
            submit_file(desk, Submission(self.folder / name, "", at))

    def hand_in_pay_file(self) -> None:
        """Submit a bank's own file; the World applies the document that the adapter makes of it."""
        path = write_pay_file(self.folder, [make_id(3), make_id(4)], PAY_FILE, 期间="1989")
        raw = path.read_bytes().replace(
            "|地力补贴|".encode("gb18030"), f"|{SECRETS['remark of a bank']}|".encode("gb18030")
        )
        self.world.now += 1
        self.hand_in(PAY_FILE, raw, self.world.now)
        signed = next((self.office.home.taken / "bank-402").glob(f"{key_of('bank-adapter')[:16]}-*"))
        self.world.submit(signed.read_bytes(), self.world.now)
        self._sent = len(self.world.commands)


def live_through(story: Story) -> None:
    """Live through the year, and send what intake or the ledger turns away; all of it is settled in the end."""
    world = story.world
    world.set_up()
    world.set_policy("policy-2", [officer("bank-adapter", "bank-402", "adapter", ["batch"])])
    _settle_people(world)
    _send_batch(world)
    story.pass_on()
    story.hand_in_pay_file()
    review(world, "hold", "B-1990", [4, 5], "reason of a hold")
    review(world, "comment", "B-1990", [1], "reason of a comment")
    world.confirm("approver", "bureau", review(world, "clear", "B-1990", [4], "reason of a clearing"), "OK")
    review(world, "stop", "B-1990", [5], "reason of a stop")
    world.release("B-1990", [("402", 4, 40_000)])
    assert world.line_states("B-1990") == [*["ordered"] * 4, "stopped", "refused"]
    assert world.line_states("PAY-0001") == ["refused", "refused"]
    world.now = parse_instant("1990-12-20T00:00:00Z")
    _fill_population(world, [number for number in range(5) if number != GONE], "1990-12-15")
    story.pass_on()
    fields = {"kind": "designations", "source": "bureau", "id": "D-X"}
    story.hand_in("unknown.jsonl", world.sign("nobody", fields, _choose("unknown key")), world.now + 1)
    waiting = world.sign("clerk", fields, _choose("waiting"), seq=world.numbers["clerk"] + LATE)
    story.hand_in("gap.jsonl", waiting, world.now + 1)
    story.hand_in("bad.jsonl", SECRETS["unreadable file"].encode(), world.now + 1)
    run_once(story.office)


def _settle_people(world: World) -> None:
    ids = [make_id(number) for number in range(5)]
    accounts = [make_account(number) for number in range(5)]
    _fill_population(world, range(5), "1990-10-31")
    world.register("library", {"id": ids, "village": [VILLAGE] * 5, "status": ["active"] * 5}, snapshot_on="1990-10-31")
    world.take_census(ids, ["402"] * 5, accounts)
    world.designate(ids, ["402"] * 5, accounts)


def _fill_population(world: World, people: Sequence[int], day: str) -> None:
    columns = {
        "id": [make_id(number) for number in people],
        "name": [make_name(number) for number in people],
        "household": [f"H{number:06d}" for number in people],
        "village": [VILLAGE] * len(people),
    }
    world.register("population", columns, snapshot_on=day)


def _send_batch(world: World) -> None:
    """Send five good lines, and one of a stranger."""
    persons = [*(make_id(number) for number in range(5)), SECRETS["stranger's ID"]]
    columns: dict[str, list[Any]] = {
        "beneficiary_name": [*(make_name(number) for number in range(5)), SECRETS["stranger's name"]],
        "account": [*[None] * 5, SECRETS["stated account"]],
        "remark": [SECRETS["remark"], *[None] * 5],
    }
    publicity = {"from_on": "1990-10-01", "to_on": "1990-10-08", "place": SECRETS["publicity"]}
    fields = {"period": "1990", "entered_by": SECRETS["entered by"], "publicity": publicity}
    world.send_batch("B-1990", persons, None, fields, **columns)


def review(world: World, action: str, batch: str, lines: Sequence[int], reason: str) -> str:
    """Send a review with a secret reason; gives its digest."""
    key = "clerk" if action in ("hold", "comment") else "reviewer"
    number = world.numbers.get(key, 0) + 1
    fields = {
        "kind": "review",
        "source": "bureau",
        "id": f"review-{key}-{number}",
        "action": action,
        "batch": {"source": "bank-402", "id": batch},
    }
    raw = world.sign(key, fields, {"line": lines, "reason": [SECRETS.get(reason, reason)] * len(lines)})
    world.submit(raw)
    return digest_of(raw)


def _choose(name: str) -> dict[str, Sequence[str]]:
    return {"payee_id": [make_id(0)], "bank": ["402"], "account": [SECRETS[name]]}


def go_on(story: Story, until: int) -> None:
    """Live on in the next year, with a batch whose one line is held, and come to the present."""
    world = story.world
    world.now = NEXT
    world.send_batch("B-1991", [make_id(GONE)], fields={"period": "1991"}, remark=[LIVING])
    story.pass_on()
    world.now = until
    world.register("deaths", {"id": [make_id(77)], "died_on": ["1991-01-01"]}, snapshot_on="1991-01-31")
    story.pass_on()
    run_once(story.office)


def make_aged(root: Path, folder: Path, until: int = NOW, *, pending: bool = False) -> Story:
    """Make the home with all of its story; ``pending``: a policy of the first year is never confirmed."""
    story = Story(make_old_home(root), folder)
    live_through(story)
    if pending:
        story.world.propose_policy("policy-3", [officer("late", "bureau", "clerk", ["review"])])
    go_on(story, until)
    return story


def find_secrets(root: Path, words: dict[str, str]) -> dict[str, list[str]]:
    """Say which words are left, and in which files: byte by byte, within archives, and in every value of a database."""
    found: dict[str, list[str]] = {}
    for where, content in _read_everything(root):
        for name, word in words.items():
            if any(form in content for form in _write_forms(word)):
                found.setdefault(name, []).append(where)
    return found


def _write_forms(word: str) -> set[bytes]:
    """Give a word in the encodings that may hide it; of base64, what any place in a text leaves of it."""
    raw = word.encode()
    encoded = {b64encode(b"x" * before + raw)[4 if before else 0 :][: len(raw) // 3 * 4 - 4] for before in range(3)}
    return {raw, word.encode("gb18030"), word.encode("utf-16-le"), word.encode("ascii", "backslashreplace"), *encoded}


def _read_everything(root: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        where = str(path.relative_to(root))
        yield where, path.read_bytes()
        yield where, str(path).encode()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as archive:
                yield from ((f"{where}:{name}", archive.read(name)) for name in archive.namelist())
    for path in [root / "journal.sqlite", root / "gate.sqlite", root / "returns" / ".state"]:
        if path.exists():
            yield from _read_values(path, str(path.relative_to(root)))


def _read_values(path: Path, where: str) -> Iterator[tuple[str, bytes]]:
    """Give every value whole: in the file it may be cut by a page's end. A kept state is decoded, too."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in database.execute(f"SELECT * FROM {table}"):  # noqa: S608 -- the file's own tables
                yield from ((f"{where}:{table}", str(value).encode()) for value in row if isinstance(value, str))
                yield from ((f"{where}:{table}", value) for value in row if isinstance(value, bytes))
            if table in ("snapshots", "retirements"):
                states = database.execute(f"SELECT state FROM {table} WHERE state IS NOT NULL")  # noqa: S608 -- the same
                yield from ((f"{where}:{table}", repr(parse_snapshot(state)).encode()) for (state,) in states)

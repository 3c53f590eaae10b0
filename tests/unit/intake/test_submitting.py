"""What intake makes of files: taken, known already, or turned away with a reason; the rest goes on."""

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from bank_adapters.formats.text import FILE_BYTES_MAX
from consolidator.bootstrap import Office
from consolidator.intake.submitting import list_submissions
from schemas.envelope import parse_envelope
from schemas.errors import ConfigurationError, UsageError
from schemas.headers import parse_base_header
from streams.embedded.journal import open_journal_read_only
from tests.integration.office import PAY_FILE, list_documents, make_home, submit, write_pay_file, write_sample
from tests.support.world import START, World, make_id

IDS = [make_id(number) for number in range(3)]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A fresh home."""
    return make_home(tmp_path / "home")


@pytest.fixture
def document() -> bytes:
    """A signed document of two parts."""
    world = World()
    columns = {"id": [make_id(number) for number in range(1500)], "died_on": ["2026-01-01"] * 1500}
    fields = {"kind": "register", "source": "bureau", "id": "R-1", "register_name": "deaths", "update": "full"}
    return world.sign("clerk", fields | {"snapshot_on": "2026-10-31"}, columns)


def count_commands(office: Office) -> int:
    """Count what is in the journal beside the genesis."""
    with open_journal_read_only(office.home.journal) as journal:
        return journal.next_position() - 2


def read_reasons(office: Office) -> list[dict[str, object]]:
    """Give the reasons beside the refused files."""
    return [json.loads(path.read_text()) for path in sorted(office.home.refused.rglob("*.reason.json"))]


@dataclass(frozen=True)
class Bad:
    """A way a document can be bad, and what intake says."""

    what: str
    change: Callable[[bytes], bytes]
    code: str
    position: str = ""


def sign_elsewhere(_: bytes) -> bytes:
    """Sign a document of another county."""
    fields = {"kind": "designations", "source": "bureau", "id": "D-1", "county": "511113"}
    columns = {"payee_id": [IDS[0]], "bank": ["402"], "account": ["62170000000001"]}
    return World().sign("clerk", fields, columns)


BAD_DOCUMENTS = [
    Bad("unreadable bytes", lambda _: b"\xff\xfe\x00junk\n", "I04"),
    Bad("an empty file", lambda _: b"", "I04"),
    Bad("a wrong signature", lambda raw: re.sub(rb'"sig":"....', b'"sig":"AAAA', raw), "I03"),
    Bad("half a file", lambda raw: raw[: len(raw) // 3], "I06"),
    Bad("a cut last line", lambda raw: raw[:-10], "I07", "line 3"),
    Bad("a changed part", lambda raw: raw.replace(b"2026-01-01", b"2026-01-02", 1), "I07", "line 2"),
    Bad("a line too many", lambda raw: raw + b"{}\n", "I07", "line 4"),
    Bad("another county's", sign_elsewhere, "I08"),
]


@pytest.mark.parametrize("case", BAD_DOCUMENTS, ids=lambda case: case.what)
def test_a_bad_document_is_kept_with_its_reason_and_the_next_file_is_taken(
    office: Office, tmp_path: Path, document: bytes, case: Bad
) -> None:
    bad, good = tmp_path / "bad.jsonl", tmp_path / "good.jsonl"
    bad.write_bytes(case.change(document))
    good.write_bytes(document)
    first, second = submit(office, [bad, good])
    assert (first.word, first.code, first.position) == ("refused", case.code, case.position)
    assert (second.word, second.source, second.document) == ("new", "bureau", "R-1")
    assert count_commands(office) == 3
    (kept,) = office.home.refused.glob("unknown/*.jsonl")
    assert kept.read_bytes() == bad.read_bytes()
    (reason,) = read_reasons(office)
    assert reason["code"] == case.code
    assert reason["sha256"] == sha256(bad.read_bytes()).hexdigest()
    assert reason["next"] != {"zh": "", "en": ""}


def rewrite(path: Path, old: str, new: str) -> None:
    """Change text in the bank's file."""
    path.write_bytes(path.read_bytes().decode("gb18030").replace(old, new).encode("gb18030"))


def rewrite_cover(path: Path, old: str, new: str) -> None:
    """Change text in the cover sheet."""
    cover = path.with_name(f"{PAY_FILE}.cover.csv")
    cover.write_text(cover.read_text().replace(old, new))


BAD_FILES: list[tuple[str, Callable[[Path], object], str]] = [
    ("no cover sheet", lambda path: path.with_name(f"{PAY_FILE}.cover.csv").unlink(), "I11"),
    ("a cover sheet without a period", lambda path: rewrite_cover(path, "期间,2026\n", ""), "I12"),
    ("a cover sheet with no such period", lambda path: rewrite_cover(path, "期间,2026", "期间,2026-13"), "I12"),
    ("a huge cover sheet", lambda path: rewrite_cover(path, "期间", "x" * 70_000), "I12"),
    ("a wrong encoding", lambda path: path.write_bytes(path.read_bytes().decode("gb18030").encode()), "I13"),
    ("a column too few", lambda path: rewrite(path, "|地力补贴|", "|"), "I14"),
    ("an odd total", lambda path: rewrite(path, "|3|300.00|", "|3|3E2|"), "I15"),
    ("no trailer", lambda path: path.write_bytes(path.read_bytes()[:-16]), "I16"),
]


@pytest.mark.parametrize(("harm", "code"), [row[1:] for row in BAD_FILES], ids=[row[0] for row in BAD_FILES])
def test_a_bad_bank_file_is_kept_with_its_reason_and_uses_no_number(
    office: Office, tmp_path: Path, harm: Callable[[Path], object], code: str
) -> None:
    path = write_pay_file(tmp_path, IDS)
    harm(path)
    (outcome,) = submit(office, [path])
    assert (outcome.word, outcome.code, outcome.source) == ("refused", code, "bank-402")
    assert count_commands(office) == 0
    (kept,) = office.home.refused.glob("bank-402/*.txt")  # its sender gets it back, though nobody named him
    assert kept.read_bytes() == path.read_bytes()
    write_pay_file(tmp_path, IDS)
    (again,) = submit(office, [path])
    assert again.word == "new"
    with open_journal_read_only(office.home.journal) as journal:
        (header, _) = [command for _, command in journal.commands(2)]
    assert parse_base_header(parse_envelope(header.body).header).seq == 1


def test_a_file_above_200_mb_is_turned_away_unread_and_kept(office: Office, tmp_path: Path) -> None:
    path = tmp_path / PAY_FILE
    with path.open("wb") as file:
        file.truncate(FILE_BYTES_MAX + 1)
    (outcome,) = submit(office, [path], source="bank-402")
    assert (outcome.word, outcome.code) == ("refused", "I02")
    (kept,) = office.home.refused.glob("bank-402/*.txt")
    assert kept.stat().st_size == FILE_BYTES_MAX + 1
    assert not list(office.home.refused.rglob("*.tmp"))


def test_a_folder_or_pipe_where_a_file_should_be_is_turned_away(office: Office, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "folder.jsonl").mkdir()
    outcomes = submit(office, [tmp_path / "pipe.jsonl", tmp_path / "folder.jsonl"])
    assert [outcome.code for outcome in outcomes] == ["I01", "I01"]


def test_a_name_that_no_profile_knows_is_turned_away(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "list.xls"
    path.write_bytes(b"x")
    assert [outcome.code for outcome in submit(office, [path])] == ["I10"]
    assert [outcome.code for outcome in submit(office, [write_pay_file(tmp_path, IDS)], source="civil")] == ["I10"]


def test_a_refused_files_name_and_reason_hold_no_id_number(office: Office, tmp_path: Path) -> None:
    path = tmp_path / f"名单 {IDS[0]}.txt"
    path.write_bytes(b"x")
    submit(office, [path])
    names = [each.name for each in office.home.refused.rglob("*")]
    assert len(names) == 3
    assert not [name for name in names if IDS[0] in name]
    assert IDS[0] not in json.dumps(read_reasons(office))


def test_the_same_file_twice_is_known_and_changes_nothing(office: Office, tmp_path: Path, document: bytes) -> None:
    signed = tmp_path / "d.jsonl"
    signed.write_bytes(document)
    paths = [signed, write_pay_file(tmp_path, IDS)]
    assert [outcome.word for outcome in submit(office, paths)] == ["new", "new"]
    before = count_commands(office)
    kept = sorted(office.home.taken.rglob("*"))
    assert [outcome.word for outcome in submit(office, paths, at=START + 99)] == ["identical", "identical"]
    assert count_commands(office) == before
    assert sorted(office.home.taken.rglob("*")) == kept


def test_the_same_bank_file_with_another_cover_sheet_is_another_document(office: Office, tmp_path: Path) -> None:
    first = submit(office, [write_pay_file(tmp_path, IDS)])
    second = submit(office, [write_pay_file(tmp_path, IDS, 编号="PAY-0002")])
    assert [(each.word, each.document) for each in (*first, *second)] == [("new", "PAY-0001"), ("new", "PAY-0002")]


def test_the_original_file_and_its_cover_sheet_are_kept(office: Office, tmp_path: Path) -> None:
    path = write_pay_file(tmp_path, IDS)
    submit(office, [path])
    kept = {each.read_bytes() for each in (office.home.taken / "bank-402" / "files").iterdir()}
    assert kept == {path.read_bytes(), path.with_name(f"{PAY_FILE}.cover.csv").read_bytes()}


def test_a_refused_document_says_nothing_of_a_person_in_its_outcome(office: Office, tmp_path: Path) -> None:
    path = write_pay_file(tmp_path, IDS)
    rewrite(path, "|地力补贴|", "|")
    (outcome,) = submit(office, [path])
    assert not [identity for identity in IDS if identity in str(outcome)]
    assert outcome.position == "row 2"


def test_a_sample_is_submitted_in_its_order_with_its_instants(tmp_path: Path) -> None:
    world = World()
    world.set_up()
    policy, confirm = list_documents(world)
    (tmp_path / "b.jsonl").write_bytes(policy)
    (tmp_path / "a.jsonl").write_bytes(confirm)
    pay = write_pay_file(tmp_path, IDS)
    sample = write_sample(tmp_path, [(tmp_path / "b.jsonl", "root"), (tmp_path / "a.jsonl", "root"), (pay, "bank-402")])
    found = list_submissions([sample], "", 5)
    assert [each.path.name for each in found] == ["b.jsonl", "a.jsonl", PAY_FILE]
    assert [each.at for each in found] == [1_793_577_600, 1_793_581_200, 1_793_584_800]


def test_another_folder_gives_its_complete_files_by_name(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.jsonl", ".hidden.jsonl", "c.jsonl.part", "no-cover.txt"):
        (tmp_path / name).write_bytes(b"")
    write_pay_file(tmp_path, IDS)
    found = list_submissions([tmp_path], "x", 5)
    assert [(each.path.name, each.source, each.at) for each in found] == [
        (PAY_FILE, "x", 5),
        ("a.jsonl", "x", 5),
        ("b.jsonl", "x", 5),
    ]


def test_a_cover_sheet_named_with_its_file_goes_with_it(tmp_path: Path) -> None:
    path = write_pay_file(tmp_path, IDS)
    cover = path.with_name(f"{PAY_FILE}.cover.csv")
    assert [each.path for each in list_submissions([path, cover], "", 5)] == [path]


def test_a_path_that_is_not_there_stops_before_anything_is_submitted(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        list_submissions([tmp_path / "x"], "", 5)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"v": 1', '"v": 2'),
        ("2026-11-02T00", "1969-11-02T00"),
        ("2026-11-02T00", "soon"),
        ('"a.jsonl"', '"../a.jsonl"'),
    ],
)
def test_a_wrong_manifest_is_refused(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"")
    sample = write_sample(tmp_path, [(tmp_path / "a.jsonl", "root")])
    (sample / "manifest.json").write_text((sample / "manifest.json").read_text().replace(old, new))
    with pytest.raises(ConfigurationError, match=r"manifest\.json"):
        list_submissions([sample], "", 5)

"""A small real home for tests: the World's keys, real files, a real journal; and documents made by a World."""

import json
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import pytest

from consolidator.bootstrap import Office, open_desk, open_home
from consolidator.cli.main import main
from consolidator.home.creating import NOBODY, Founding, create_home
from consolidator.home.documents import render_file
from consolidator.home.files import write_whole
from consolidator.intake.outcomes import FileOutcome
from consolidator.intake.submitting import Submission, submit_all
from consolidator.keys import write_signer
from schemas.commits import Head
from schemas.quorum import QuorumValue
from streams.embedded.journal import open_journal_read_only
from tests.support.world import COUNTY, EPOCHS, ORIGIN, START, World, key_of, make_account, make_name, make_signer

PAY_FILE = "PAY402_20261105_0001.txt"


def make_home(root: Path, quorum: QuorumValue = NOBODY) -> Office:
    """Make a home whose keys are a World's, with the bank's adapter."""
    roots = [key_of("root-1"), key_of("root-2")]
    adapters = {"bank-402": (make_signer("adapter"), ["batchpay-402", "results-402"])}
    create_home(root, Founding(COUNTY, START, make_signer(ORIGIN), EPOCHS, roots, adapters, quorum))
    return open_home(root)


def list_documents(world: World) -> list[bytes]:
    """Give the documents a World applied, as files, in order."""
    commands = [command for command in world.commands if command.document]
    return [render_file(list(group)) for _, group in groupby(commands, lambda command: command.document)]


def write_documents(folder: Path, documents: Sequence[bytes]) -> list[Path]:
    """Write documents as files whose names keep their order."""
    paths = [folder / f"{number:04d}.jsonl" for number in range(len(documents))]
    for path, raw in zip(paths, documents, strict=True):
        write_whole(path, raw)
    return paths


def submit(office: Office, paths: Sequence[Path], at: int = START + 1, source: str = "") -> list[FileOutcome]:
    """Submit files with stamps that go up by a second."""
    submissions = [Submission(path, source, at + number) for number, path in enumerate(paths)]
    with open_desk(office) as desk:
        return submit_all(desk, submissions)


def submit_world(office: Office, folder: Path, world: World) -> list[FileOutcome]:
    """Submit all that a World applied, with its stamps."""
    stamps = {command.document: command.at for command in world.commands if command.document}
    paths = write_documents(folder, list_documents(world))
    submissions = [Submission(path, "", at) for path, at in zip(paths, stamps.values(), strict=True)]
    with open_desk(office) as desk:
        return submit_all(desk, submissions)


def read_head(office: Office) -> Head:
    """Give the head of the last commit."""
    with open_journal_read_only(office.home.journal) as journal:
        record = journal.last_commit()
    assert record is not None
    return record.head


def run_once(office: Office) -> int:
    """Run the command line once; gives the exit code."""
    return main(["run", "--home", str(office.home.root), "--once"])


def ask(capsys: pytest.CaptureFixture[str], office: Office, *words: str) -> str:
    """Run a command on the home; gives what it told."""
    capsys.readouterr()
    assert main([*words, "--home", str(office.home.root)]) == 0
    return capsys.readouterr().out


def save_key(folder: Path, name: str) -> Path:
    """Write a World's key to a key file."""
    path = folder / f"{name}.key"
    write_signer(path, make_signer(name))
    return path


def write_pay_file(folder: Path, ids: Sequence[str], name: str = PAY_FILE, **cover: str) -> Path:
    """Write the bank's batch-pay file, 100 yuan for each, and its cover sheet."""
    total = f"{len(ids)}|{len(ids) * 100}.00"
    lines = [f"H|{name}|AG01|{total}|20261105"]
    for number, identity in enumerate(ids):
        lines.append(f"{number + 1}|{make_name(number)}|{make_account(number)}|{identity}|100.00|地力补贴|")
    lines.append(f"T|{total}|END")
    write_whole(folder / name, ("\r\n".join(lines) + "\r\n").encode("gb18030"))
    values = {
        "编号": "PAY-0001",
        "部门": "农业农村局",
        "乡镇代码": "511112001",
        "项目编码": "FARM",
        "期间": "2026",
        "政策文号": "示例〔2026〕1号",
        "计划文号": "PLAN-1",
        "录入人": "甲",
        "复核人": "乙",
    } | cover
    sheet = "".join(f"{key},{value}\n" for key, value in values.items())
    write_whole(folder / f"{name}.cover.csv", sheet.encode())
    return folder / name


def write_sample(folder: Path, items: Sequence[tuple[Path, str]]) -> Path:
    """Write a manifest over files of the folder, an hour between their stamps; gives the folder."""
    listed = [
        {"file": str(path.relative_to(folder)), "source": source, "at": f"2026-11-02T{hour:02d}:00:00Z"}
        for hour, (path, source) in enumerate(items)
    ]
    manifest = {"v": 1, "county": COUNTY, "origin": ORIGIN, "roots": ["a", "b"], "adapters": [], "items": listed}
    write_whole(folder / "manifest.json", json.dumps(manifest).encode())
    return folder

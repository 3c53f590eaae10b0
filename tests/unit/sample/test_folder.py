"""The folder as a whole: the same bytes every time, exact totals, keys that only their owner reads."""

import stat
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest

from consolidator.sample import SampleSummary, write_sample
from consolidator.transparency.keys import parse_private_key, parse_vkey
from schemas.errors import ConflictError, UsageError
from schemas.instants import parse_instant
from tests.unit.sample.office import Office

# Changes only when the sample itself is meant to change; every machine and Python must give it.
PINNED = "6403564b18ad6955bcb6922ff9a807cc457f4d67f38ca36c91c6690de375b681"


def _digest(folder: Path) -> str:
    whole = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        whole.update(f"{path.relative_to(folder).as_posix()} {sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def test_the_same_lines_and_seed_give_the_same_bytes_everywhere(tmp_path: Path) -> None:
    write_sample(tmp_path / "a", 500, 7)
    write_sample(tmp_path / "b", 500, 7)
    assert _digest(tmp_path / "a") == _digest(tmp_path / "b") == PINNED


def test_another_seed_gives_other_people_and_keys(tmp_path: Path, office: Office) -> None:
    write_sample(tmp_path / "other", 500, 8)
    other = Office(tmp_path / "other")
    assert other.manifest["roots"] != office.manifest["roots"]
    assert {row.beneficiary_id for row in other.rows} != {row.beneficiary_id for row in office.rows}


def test_another_county_has_its_own_log_places_and_powers_but_the_seeds_people(tmp_path: Path, office: Office) -> None:
    assert write_sample(tmp_path / "other", len(office.rows), 7, code="511113").county == "511113"
    other = Office(tmp_path / "other")
    assert (other.manifest["county"], other.manifest["origin"]) == ("511113", "consolidator.example/511113")
    here = b"".join(path.read_bytes() for path in (tmp_path / "other" / "files").rglob("*") if path.is_file())
    assert b"511112" not in here
    assert [row.beneficiary_id for row in other.rows] == [row.beneficiary_id for row in office.rows]


def test_what_is_no_countys_code_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--county"):
        write_sample(tmp_path / "S", 500, 7, code="51111")
    assert not (tmp_path / "S").exists()


@pytest.mark.parametrize("lines", [500, 501, 777, 1999, 4321])
def test_the_batches_together_have_exactly_the_lines_asked_for(tmp_path: Path, lines: int) -> None:
    summary = write_sample(tmp_path / "S", lines, lines)
    assert summary.lines == len(Office(tmp_path / "S").rows) == lines


def test_the_summary_counts_what_was_written(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    summary = write_sample(tmp_path / "S", 500, 7, lambda done, total: seen.append((done, total)))
    office = Office(tmp_path / "S")
    truth = office.truth
    items = len(office.manifest["items"])
    assert summary == SampleSummary(
        "511112",
        500,
        len(office.sheets),
        items,
        truth["people"],
        truth["cards"],
        truth["designated"],
        len(truth["planted"]),
    )
    assert seen == [(number, items) for number in range(1, items + 1)]


def test_too_few_lines_are_refused_with_the_smallest_number_that_works(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="500"):
        write_sample(tmp_path / "S", 499, 7)
    assert not (tmp_path / "S").exists()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ConflictError, match="--to"):
        write_sample(tmp_path, 500, 7)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    write_sample(tmp_path, 500, 7)
    assert (tmp_path / "manifest.json").exists()


def test_only_the_owner_reads_the_keys(office: Office) -> None:
    keys = list((office.folder / "keys").iterdir())
    assert keys
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys} == {0o600}


def test_the_manifest_names_keys_that_are_there(office: Office) -> None:
    manifest = office.manifest
    named = [*manifest["adapters"], *manifest["officers"]]
    for entry in named:
        parse_private_key((office.folder / entry["key"]).read_text(encoding="utf-8").rstrip("\n"))
    log = parse_private_key((office.folder / "keys/log.key").read_text(encoding="utf-8").rstrip("\n"))
    roots = [
        parse_private_key((office.folder / f"keys/root-{number}.key").read_text(encoding="utf-8").rstrip("\n"))
        for number in (1, 2)
    ]
    assert log.name == manifest["origin"]
    assert [parse_vkey(vkey) for vkey in manifest["roots"]] == [root.verifier for root in roots]


def test_there_is_an_epoch_key_for_each_of_thirty_years(office: Office) -> None:
    rows = [row.split(" ") for row in (office.folder / "keys/epochs.keys").read_text(encoding="utf-8").splitlines()]
    assert [int(year) for year, _ in rows] == list(range(2026, 2056))
    assert len({bytes.fromhex(key) for _, key in rows}) == 30
    assert {len(bytes.fromhex(key)) for _, key in rows} == {32}


def test_instants_rise_within_november(office: Office) -> None:
    instants = [parse_instant(item["at"]) for item in office.manifest["items"]]
    assert all(earlier < later for earlier, later in pairwise(instants))
    assert {item["at"][:8] for item in office.manifest["items"]} == {"2026-11-"}


def test_every_file_is_in_the_manifest_and_every_legacy_file_has_its_cover(office: Office) -> None:
    written = {path for path in (office.folder / "files").rglob("*") if path.is_file()}
    covers = {path.with_name(f"{path.name}.cover.csv") for path in office.legacy}
    assert written == {*office.signed, *office.legacy, *covers}


def test_it_says_that_everything_is_made_up(office: Office) -> None:
    said = "示例数据,人物均为虚构"
    assert said in office.manifest["note"]
    assert said in office.truth["note"]
    assert all(
        said in path.read_bytes().decode("gb18030" if path.suffix == ".txt" else "utf-8")
        for path in office.legacy
        if path.name.startswith(("PAY402_", "batch_"))
    )

"""Sealing: the log says what the ledger said, bound to its private part, and the same again after a stop."""

import json
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CTR

from consolidator.facts.snapshots import parse_snapshot
from consolidator.sealing import County
from consolidator.transparency.checkpoint import open_checkpoint
from schemas.canonical import render_canonical
from schemas.commands import Command
from schemas.commits import BUNDLE_ENTRIES_MAX, Step
from schemas.errors import ConfigurationError, InvariantError
from tests.support.world import EPOCHS, HOUR, ORIGIN, START, World, make_signer, split_bundle, split_disclosures

YEAR = 366 * 24 * HOUR


@pytest.fixture(scope="module")
def lived() -> World:
    """A short life: two batches, a hold, a clearing, two releases, over the turn of a year."""
    world = World()
    world.set_up()
    ids = world.settle_people(600)
    world.send_batch("B-1", ids)
    world.review("reviewer", "hold", "B-1", [600])
    world.release("B-1", [("402", 599, 5_990_000)])
    world.now += YEAR
    world.clear("B-1", [600])
    world.release("B-1", [("402", 1, 10_000)], 2)
    world.send_batch("B-2", ids[:3], fields={"period": "2027"})
    return world


def entries_of(steps: list[Step]) -> list[bytes]:
    """Give all entries' bytes."""
    return [entry for step in steps for bundle in step.bundles for entry in split_bundle(bundle)]


def naive_root(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, by its recursion."""
    if len(entries) == 1:
        return sha256(b"\0" + entries[0]).digest()
    split = 1 << (len(entries) - 1).bit_length() - 1
    return sha256(b"\1" + naive_root(entries[:split]) + naive_root(entries[split:])).digest()


def naive_opening(index: int, year: int) -> bytes:
    """Give the opening of an entry: two blocks of the year's keystream."""
    cipher = Cipher(AES256(EPOCHS[year]), CTR((2 * index).to_bytes(16, "big")))
    return cipher.encryptor().update(bytes(32))


def test_every_commitment_opens_with_the_key_of_its_year(lived: World) -> None:
    entries, privates = lived.entries(), lived.privates()
    assert len(entries) == len(privates)
    years = set()
    for index, (entry, private) in enumerate(zip(entries, privates, strict=True)):
        if not private:
            assert "sealed" not in entry
            continue
        year = int(entry["at"][:4])
        years.add(year)
        assert entry["sealed"] == sha256(b"\2" + naive_opening(index, year) + private).hexdigest()
    assert years == {2026, 2027}


def test_private_parts_are_canonical(lived: World) -> None:
    for private in filter(None, lived.privates()):
        assert render_canonical(json.loads(private)) == private


def test_entries_are_canonical_and_versioned(lived: World) -> None:
    for entry in entries_of(lived.steps):
        assert render_canonical(json.loads(entry)) == entry
        assert json.loads(entry)["v"] == 1


def test_the_head_signs_size_and_root_of_all_entries(lived: World) -> None:
    entries, head = entries_of(lived.steps), lived.county.head()
    assert (head.size, head.root) == (len(entries), naive_root(entries).hex())
    checkpoint = open_checkpoint(head.checkpoint.encode(), make_signer(ORIGIN).verifier)
    assert (checkpoint.origin, checkpoint.size, checkpoint.root.hex()) == (ORIGIN, head.size, head.root)
    assert head.totals == {
        "held": (0, 0),
        "ordered": (600, 6_000_000),
        "ready": (3, 30_000),
        "undecided": (0, 0),
    }


def test_bundles_follow_each_other_and_hold_at_most_256_entries(lived: World) -> None:
    due = 0
    for bundle in [bundle for step in lived.steps for bundle in step.bundles]:
        assert bundle.first == due
        assert 1 <= bundle.count <= BUNDLE_ENTRIES_MAX
        assert len(split_bundle(bundle)) == len(split_disclosures(bundle)) == bundle.count
        due += bundle.count
    assert due == lived.county.head().size


def test_an_order_file_names_its_entry(lived: World) -> None:
    entries = lived.entries()
    files = [file for step in lived.steps for file in step.order_files]
    assert [entries[file.entry]["file"] for file in files] == ["bank-402_B-1_402_001", "bank-402_B-1_402_002"]
    for file in files:
        bodies = [part.body for step in lived.steps for part in step.order_parts if part.file == file.file]
        private = json.loads(lived.privates()[file.entry])
        assert private == {"parts": [sha256(body).hexdigest() for body in bodies]}


def test_a_stop_after_any_command_goes_on_with_the_same_bytes(lived: World) -> None:
    twin = County(EPOCHS, make_signer(ORIGIN))
    steps: list[Step] = []
    for command in lived.commands:
        steps += list(twin.apply(command))
        snapshot = twin.snapshot()
        twin = County(EPOCHS, make_signer(ORIGIN))
        twin.restore(snapshot)
        assert parse_snapshot(twin.snapshot()) == parse_snapshot(snapshot)
    assert steps == lived.steps
    assert twin.head() == lived.county.head()


def test_a_head_or_snapshot_in_between_changes_nothing(lived: World) -> None:
    county = County(EPOCHS, make_signer(ORIGIN))
    steps = []
    for command in lived.commands:
        for step in county.apply(command):
            steps.append(step)
            county.head()
            county.snapshot()
    assert steps == lived.steps


def test_a_head_is_for_its_own_size_only(lived: World) -> None:
    county = County(EPOCHS, make_signer(ORIGIN))
    entries: list[bytes] = []
    for command in lived.commands[:30]:
        for step in county.apply(command):
            entries += entries_of([step])
            assert county.head().root == naive_root(entries).hex()


def test_a_year_without_its_key_stops_the_county() -> None:
    world = World(county=County({2026: EPOCHS[2026]}, make_signer(ORIGIN)))
    world.set_up()
    world.settle_people(1)
    world.now = START + YEAR
    size = world.county.head().size
    with pytest.raises(ConfigurationError, match="2027"):
        world.send_batch("B-1", ["511199196001010009"])
    assert world.county.head().size == size + 1  # the header's own entry hides nothing


def test_entries_without_private_part_need_no_key() -> None:
    world = World(county=County({}, make_signer(ORIGIN)))
    world.set_up()
    assert world.privates() == [b""] * world.county.head().size


def test_a_log_key_of_another_name_stops_the_county() -> None:
    with pytest.raises(ConfigurationError, match="origin"):
        World(county=County(EPOCHS, make_signer("other.example/511112")))


def test_a_county_without_genesis_has_no_state() -> None:
    county = County(EPOCHS, make_signer(ORIGIN))
    for ask in (county.head, county.snapshot, lambda: county.state):
        with pytest.raises(InvariantError, match="genesis"):
            ask()


def test_the_first_command_must_be_a_genesis() -> None:
    with pytest.raises(ConfigurationError, match="genesis"):
        list(County(EPOCHS, make_signer(ORIGIN)).apply(Command("tick", START, b"")))

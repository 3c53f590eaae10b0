"""``access``: that openings of entries are given out is an entry; who asked and why is its private part."""

from typing import Any

import pytest

from schemas.commits import Outcome
from schemas.documents import parse_document
from tests.support.world import COUNTY, HOUR, World, codes_of, digest_of, key_of, make_id, officer, split_bundle

ASKER, GROUND = "示例甲", "示例县审计局〔2026〕1号"


@pytest.fixture
def world() -> World:
    """A county with three lines in its log, whose auditor may open entries."""
    made = World()
    made.set_up()
    made.set_policy("policy-2", [officer("auditor", "oversight", "supervisor", ["access"])])
    made.send_batch("B-1", made.settle_people(3))
    return made


def sign(world: World, indices: list[Any], key: str = "auditor", source: str = "oversight", **fields: object) -> bytes:
    """Make an access document."""
    header = {"kind": "access", "source": source, "id": f"access-{world.numbers.get(key, 0) + 1}", "reader": "auditor"}
    header |= {"asker": ASKER, "ground": GROUND, "salt": "5" * 32}
    return world.sign(key, header | fields, {"index": indices})


def give(world: World, indices: list[Any], key: str = "auditor", source: str = "oversight") -> list[Outcome]:
    """Give openings of entries out."""
    return world.submit(sign(world, indices, key, source))


def line_indices(world: World) -> list[int]:
    """Give the indices of the line entries."""
    return [index for index, entry in enumerate(world.entries()) if entry["kind"] == "line"]


def test_an_opening_given_out_is_an_entry_with_a_private_asker_and_ground(world: World) -> None:
    first, second, _ = line_indices(world)
    raw = sign(world, [second, first])
    assert codes_of(world.submit(raw)) == [""]
    (entry,) = world.entries("access")
    assert len(entry.pop("sealed")) == 64
    assert entry == {
        "v": 1,
        "kind": "access",
        "at": "2026-11-01T00:00:10Z",
        "source": "oversight",
        "document": "access-1",
        "reader": "auditor",
        "count": 2,
        "indices": [second, first],
        "by": key_of("auditor"),
        "cause": digest_of(raw),
    }
    assert world.privates()[-2] == f'{{"asker":"{ASKER}","ground":"{GROUND}"}}'.encode()
    effect = world.entries("effect")[-1]
    assert (effect["of"], effect["accepted"], effect["refused"]) == ("access", 2, 0)


def test_nothing_public_tells_who_asked_or_why(world: World) -> None:
    give(world, line_indices(world))
    public = b"".join(entry for step in world.steps for bundle in step.bundles for entry in split_bundle(bundle))
    assert b"access" in public
    assert ASKER.encode() not in public
    assert GROUND.encode() not in public
    assert b"5" * 32 not in public


def test_the_salt_changes_the_public_digest_and_nothing_else(world: World) -> None:
    digests = {digest_of(sign(world, [1], salt=salt * 32, id="A", seq=1)) for salt in "ab"}
    assert len(digests) == 2


def test_the_last_entry_before_an_access_may_be_opened_and_what_comes_later_may_not(world: World) -> None:
    size = len(world.entries())
    assert codes_of(give(world, [size, size + 1, size + 2, 2**53 - 1])) == ["", "S21", "S21", "S21"]
    (entry,) = world.entries("access")
    assert entry["indices"] == [size]  # its own document's entry: the newest when its items were judged
    assert world.entries("effect")[-1]["positions"] == [[2, "S21"], [3, "S21"], [4, "S21"]]


def test_the_size_is_counted_across_hours_that_close_in_between(world: World) -> None:
    size = len(world.entries())
    world.now += HOUR
    assert codes_of(give(world, [size + 1, size + 2])) == ["", "S21"]
    assert [entry["kind"] for entry in world.entries()[size : size + 2]] == ["close", "document"]


def test_a_county_started_from_its_snapshot_knows_the_size(world: World) -> None:
    size = len(world.entries())
    world.county.restore(world.county.snapshot())
    assert codes_of(give(world, [size, size + 1])) == ["", "S21"]


def test_an_entry_named_twice_is_opened_once(world: World) -> None:
    assert codes_of(give(world, [3, 3, 2])) == ["", "S10"]
    assert world.entries("access")[-1]["indices"] == [3, 2]


def test_without_any_entry_that_is_there_nothing_was_given_out(world: World) -> None:
    assert codes_of(give(world, [10_000])) == ["", "S21"]
    assert world.entries("access") == []
    assert world.entries("effect")[-1]["codes"] == {"S21": 1}


@pytest.mark.parametrize("index", [-1, 2**53, "1", None, 1.5])
def test_an_index_that_no_log_can_have_is_refused_alone(world: World, index: object) -> None:
    assert codes_of(give(world, [index, 1])) == ["", "S01"]
    assert world.entries("access")[-1]["indices"] == [1]


def test_a_part_that_is_no_part_opens_nothing(world: World) -> None:
    header = {"kind": "access", "source": "oversight", "id": "a-1", "reader": "court", "asker": "", "ground": GROUND}
    raw = world.sign_raw("auditor", header | {"salt": "0" * 32}, [b"[]"], 1)
    assert codes_of(world.submit(raw)) == ["", "D09"]
    assert world.entries("access") == []


@pytest.mark.parametrize("role", ["clerk", "reviewer", "approver", "supervisor", "adapter"])
def test_those_who_judge_may_give_openings_out_and_those_who_enter_data_may_not(world: World, role: str) -> None:
    source = "oversight" if role == "supervisor" else "bureau"
    world.set_policy("policy-3", [officer("someone", source, role, ["access"])])
    allowed = role in ("reviewer", "approver", "supervisor")
    assert codes_of(give(world, [1], "someone", source)) == ([""] if allowed else ["D05"])
    assert len(world.entries("access")) == allowed


@pytest.mark.parametrize("key", ["reviewer", "supervisor", "root-1"])
def test_it_is_nobodys_power_unless_policy_says_so(world: World, key: str) -> None:
    source = {"reviewer": "bureau", "supervisor": "oversight", "root-1": "root"}[key]
    assert codes_of(give(world, [1], key, source)) == ["D05"]


@pytest.mark.parametrize(
    ("powers", "code"),
    [
        ({"programmes": ["FARM"]}, "D05"),
        ({"programmes": ["FARM", "*"]}, ""),
        ({"regions": ["511112001"]}, "D05"),
        ({"regions": ["511112001", COUNTY]}, ""),
    ],
)
def test_an_index_tells_no_programme_nor_region_so_only_an_unbounded_officer_opens(
    world: World, powers: dict[str, Any], code: str
) -> None:
    world.set_policy("policy-3", [officer("someone", "bureau", "reviewer", ["access"], **powers)])
    assert codes_of(give(world, [1], "someone", "bureau")) == [code]


def test_the_same_document_again_is_no_second_entry(world: World) -> None:
    raw = sign(world, [1])
    assert codes_of(world.submit(raw)) == [""]
    assert world.submit_document(parse_document(raw)) == []
    assert len(world.entries("access")) == 1


def test_a_person_may_ask_for_the_opening_of_an_access_too(world: World) -> None:
    give(world, line_indices(world))
    (index,) = [at for at, entry in enumerate(world.entries()) if entry["kind"] == "access"]
    assert codes_of(give(world, [index])) == [""]
    assert make_id(0) not in str(world.entries())

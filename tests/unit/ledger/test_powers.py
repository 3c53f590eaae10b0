"""Who may do what: sources, roles, kinds, programmes, regions, and the second person."""

from typing import Any

import pytest

from schemas.documents import derive_commands, parse_document
from tests.support.world import (
    COUNTY,
    Columns,
    World,
    codes_of,
    digest_of,
    make_account,
    make_id,
    make_programme,
    officer,
)

REGISTER = {"kind": "register", "register_name": "library", "update": "full", "snapshot_on": "2026-10-31"}
BATCH_REF = {"source": "bank-402", "id": "B-1"}
HEADERS: dict[str, dict[str, Any]] = {
    "policy": {"kind": "policy"},
    "register": REGISTER,
    "accounts": {"kind": "accounts", "snapshot_on": "2026-10-31"},
    "designations": {"kind": "designations"},
    "review": {"kind": "review", "action": "hold", "batch": BATCH_REF},
    "release": {"kind": "release", "batch": BATCH_REF, "number": 1},
    "expected": {"kind": "expected"},
    "disposition": {"kind": "disposition", "action": "record", "batch": BATCH_REF},
    "confirm": {"kind": "confirm", "document": "0" * 64},
}
DATA = {"register", "accounts", "designations", "batch"}
ALLOWED = {
    "clerk": DATA | {"review", "release", "expected"},
    "reviewer": {"review", "disposition", "confirm"},
    "approver": {"review", "disposition", "confirm"},
    "supervisor": {"review", "disposition"},
    "adapter": DATA,
}
KINDS = [*HEADERS, "batch"]


@pytest.fixture
def world() -> World:
    """A county whose adapter sent batch B-1 of one person: its line is ready."""
    made = World()
    made.set_up()
    made.send_batch("B-1", made.settle_people(2)[:1])
    return made


def source_of(role: str) -> str:
    """Give a source that may have officers of a role: supervisors belong to oversight, and only they do."""
    return "oversight" if role == "supervisor" else "bank-402"


@pytest.mark.parametrize("role", ALLOWED)
@pytest.mark.parametrize("kind", KINDS)
def test_a_role_bounds_the_kinds_even_if_policy_lists_more(world: World, role: str, kind: str) -> None:
    source = source_of(role)
    world.set_policy("policy-2", [officer("someone", source, role, KINDS)])
    fields = world.batch_fields("B-2", 0, 0) if kind == "batch" else HEADERS[kind] | {"id": "document-1"}
    (outcome, *_) = world.send("someone", fields | {"source": source})
    assert (outcome.code != "D05") == (kind in ALLOWED[role])


@pytest.mark.parametrize("kind", sorted(DATA | {"review", "release", "expected"}))
def test_an_officers_own_list_narrows_his_role(world: World, kind: str) -> None:
    world.set_policy("policy-2", [officer("someone", "bank-402", "clerk", [other for other in KINDS if other != kind])])
    fields = world.batch_fields("B-2", 0, 0) if kind == "batch" else HEADERS[kind] | {"id": "document-1"}
    assert codes_of(world.send("someone", fields | {"source": "bank-402"})) == ["D05"]


@pytest.mark.parametrize("kind", [kind for kind in HEADERS if kind not in ("policy", "confirm")])
def test_a_root_officer_sends_policy_only(world: World, kind: str) -> None:
    assert codes_of(world.send("root-1", HEADERS[kind] | {"source": "root", "id": "document-1"})) == ["D05"]


def test_a_key_that_belongs_to_another_source_is_refused(world: World) -> None:
    assert codes_of(world.send("clerk", REGISTER | {"source": "bank-402", "id": "r-1"})) == ["D06"]
    assert codes_of(world.send("root-1", {"kind": "policy", "source": "bureau", "id": "p-1"})) == ["D06"]


@pytest.mark.parametrize(
    ("powers", "code"),
    [
        ({"programmes": ["FARM"]}, ""),
        ({"programmes": ["OTHER"]}, "D05"),
        ({"programmes": []}, "D05"),
        ({"regions": ["511112001"]}, ""),
        ({"regions": ["511112002"]}, "D05"),
        ({"regions": [COUNTY, "511112002"]}, ""),
        ({"regions": []}, "D05"),
    ],
)
def test_programmes_and_regions_bound_batches_and_acts_on_them(world: World, powers: dict[str, Any], code: str) -> None:
    world.set_policy(
        "policy-2",
        [
            ("programme", "OTHER", make_programme()),
            officer("bounded", "bank-402", "clerk", KINDS, **powers),
        ],
    )
    batch = world.batch_fields("B-2", 0, 0)
    review = HEADERS["review"] | {"action": "comment", "source": "bank-402", "id": "review-1"}
    release = HEADERS["release"] | {"source": "bank-402", "id": "release-1"}
    assert codes_of(world.send("bounded", batch))[:1] == [code]
    assert codes_of(world.send("bounded", review))[:1] == [code]
    assert codes_of(world.send("bounded", release))[:1] == [code]
    world.set_policy("policy-3", [officer("bounded", "bank-402", "reviewer", KINDS, **powers)])
    disposition = HEADERS["disposition"] | {"source": "bank-402", "id": "disposition-1"}
    assert codes_of(world.send("bounded", disposition))[:1] == [code]


REVIEWS, DISPOSITIONS = ("hold", "comment", "stop", "clear"), ("record", "suppress")
ACTIONS = {
    "clerk": {"hold", "comment"},
    "reviewer": {*REVIEWS, *DISPOSITIONS},
    "approver": {*REVIEWS, *DISPOSITIONS},
    "supervisor": {"hold", "comment", "record"},
}


@pytest.mark.parametrize("role", ACTIONS)
@pytest.mark.parametrize("action", [*REVIEWS, *DISPOSITIONS])
def test_a_role_bounds_the_actions(world: World, role: str, action: str) -> None:
    source = source_of(role)
    world.set_policy("policy-2", [officer("someone", source, role, KINDS)])
    kind = "review" if action in REVIEWS else "disposition"
    fields = {"kind": kind, "source": source, "id": "document-1", "action": action, "batch": BATCH_REF}
    (outcome, *_) = world.send("someone", fields)
    assert outcome.code == ("" if action in ACTIONS[role] else "D05")


@pytest.mark.parametrize(
    ("role", "action", "outcome"),
    [
        ("clerk", "hold", "new"),
        ("clerk", "comment", "new"),
        ("clerk", "stop", "refused"),
        ("clerk", "clear", "refused"),
        ("supervisor", "hold", "new"),
        ("supervisor", "comment", "new"),
        ("supervisor", "stop", "refused"),
        ("supervisor", "clear", "refused"),
        ("reviewer", "clear", "new"),
        ("approver", "stop", "new"),
    ],
)
def test_oversight_and_clerks_may_hold_and_comment_but_neither_clear_nor_stop(
    world: World, role: str, action: str, outcome: str
) -> None:
    source = source_of(role)
    world.set_policy("policy-2", [officer("someone", source, role, KINDS)])
    world.review("someone", action, "B-1", [1], source=source)
    assert world.entries("document")[-1]["outcome"] == outcome


@pytest.mark.parametrize(
    ("role", "action", "code"),
    [
        ("reviewer", "record", ""),
        ("reviewer", "suppress", ""),
        ("approver", "record", ""),
        ("approver", "suppress", ""),
        ("supervisor", "record", ""),
        ("supervisor", "suppress", "D05"),
        ("clerk", "record", "D05"),
        ("adapter", "record", "D05"),
    ],
)
def test_oversight_may_record_dispositions_but_not_suppress(world: World, role: str, action: str, code: str) -> None:
    source = source_of(role)
    world.set_policy("policy-2", [officer("someone", source, role, KINDS)])
    fields = HEADERS["disposition"] | {"action": action, "source": source, "id": "disposition-1"}
    assert codes_of(world.send("someone", fields))[:1] == [code]


def test_nothing_waits_under_an_unknown_digest(world: World) -> None:
    assert codes_of(world.confirm("approver", "bureau", "0" * 64, "c-1")) == ["D15"]


def test_a_confirm_takes_effect_once(world: World) -> None:
    raw = world.sign_release("B-1", [("402", 1, 10_000)])
    world.submit(raw)
    assert codes_of(world.confirm("approver", "bureau", digest_of(raw), "c-1")) == [""]
    assert codes_of(world.confirm("approver", "bureau", digest_of(raw), "c-2")) == ["D15"]
    assert len(world.entries("orders")) == 1


def test_a_confirm_cannot_be_confirmed_nor_a_document_that_needs_none(world: World) -> None:
    hold = world.review("reviewer", "hold", "B-1", [1])
    assert codes_of(world.confirm("approver", "bureau", hold, "c-1")) == ["D15"]
    refused = world.entries("document")[-1]["digest"]
    assert codes_of(world.confirm("approver", "bureau", refused, "c-2")) == ["D15"]


def test_a_confirm_with_parts_is_refused_so_that_it_never_waits(world: World) -> None:
    raw = world.sign_release("B-1", [("402", 1, 10_000)])
    world.submit(raw)
    fields = {"kind": "confirm", "source": "bureau", "id": "c-1", "document": digest_of(raw)}
    assert codes_of(world.send("approver", fields, {"line": [1]})) == ["D04"]
    assert codes_of(world.confirm("approver", "bureau", digest_of(raw), "c-2")) == [""]


@pytest.mark.parametrize("kind", ["release", "clear"])
def test_one_person_with_two_keys_is_not_a_second_person(world: World, kind: str) -> None:
    person = {"person": "P-reviewer" if kind == "clear" else "P-clerk"}
    world.set_policy("policy-2", [officer("twin", "bureau", "approver", ["confirm"], **person)])
    if kind == "clear":
        world.review("reviewer", "hold", "B-1", [1])
        digest = world.review("reviewer", "clear", "B-1", [1])
    else:
        raw = world.sign_release("B-1", [("402", 1, 10_000)])
        world.submit(raw)
        digest = digest_of(raw)
    assert codes_of(world.confirm("twin", "bureau", digest, "c-1")) == ["D14"]
    assert codes_of(world.confirm("approver", "bureau", digest, "c-2")) == [""]


def test_the_same_person_with_one_key_cannot_confirm_his_own_clearing(world: World) -> None:
    world.review("reviewer", "hold", "B-1", [1])
    digest = world.review("reviewer", "clear", "B-1", [1])
    assert codes_of(world.confirm("reviewer", "bureau", digest, "c-1")) == ["D14"]
    assert world.line_states("B-1") == ["held"]


def test_only_an_approver_confirms_a_release_and_only_root_a_policy(world: World) -> None:
    raw = world.sign_release("B-1", [("402", 1, 10_000)])
    world.submit(raw)
    assert codes_of(world.confirm("reviewer", "bureau", digest_of(raw), "c-1")) == ["D05"]
    assert codes_of(world.confirm("root-2", "root", digest_of(raw), "c-2")) == ["D05"]
    digest, _ = world.propose_policy("policy-2", [("bank", "105", {"name": "建行"})])
    assert codes_of(world.confirm("approver", "bureau", digest, "c-3")) == ["D05"]


@pytest.mark.parametrize("second", ["reviewer", "approver"])
def test_a_reviewer_or_an_approver_confirms_clearings_and_suppressions(world: World, second: str) -> None:
    world.set_policy("policy-2", [officer("first", "bureau", "reviewer", KINDS)])
    world.review("reviewer", "hold", "B-1", [1])
    digest = world.review("first", "clear", "B-1", [1])
    assert codes_of(world.confirm(second, "bureau", digest, "c-1")) == [""]
    assert world.line_states("B-1") == ["ready"]
    fields = {"kind": "disposition", "source": "bureau", "id": "d-1", "action": "suppress", "batch": BATCH_REF}
    columns: Columns = {
        "line": [1],
        "code": ["R08"],
        "verdict": ["unfounded"],
        "reason": ["核实"],
        "until": ["2026-11-30"],
    }
    raw = world.sign("first", fields, columns)
    assert codes_of(world.submit(raw)) == [""]
    assert codes_of(world.confirm(second, "bureau", digest_of(raw), "c-2")) == [""]
    assert list(world.state.suppressions) == ["R08"]


@pytest.mark.parametrize("powers", [{"programmes": ["OTHER"]}, {"regions": ["511112002"]}])
def test_a_confirm_is_bounded_by_programme_and_region(world: World, powers: dict[str, Any]) -> None:
    world.set_policy("policy-2", [officer("bounded", "bureau", "approver", ["confirm"], **powers)])
    raw = world.sign_release("B-1", [("402", 1, 10_000)])
    world.submit(raw)
    assert codes_of(world.confirm("bounded", "bureau", digest_of(raw), "c-1")) == ["D05"]


def test_a_document_whose_officer_is_gone_cannot_be_confirmed(world: World) -> None:
    raw = world.sign_release("B-1", [("402", 1, 10_000)])
    world.submit(raw)
    world.set_policy("policy-2", [("officer", "clerk", None)])
    assert codes_of(world.confirm("approver", "bureau", digest_of(raw), "c-1")) == ["D05"]
    assert world.line_states("B-1") == ["ready"]


def test_a_clearing_whose_first_person_is_gone_cannot_be_confirmed_until_he_is_back(world: World) -> None:
    world.review("reviewer", "hold", "B-1", [1])
    digest = world.review("reviewer", "clear", "B-1", [1])
    world.set_policy("policy-2", [("officer", "reviewer", None)])
    assert codes_of(world.confirm("approver", "bureau", digest, "c-1")) == ["D05"]
    assert world.line_states("B-1") == ["held"]
    world.set_policy("policy-3", [officer("reviewer", "bureau", "reviewer", ["review"])])
    assert codes_of(world.confirm("approver", "bureau", digest, "c-2")) == [""]
    assert world.line_states("B-1") == ["ready"]


@pytest.mark.parametrize(
    "powers",
    [
        {"kinds": ["confirm"]},
        {"programmes": ["OTHER"]},
        {"regions": ["511112002"]},
        {"role": "adapter"},
    ],
    ids=["kinds", "programmes", "regions", "role"],
)
def test_a_document_whose_first_person_lost_the_power_cannot_be_confirmed_until_he_has_it(
    world: World, powers: dict[str, Any]
) -> None:
    world.review("reviewer", "hold", "B-1", [1])
    digest = world.review("reviewer", "clear", "B-1", [1])
    subject, name, value = officer("reviewer", "bureau", "reviewer", ["review"])
    world.set_policy("policy-2", [(subject, name, value | powers)])
    assert codes_of(world.confirm("approver", "bureau", digest, "c-1")) == ["D05"]
    assert world.line_states("B-1") == ["held"]
    world.set_policy("policy-3", [(subject, name, value)])
    assert codes_of(world.confirm("approver", "bureau", digest, "c-2")) == [""]


def test_who_proposed_stays_the_first_person_also_when_his_key_goes_to_another(world: World) -> None:
    world.review("reviewer", "hold", "B-1", [1])
    digest = world.review("reviewer", "clear", "B-1", [1])
    handed = officer("reviewer", "bureau", "reviewer", ["review"], person="P-new")
    moved = officer("approver", "bureau", "approver", ["confirm"], person="P-reviewer")
    world.set_policy("policy-2", [handed, moved])
    assert codes_of(world.confirm("approver", "bureau", digest, "c-1")) == ["D14"]
    world.set_policy("policy-3", [officer("approver", "bureau", "approver", ["confirm"], person="P-new")])
    assert codes_of(world.confirm("approver", "bureau", digest, "c-2")) == ["D14"]
    world.set_policy("policy-4", [officer("approver", "bureau", "approver", ["confirm"])])
    assert codes_of(world.confirm("approver", "bureau", digest, "c-3")) == [""]


def test_what_became_whole_after_its_officer_had_gone_cannot_be_confirmed_until_he_is_back(world: World) -> None:
    raw = world.sign_release("B-1", [("402", 1, 10_000)])
    header, part = derive_commands(parse_document(raw), world.now)
    world.apply(header)
    world.set_policy("policy-2", [("officer", "clerk", None)])
    world.apply(part)
    assert world.state.pending[digest_of(raw)].person == ""
    assert codes_of(world.confirm("approver", "bureau", digest_of(raw), "c-1")) == ["D05"]
    world.set_policy("policy-3", [officer("clerk", "bureau", "clerk", ["release"])])
    assert codes_of(world.confirm("approver", "bureau", digest_of(raw), "c-2")) == [""]


@pytest.mark.parametrize(
    ("regions", "code"),
    [([COUNTY], ""), (["511112001", COUNTY], ""), (["511112001"], "D05"), ([], "D05")],
)
def test_a_register_is_about_everybody_and_needs_the_whole_county(world: World, regions: list[str], code: str) -> None:
    world.set_policy("policy-2", [officer("bounded", "bank-402", "clerk", KINDS, regions=regions)])
    columns = {"id": [make_id(0)], "village": ["511112001001"], "status": ["active"]}
    assert codes_of(world.send("bounded", REGISTER | {"source": "bank-402", "id": "r-1"}, columns)) == [code]


def test_a_withdrawn_approver_cannot_confirm(world: World) -> None:
    raw = world.sign_release("B-1", [("402", 1, 10_000)])
    world.submit(raw)
    world.set_policy("policy-2", [("officer", "approver", None)])
    assert codes_of(world.confirm("approver", "bureau", digest_of(raw), "c-1")) == ["I09"]


def test_the_entry_of_a_confirm_names_what_it_confirms(world: World) -> None:
    raw = world.sign_release("B-1", [("402", 1, 10_000)])
    world.submit(raw)
    world.confirm("approver", "bureau", digest_of(raw), "c-1")
    release, confirm = world.entries("document")[-2:]
    assert (release["batch_source"], release["batch_document"], release["release"]) == ("bank-402", "B-1", 1)
    assert confirm["confirms"] == release["digest"]
    assert make_account(0) not in str(world.entries())
    assert make_id(0) not in str(world.entries())

"""Policy values: one model a subject, and only what the ledger reads."""

from typing import Any

import pytest

from schemas.errors import InputError
from schemas.headers import KINDS
from schemas.policy import SETTINGS, SUBJECTS, RuleValue, validate_item
from tests.support.witnesses import describe_quorum
from tests.support.world import key_of, make_programme

OFFICER = {
    "key": key_of("clerk"),
    "source": "bureau",
    "person": "P-1",
    "role": "clerk",
    "kinds": list(KINDS),
    "programmes": ["*", "FARM"],
    "regions": ["511112", "511112001"],
}
PROGRAMME = make_programme(
    standard_kind="ceiling",
    publicity_required=False,
    bars_payroll=True,
    age_min=0,
    age_max=150,
    excludes=["FOREST"] * 50,
    line_max_fen=0,
    sensitive=True,
)
RIGHT: dict[str, tuple[str, dict[str, Any]]] = {
    "source": ("bank-402", {"name": "农商行", "type": "bank", "bank": "402"}),
    "officer": ("clerk", OFFICER),
    "bank": (
        "402",
        {"name": "农商行", "branch": "402000000001", "file_lines_max": 1_000_000, "file_fen_max": 2**53 - 1},
    ),
    "programme": ("FARM", PROGRAMME),
    "plan": ("PLAN-1", {"programme": "FARM", "fen": 10**13}),
    "rule": ("R54", {"enabled": False, "level": "red", "required": True, "parameters": {"persons_max": 3}}),
    "setting": ("cooling_off_hours", {"value": 24}),
    "quorum": ("quorum", describe_quorum()),
}
REQUIRED = ("name", "short_name", "cycle", "unit", "standard_fen", "paying_banks", "agent_bank")
WRONG: list[tuple[str, dict[str, Any]]] = [
    ("source", {"type": "ministry"}),
    ("source", {"name": "a\nb"}),
    ("officer", {"key": "clerk"}),
    ("officer", {"source": "Bureau"}),
    ("officer", {"person": ""}),
    ("officer", {"role": "king"}),
    ("officer", {"kinds": ["everything"]}),
    ("officer", {"kinds": ["batch\n"]}),
    ("officer", {"programmes": ["F*"]}),
    ("officer", {"regions": ["5111"]}),
    ("officer", {"regions": ["511112001001"]}),
    ("source", {"bank": "4022"}),
    ("bank", {"name": 1}),
    ("bank", {"branch": "402"}),
    ("bank", {"file_lines_max": 0}),
    ("bank", {"file_lines_max": 1_000_001}),
    ("bank", {"file_fen_max": 0}),
    ("bank", {"file_fen_max": 2**53}),
    ("plan", {"programme": "farm"}),
    ("plan", {"fen": -1}),
    ("plan", {"fen": 10**13 + 1}),
    ("plan", {"fen": None}),
    ("programme", {"standard_kind": "floor"}),
    ("programme", {"publicity_required": None}),
    ("programme", {"bars_payroll": 1}),
    ("programme", {"age_min": -1}),
    ("programme", {"age_max": 151}),
    ("programme", {"excludes": ["forest"]}),
    ("programme", {"excludes": ["FOREST"] * 51}),
    ("programme", {"sensitive": None}),
    ("programme", {"sensitive": 1}),
    ("programme", {"line_max_fen": -1}),
    ("programme", {"line_max_fen": 10**13 + 1}),
    ("programme", {"short_name": ""}),
    ("programme", {"short_name": "八个字的简短名称"}),
    ("programme", {"short_name": "a\nb"}),
    ("programme", {"cycle": "week"}),
    ("programme", {"unit": "village"}),
    ("programme", {"standard_fen": -1}),
    ("programme", {"standard_fen": 1.5}),
    ("programme", {"standard_fen": "1"}),
    ("programme", {"standard_fen": True}),
    ("programme", {"paying_banks": []}),
    ("programme", {"paying_banks": ["402"] * 21}),
    ("programme", {"paying_banks": ["40"]}),
    ("programme", {"agent_bank": "4022"}),
    ("programme", {"universal": 1}),
    ("programme", {"review_window_hours": -1}),
    ("programme", {"review_window_hours": 8761}),
    ("rule", {"enabled": 1}),
    ("rule", {"level": "purple"}),
    ("rule", {"required": "yes"}),
    ("rule", {"parameters": {"persons_max": -1}}),
    ("rule", {"parameters": {"persons_max": 2**53}}),
    ("rule", {"parameters": {"persons_max": 1.0}}),
    ("rule", {"parameters": {"": 1}}),
    ("setting", {"value": -1}),
    ("setting", {"value": True}),
    ("setting", {"value": 8761}),
    ("setting", {"value": 2**53}),
    ("quorum", {"type": "all"}),
]


def refusal_of(subject: str, identifier: str, value: dict[str, Any] | None) -> InputError:
    """Give the error an item is refused with."""
    with pytest.raises(InputError) as caught:
        validate_item(subject, identifier, value)
    assert caught.value.code == "S02"
    return caught.value


def test_every_subject_has_its_right_example() -> None:
    assert set(RIGHT) == set(SUBJECTS)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_right_value_is_taken_whole(subject: str) -> None:
    identifier, value = RIGHT[subject]
    found = validate_item(subject, identifier, value)
    assert type(found) is SUBJECTS[subject]
    assert found.model_dump() == value


@pytest.mark.parametrize("subject", SUBJECTS)
def test_an_unknown_field_is_refused(subject: str) -> None:
    identifier, value = RIGHT[subject]
    assert refusal_of(subject, identifier, value | {"surprise": 1}).detail == f"{subject}: field surprise"


@pytest.mark.parametrize(("subject", "fields"), WRONG)
def test_a_wrong_field_is_named(subject: str, fields: dict[str, Any]) -> None:
    identifier, value = RIGHT[subject]
    error = refusal_of(subject, identifier, value | fields)
    assert error.detail.startswith(f"{subject}: field {next(iter(fields))}")


@pytest.mark.parametrize("subject", ["source", "officer", "bank", "plan"])
def test_a_party_or_plan_can_be_withdrawn(subject: str) -> None:
    assert validate_item(subject, RIGHT[subject][0], None) is None


@pytest.mark.parametrize("subject", ["programme", "rule", "setting", "quorum"])
def test_what_money_depends_on_cannot_be_withdrawn(subject: str) -> None:
    assert refusal_of(subject, RIGHT[subject][0], None).detail == f"{subject}: cannot be withdrawn"


@pytest.mark.parametrize(
    ("subject", "identifier"),
    [("source", "Bureau"), ("bank", "4022"), ("programme", "farm"), ("rule", "R1"), ("rule", "S01"), ("rule", "R01\n")],
)
def test_an_id_of_a_wrong_shape_is_refused_also_when_withdrawing(subject: str, identifier: str) -> None:
    for value in (RIGHT[subject][1], None):
        assert refusal_of(subject, identifier, value).detail == f"{subject}: field {subject}"


def test_only_known_settings_can_be_set() -> None:
    assert refusal_of("setting", "cooling_off_days", {"value": 1}).detail == "setting: unknown name"
    for name in SETTINGS:
        assert validate_item("setting", name, {"value": 0}) is not None


def test_a_setting_is_at_most_a_year_of_hours() -> None:
    assert validate_item("setting", "cooling_off_hours", {"value": 8760}) is not None
    assert refusal_of("setting", "cooling_off_hours", {"value": 8761}).detail == "setting: field value"


def test_a_rule_without_words_runs_as_the_catalogue_says() -> None:
    assert validate_item("rule", "R05", {}) == RuleValue(enabled=True, level=None, required=False, parameters={})


@pytest.mark.parametrize(
    ("subject", "value", "defaults"),
    [
        ("source", {"name": "财政局", "type": "bureau"}, {"bank": None}),
        ("bank", {"name": "农行"}, {"branch": None, "file_lines_max": 200_000, "file_fen_max": 9_007_199_254_740_991}),
        (
            "programme",
            {name: PROGRAMME[name] for name in REQUIRED},
            {
                "standard_kind": "exact",
                "universal": False,
                "review_window_hours": 72,
                "publicity_required": True,
                "bars_payroll": False,
                "age_min": None,
                "age_max": None,
                "excludes": [],
                "line_max_fen": None,
                "sensitive": False,
            },
        ),
    ],
)
def test_what_a_value_does_not_say_has_its_usual_value(
    subject: str, value: dict[str, Any], defaults: dict[str, Any]
) -> None:
    found = validate_item(subject, RIGHT[subject][0], value)
    assert found is not None
    assert found.model_dump() == value | defaults


@pytest.mark.parametrize(
    ("subject", "field"),
    [
        *(("source", field) for field in ("name", "type")),
        *(("officer", field) for field in OFFICER),
        ("bank", "name"),
        *(("programme", field) for field in REQUIRED),
        *(("plan", field) for field in ("programme", "fen")),
        ("setting", "value"),
        ("quorum", "type"),
    ],
)
def test_what_a_value_must_say_may_not_be_missing(subject: str, field: str) -> None:
    identifier, value = RIGHT[subject]
    rest = {name: said for name, said in value.items() if name != field}
    assert refusal_of(subject, identifier, rest).detail == f"{subject}: field {field}"


@pytest.mark.parametrize("kind", ["bureau", "department", "township", "bank", "oversight", "citizen", "monitor"])
def test_every_type_of_source_is_taken(kind: str) -> None:
    assert validate_item("source", "source-1", {"name": "示例", "type": kind}) is not None


def test_the_settings_have_their_usual_values() -> None:
    assert dict(SETTINGS) == {"cooling_off_hours": 72}


def test_a_programme_may_have_no_standard() -> None:
    assert validate_item("programme", "FARM", make_programme(standard_fen=None)) is not None

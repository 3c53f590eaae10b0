"""A county's policy file: what it sets in which order, what it takes out, and what is told when something is wrong."""

import re
from pathlib import Path

import pytest

from consolidator.intake.policy_files import parse_policy_file, render_columns
from consolidator.transparency.keys import derive_signer, render_vkey
from schemas.errors import InputError
from schemas.policy import SUBJECTS

SIGNER = derive_signer("clerk", bytes(32)).verifier
OFFICER = f"""
[officer.clerk]
key = "{render_vkey(SIGNER)}"
source = "bureau"
person = "P-1"
role = "clerk"
kinds = ["release"]
programmes = ["*"]
regions = ["511112"]
"""


def test_items_stand_in_an_order_in_which_each_finds_what_it_stands_on() -> None:
    text = """
    [plan."示财计〔2026〕1号"]
    programme = "FARM"
    fen = 100
    [source.bureau]
    name = "财政局"
    type = "bureau"
    [bank.402]
    name = "农信社"
    [setting]
    cooling_off_hours = 24
    """
    items = parse_policy_file(text + OFFICER)
    assert [item[0] for item in items] == ["bank", "source", "officer", "plan", "setting"]
    assert items[-1] == ("setting", "cooling_off_hours", {"value": 24})
    assert items[3][1] == "示财计〔2026〕1号"


def test_an_officer_s_key_may_be_the_line_that_key_new_prints() -> None:
    assert parse_policy_file(OFFICER)[0][2]["key"] == SIGNER.public.hex()  # type: ignore[index]  # it is set
    bare = OFFICER.replace(render_vkey(SIGNER), SIGNER.public.hex())
    assert parse_policy_file(bare) == parse_policy_file(OFFICER)


def test_officers_and_plans_go_before_anything_is_set_sources_and_banks_when_nothing_stands_on_them() -> None:
    text = "[withdraw]\nbank = ['1']\nsource = ['a']\nofficer = ['b', 'c']\n[rule.R11]\nenabled = false\n"
    items = parse_policy_file(text.replace("'1'", "'105'"))
    assert [(subject, name) for subject, name, _ in items] == [
        ("officer", "b"),
        ("officer", "c"),
        ("rule", "R11"),
        ("source", "a"),
        ("bank", "105"),
    ]
    assert [value for _, _, value in items] == [None, None, {"enabled": False}, None, None]


def test_every_subject_of_policy_can_be_set_from_a_file() -> None:
    text = "[quorum.release]\ntype = 'none'\n"
    assert parse_policy_file(text) == [("quorum", "release", {"type": "none"})]
    for subject in SUBJECTS:
        with pytest.raises(InputError, match=subject):
            parse_policy_file(f"[{subject}.X]\nnonsense = 1\n")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "sets nothing"),
        ("[rule.R11", "not TOML"),
        ("[rules.R11]\nenabled = true", r"\[rules\]: unknown"),
        ("rule = 1", r"rule: write \[rule.ID\]"),
        ("[rule]\nR11 = 3", r"\[rule.R11\]: a table is wanted"),
        ("[rule.R11]\nlevel = 'green'", r"\[rule.R11\]: rule: field level"),
        ("[rule.R99]\nenabled = false", r"\[rule.R99\]: unknown code; known are R01"),
        ("[rule.R11]\nparameters = { x = 1 }", "unknown parameter x; known are persons_max"),
        ("[rule.R01]\nparameters = { x = 1 }", "unknown parameter x; known are none"),
        ("[setting]\nnonsense = 3", r"\[setting.nonsense\]: setting: unknown name"),
        ("[withdraw]\nrule = ['R11']", r"\[withdraw\]: lists of ids"),
        ("withdraw = ['R11']", r"\[withdraw\]: lists of ids"),
        ("[withdraw]\nplan = 'P-1'", r"\[withdraw\]: lists of ids"),
        ("[withdraw]\nplan = [3]", r"\[withdraw\]: lists of ids"),
    ],
)
def test_what_is_wrong_is_named_by_table_and_field(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        parse_policy_file(text)
    assert caught.value.code == "S02"


def test_columns_are_those_of_a_policy_document() -> None:
    columns = render_columns(parse_policy_file("[rule.R11]\nenabled = false"))
    assert columns == {"subject": ["rule"], "id": ["R11"], "value": [{"enabled": False}]}


def test_the_example_in_the_documentation_can_be_read() -> None:
    page = (Path(__file__).parents[3] / "docs" / "county.md").read_text(encoding="utf-8")
    (example,) = [block for block in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if "[programme." in block]
    keys = re.sub(r'key = "[^"]*"', f'key = "{SIGNER.public.hex()}"', example)
    assert {item[0] for item in parse_policy_file(keys)} == {*SUBJECTS} - {"quorum"}

"""The page about formats is true: its profiles can be loaded, its samples can be read, and it names every profile."""

import json
import re
from pathlib import Path

import pytest

from bank_adapters.formats.layouts import InLayout
from bank_adapters.profiles import load_profiles, parse_profile
from bank_adapters.reading import parse_file
from schemas.codes import CODES
from tests.unit.bank_adapters.samples import COVER, COVER_TOTALS, find_in

PAGE = (Path(__file__).parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")


def list_blocks(word: str) -> list[str]:
    return re.findall(rf"```{word}\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.mark.parametrize("text", list_blocks("toml"))
def test_a_profile_on_the_page_can_be_loaded(text: str) -> None:
    assert parse_profile(text, "page").name.endswith("777")


def test_the_samples_on_the_page_can_be_read() -> None:
    (batch,) = (block for block in list_blocks("csv") if block.startswith("序号,村代码"))
    draft = parse_file(find_in("bureau-batch"), "batch_1.csv", batch.encode(), COVER_TOTALS.encode())
    (rows,) = list_blocks("json")
    same = parse_file(find_in("bureau-batch"), "batch_1.json", rows.encode(), COVER_TOTALS.encode())
    assert draft.columns["amount_fen"] == same.columns["amount_fen"] == [39606]
    (pay,) = (block for block in list_blocks("text") if "0017|1|396.00" in block)
    raw = pay.replace("\n", "\r\n").encode("gb18030")
    assert parse_file(find_in("batchpay-402"), "x.txt", raw, COVER.encode()).columns["bad"] == []
    assert json.loads(rows)
    (answer,) = (block for block in list_blocks("text") if "|S000|" in block)
    told = parse_file(find_in("results-402"), "x.txt", answer.encode("gbk"), None).columns
    assert (told["status"], told["bad"]) == (["credited", "failed"], [])


def test_the_page_names_every_profile() -> None:
    told = PAGE.replace("`register-population` `-", "`register-population` `register-").replace("` `-", "` `register-")
    for name, profile in load_profiles().items():
        assert f"`{name}`" in told or (not isinstance(profile, InLayout) and f"| {profile.bank} |" in PAGE)


def test_the_page_explains_every_code_of_a_file() -> None:
    told = set(re.findall(r"I[0-9]{2}", PAGE))
    assert told >= {code for code in CODES if "I10" <= code <= "I29"} - {"I21"}

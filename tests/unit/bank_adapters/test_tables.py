"""CSV files of the bureau, departments and townships."""

import pytest

from bank_adapters.drafts import Draft
from bank_adapters.formats import text
from bank_adapters.reading import parse_file
from schemas.errors import InputError
from tests.unit.bank_adapters.samples import COVER_TOTALS, ID, TITLES, bureau_row, find_in, read_bureau

OTHER = "511199198402040019"


def refusal(*rows: str, cover: str = COVER_TOTALS, titles: str = TITLES) -> InputError:
    with pytest.raises(InputError) as caught:
        read_bureau(*rows, cover=cover, titles=titles)
    return caught.value


def read_register(name: str, word: str, text: str, update: str = "全量") -> Draft:
    cover = f"编号,R-1\n登记册,{word}\n更新方式,{update}\n截至日期,2026-10-31\n"
    return parse_file(find_in(f"register-{name}"), f"register_{name}_1.csv", text.encode(), cover.encode())


def test_every_column_finds_its_place() -> None:
    row = bureau_row(
        村代码="511112101201",
        组="三组",
        户主姓名="户",
        户主身份证号=OTHER,
        领款人姓名="领",
        领款人身份证号=OTHER,
        关系="子",
        数量="12.35",
        单位="亩",
        账号="6299402447587213728",
        开户行="示例行",
        行号="402665500015",
        编号="D-1",
        备注="注",
        **{"标准(元)": "32.07"},
    )
    columns = read_bureau(row).columns
    assert columns["quantity_milli"] == [12350]
    assert columns["rate_fen"] == [3207]
    assert columns["payee_id"] == [OTHER]
    assert columns["payee_name"] == ["领"]
    assert columns["head_id"] == [OTHER]
    assert columns["plot"] == ["D-1"]
    assert columns["village"] == ["511112101201"]


def test_empty_columns_mean_the_beneficiary_himself() -> None:
    columns = read_bureau(bureau_row()).columns
    assert columns["payee_id"] is None
    assert columns["payee_name"] is None
    assert columns["head_id"] is None
    assert columns["quantity_milli"] == [None]


def test_a_payee_on_one_row_fills_the_others_with_the_beneficiary() -> None:
    columns = read_bureau(bureau_row(), bureau_row(领款人姓名="领", 领款人身份证号=OTHER)).columns
    assert columns["payee_id"] == [ID, OTHER]
    assert columns["payee_name"] == ["示例", "领"]


def test_half_a_payee_is_left_for_the_ledger_to_refuse() -> None:
    columns = read_bureau(bureau_row(领款人身份证号=OTHER), bureau_row(领款人姓名="领"), bureau_row()).columns
    assert columns["payee_id"] == [OTHER, "", ID]
    assert columns["payee_name"] == ["", "领", "示例"]


def test_a_firm_is_told_by_the_shape_of_its_code() -> None:
    columns = read_bureau(bureau_row(享受对象身份证号="91511112MA00000000"), bureau_row()).columns
    assert columns["beneficiary_id_type"] == ["uscc", "resident"]
    assert "payee_id_type" not in columns


def test_a_quantity_that_cannot_be_read_is_named() -> None:
    draft = read_bureau(bureau_row(数量="1.2345", **{"标准(元)": "x"}))
    assert draft.columns["bad"] == [(0, "quantity_milli", "I23"), (0, "rate_fen", "I20")]


def test_quoted_fields_may_hold_commas() -> None:
    assert read_bureau(bureau_row(备注='"一,二"'), bureau_row()).columns["remark"] == ["一,二", None]


def test_two_stray_quotation_marks_swallow_no_rows() -> None:
    error = refusal(bureau_row(备注='"一'), bureau_row(), bureau_row(序号='"'))
    assert (error.code, error.position) == ("I14", "row 2")


def test_what_a_spreadsheet_leaves_at_the_end_is_no_row() -> None:
    assert read_bureau(bureau_row(), "," * TITLES.count(","), "", "\x1a").columns["row"] == [2]


def test_quotes_that_do_not_match_are_refused_with_the_row() -> None:
    assert refusal(bureau_row(备注='"一')).code == "I14"


def test_titles_are_compared_by_name() -> None:
    swapped = TITLES.replace("序号,村代码", "村代码,序号")
    row = bureau_row().replace("1,,", "511112101201,1,", 1)
    assert read_bureau(row, titles=swapped).columns["village"] == ["511112101201"]
    wide = TITLES.replace("(", "\uff08").replace(")", "\uff09")
    assert read_bureau(bureau_row(), titles=wide).columns["amount_fen"] == [39600]


def test_a_missing_or_added_title_is_refused() -> None:
    assert refusal(bureau_row(), titles=TITLES.replace("备注", "注")).position == "row 1"
    assert refusal(bureau_row(), titles=f"{TITLES},序号").code == "I15"


def test_a_row_of_another_width_refuses_the_file() -> None:
    error = refusal(bureau_row(), bureau_row() + ",")
    assert (error.code, error.position) == ("I14", "row 3")


def test_titles_alone_and_nothing_at_all_are_refused() -> None:
    assert refusal().code == "I17"
    with pytest.raises(InputError, match="I17"):
        parse_file(find_in("bureau-batch"), "batch_1.csv", b"", COVER_TOTALS.encode())


def test_rows_of_commas_alone_are_nothing() -> None:
    with pytest.raises(InputError, match="I17"):
        parse_file(find_in("bureau-batch"), "batch_1.csv", b",,,\n,,\n", COVER_TOTALS.encode())


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "ROWS_MAX", 1)
    assert refusal(bureau_row(), bureau_row(), bureau_row()).code == "I02"


def test_registers_say_their_words_in_ours() -> None:
    library = read_register("library", "对象库", f"身份证号,村代码,状态\n{ID},511112101201,在册\n{ID},5,其他\n")
    assert library.columns["status"] == ["active", "其他"]
    assert library.fields["register_name"] == "library"
    assert library.fields["update"] == "full"
    titles = "领款人身份证号,享受对象身份证号,关系,起始日期,截止日期"
    relations = read_register("relations", "关系", f"{titles}\n{ID},{OTHER},监护,2025-01-01,\n", "delta")
    assert relations.columns["relation"] == ["guardian"]
    assert relations.columns["to_on"] == [None]


def test_the_cover_must_name_the_files_own_register() -> None:
    with pytest.raises(InputError, match="I12"):
        read_register("deaths", "人口", f"身份证号,死亡日期\n{ID},2026-01-01\n")


def test_a_census_lists_programmes_and_keepers() -> None:
    titles = "持卡人身份证号,银行代码,账号,行号,发放项目,保管人"
    raw = f"{titles}\n{ID},402,6299402447587213728,,FARM;ORPHAN,村里\n{ID},402,6299402447587213729,,,\n".encode()
    draft = parse_file(find_in("census"), "census_1.csv", raw, "编号,C-1\n截至日期,2026-10-31\n".encode())
    assert draft.columns["programmes"] == [["FARM", "ORPHAN"], []]
    assert draft.columns["keeper"] == ["village", "unknown"]
    assert draft.columns["branch"] == [None, None]


def test_a_file_name_with_a_long_number_does_not_reach_the_header() -> None:
    raw = f"{TITLES}\n{bureau_row()}".encode()
    draft = parse_file(find_in("bureau-batch"), f"batch_{ID}.csv", raw, COVER_TOTALS.encode())
    assert draft.fields["file"]["name"] == "batch_x.csv"

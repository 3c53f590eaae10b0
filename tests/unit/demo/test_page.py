"""The page: what a clerk must see is on it, in the terminal and in the file, and nothing personal is."""

import re
from html.parser import HTMLParser

import pytest
from rich.console import Console

from consolidator.demo.contents import render_page
from consolidator.demo.corrected import Corrected, tell_corrected
from consolidator.demo.forming import Cosigned, Forming
from consolidator.demo.html import render_html
from consolidator.demo.judging import Score
from consolidator.demo.page import Facts, Section, Table, render_money
from consolidator.demo.story import tell_story
from consolidator.demo.terminal import print_page
from tests.unit.demo import logs

CHECKPOINT = "consolidator.example/511112\n12\nAAAA\n\n— consolidator.example/511112 c2ln\n"


@pytest.fixture
def sections() -> list[Section]:
    story = tell_story(logs.month())
    banks = {"102": "示例工行", "402": "示例农信社"}
    return render_page(Facts(story, Score(5, 5, 0), banks, 10, 25, 9, CHECKPOINT, "vkey", "demo-home"))


def _print(sections: list[Section], width: int = 100) -> str:
    console = Console(width=width, record=True, file=None, force_terminal=False, quiet=False)
    with console.capture() as capture:
        print_page(sections, console)
    return capture.get()


MUST_SEE = (
    "一个县的一个月",
    "示例数据,人物均为虚构",
    "村干部一家三口",
    "agri/B1/2",
    "吴*",
    "村干部本人",
    "两人复核放行",
    "bank-402/B2",
    "示例农信社",
    "示例工行",
    "一户多人重复",
    "无见证,仅供演示",
    "consolidator.example/511112",
    "consolidator log verify --home demo-home",
    "25",
)


@pytest.mark.parametrize("wanted", MUST_SEE)
def test_terminal_and_file_show_what_a_clerk_must_see(sections: list[Section], wanted: str) -> None:
    assert wanted in _print(sections, 400)
    assert wanted in render_html(sections)


FORMING = Forming(
    frozenset(("w1", "w2", "w3", "w4")),
    3,
    frozenset(("w1", "w2")),
    [
        Cosigned("w3", 12, "2026-11-05T01:02:03Z", 1, is_quorum=False, waiting=2),
        Cosigned("w1", 12, "2026-11-05T01:02:04Z", 2, is_quorum=False, waiting=2),
        Cosigned("w4", 12, "2026-11-05T01:02:05Z", 3, is_quorum=True, waiting=0),
    ],
    sent=["402/a.txt", "102/b.csv"],
)


def test_with_witnesses_the_page_shows_the_quorum_forming_and_who_waited() -> None:
    facts = Facts(tell_story([]), Score(0, 0, 0), {}, 0, 0, 0, CHECKPOINT, "vkey", "h", FORMING, ["start w1"])
    sections = render_page(facts)
    told = next(section for section in sections if section.title.startswith("八"))
    assert told.table is not None
    assert told.table.rows == [
        ("w3", "01:02:03Z", "1/4", "12", "2"),
        ("w1 逐条核验 follows", "01:02:04Z", "2/4", "12", "2"),
        ("w4", "01:02:05Z", "3/4 达到要求 quorum", "12", "0"),
    ]
    assert told.verbatim == ["402/a.txt  + .tlog-proof", "102/b.csv  + .tlog-proof"]
    assert "无见证" not in _print(sections) + render_html(sections)
    assert sections[-1].verbatim[-1] == "start w1"


def test_no_whole_name_is_shown(sections: list[Section]) -> None:
    shown = _print(sections, 400) + render_html(sections)
    assert not [name for name in ("周穗青", "吴禾安", "吴麦冬") if name in shown]


def test_sums_are_exact_and_grouped_for_people(sections: list[Section]) -> None:
    decided = next(section.table for section in sections if section.title.startswith("二"))
    assert decided is not None
    assert [tuple(row[1:]) for row in decided.rows] == [("2", "7.40"), ("3", "3.00"), ("3", "9.50"), ("8", "19.90")]
    paid = next(section.table for section in sections if section.title.startswith("七"))
    assert paid is not None
    assert paid.rows[-1][1:] == ("2", "2", "8.00")


def test_findings_stand_in_order_of_gravity(sections: list[Section]) -> None:
    reasons = next(section.table for section in sections if section.title.startswith("三"))
    assert reasons is not None
    follows = [row[2].split(" ")[0] for row in reasons.rows]
    assert follows == ["退回", "退回", "拦截", "拦截", "发放并核查", "发放并核查", "提示"]


def test_a_narrow_terminal_loses_no_digit(sections: list[Section]) -> None:
    assert "19.90" in _print(sections, 60)


def test_what_banks_answered_is_told_in_sums_with_what_to_look_at() -> None:
    facts = Facts(tell_story(logs.answered()), Score(0, 0, 0), {}, 0, 0, 0, CHECKPOINT, "vkey", "h")
    sections = render_page(facts)
    told = next(section for section in sections if section.title.startswith("九"))
    assert told.sentences[0] == "银行逐笔回报:到账 0 笔,失败 1 笔(如已销户),退票 1 笔;1 笔次日才查明。"
    assert "1 笔回执与指令不符(R51)" in told.sentences[1]
    assert told.sentences[2] == "没有待办明细的 1 个批次已办结。"
    assert told.table is not None
    assert told.table.rows == [
        ("发放失败 failed", "1", "1.00"),
        ("已退票 returned", "1", "7.00"),
        ("已送银行,尚无结果 ordered", "0", "0.00"),
    ]
    assert any(line.endswith("explain --home h agri/B1/2") for line in sections[-1].verbatim)
    reasons = next(section.table for section in sections if section.title.startswith("三"))
    assert reasons is not None
    follows = {row[0]: row[2].split(" ")[0] for row in reasons.rows}
    assert (follows["R51"], follows["R53"]) == ("不记入,与银行核实", "清单退报送单位")


def tell_corrections(chosen: set[int]) -> Section:
    """Give the page's part on corrections of lines 2 and 4 of agri/B1."""
    corrected = tell_corrected(logs.corrected(), "agri", ("B1-FIX", "B1-RAISED", "B1-TWICE"), chosen)
    story = tell_story(logs.answered())
    facts = Facts(story, Score(0, 0, 0), {}, 0, 0, 0, CHECKPOINT, "vkey", "h", corrected=corrected)
    return next(section for section in render_page(facts) if section.title.startswith("十、更正重发"))


def test_corrections_are_told_line_by_line_with_orders_that_name_the_round() -> None:
    told = tell_corrections({4})
    assert told.table is not None
    assert told.table.rows == [
        ("agri/B1/2\n→ 511112/agri/B1-FIX/1/1", "发放成功 credited", "1.00"),
        ("agri/B1/4\n→ 511112/agri/B1-FIX/2/1", "存疑拦截 held", "7.00"),
    ]
    assert "多报 1 元被退回(R44 更正金额放大),再更正一次也被退回(R45 重复更正)。" in told.sentences
    assert any("1 人先改选账户" in sentence for sentence in told.sentences)


def test_where_nobody_chose_another_account_nothing_is_said_of_it() -> None:
    assert not any("改选" in sentence for sentence in tell_corrections(set()).sentences)


def test_a_refusal_that_did_not_come_is_not_claimed() -> None:
    corrected = Corrected("agri/B1-FIX", [], [], [])
    facts = Facts(tell_story([]), Score(0, 0, 0), {}, 0, 0, 0, CHECKPOINT, "vkey", "h", corrected=corrected)
    told = next(section for section in render_page(facts) if "更正重发" in section.title)
    assert "多报 1 元被退回(-),再更正一次也被退回(-)。" in told.sentences
    assert "One yuan more was refused (-), and so was a second correction of the same line (-)." in told.sentences


def test_without_corrections_the_page_says_nothing_of_them(sections: list[Section]) -> None:
    assert not any("更正重发" in section.title for section in sections)


def test_before_banks_answer_the_page_says_nothing_of_it(sections: list[Section]) -> None:
    assert not any("银行回报" in section.title for section in sections)


def test_without_a_reviewed_family_its_section_is_left_out() -> None:
    facts = Facts(tell_story([]), Score(0, 0, 0), {}, 0, 0, 0, CHECKPOINT, "vkey", "h")
    assert not any("一家三口" in section.title for section in render_page(facts))


class _Tags(HTMLParser):
    """Collects tags and checks that they nest."""

    def __init__(self) -> None:
        """Start with nothing open."""
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tag."""
        self.attributes += attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the tag opened last."""
        assert self.open.pop() == tag


def test_the_file_is_one_well_formed_page_that_loads_nothing(sections: list[Section]) -> None:
    html = render_html(sections)
    tags = _Tags()
    tags.feed(html)
    assert tags.open == []
    assert not {name for name, _ in tags.attributes} & {"src", "href", "onclick"}
    assert not re.search(r"https?:|url\(|@import", html)
    assert ("name", "viewport") in tags.attributes


def test_texts_cannot_become_markup() -> None:
    odd = "<b>&[bold]</b>"
    section = Section(odd, (odd,), Table((odd,), ((odd,),), 0), (odd,))
    html = render_html([section])
    assert "<b>" not in html
    assert html.count("&lt;b&gt;&amp;[bold]&lt;/b&gt;") == 5
    assert _print([section]).count(odd) == 5


@pytest.mark.parametrize(
    ("fen", "text"), [(0, "0.00"), (5, "0.05"), (100_000, "1,000.00"), (10**13, "100,000,000,000.00")]
)
def test_money_is_written_in_yuan_with_groups(fen: int, text: str) -> None:
    assert render_money(fen) == text


def test_a_line_that_still_waits_is_offered_for_a_review_with_the_samples_key() -> None:
    facts = Facts(tell_story(logs.month()[:6]), Score(0, 0, 0), {}, 0, 0, 0, CHECKPOINT, "vkey", "h")
    lines = render_page(facts)[-1].verbatim
    assert any("review stop --home h --key h/sample/keys/officer-" in line and "agri/B1 1 " in line for line in lines)
    assert any(line.endswith("run --home h --once") for line in lines)

"""Owns the parts of the demo's page, as plain values that a terminal and a browser both can show."""

from collections.abc import Sequence
from dataclasses import dataclass

from consolidator.demo.corrected import Corrected
from consolidator.demo.forming import Forming
from consolidator.demo.judging import Score
from consolidator.demo.story import Story, Sum

TITLE = "惠农补贴一卡通统发 · 一个县的一个月"
SUBTITLE = "One county's month, end to end · 示例数据,人物均为虚构 / sample data, all persons are fictional"
STATES = {
    "ready": "待发放 ready",
    "held": "存疑拦截 held",
    "refused": "退回 refused",
    "stopped": "停发 stopped",
}


@dataclass(frozen=True, slots=True)
class Table:
    """Heads and rows of texts; the last ``numbers`` columns are numbers and stand at the right."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: int


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: title, sentences (Chinese, then English), perhaps a table, perhaps lines as they are."""

    title: str
    sentences: Sequence[str]
    table: Table | None = None
    verbatim: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the page is made of. ``banks``: code → name; ``people`` hold ``cards`` and chose so many ``accounts``.

    ``forming`` tells how the quorum formed; None where nobody witnesses. ``corrected`` is None where nothing was
    corrected. ``restart`` are the commands by which the
    witnesses run again.
    """

    story: Story
    score: Score
    banks: dict[str, str]
    people: int
    cards: int
    accounts: int
    checkpoint: str
    vkey: str
    home: str
    forming: Forming | None = None
    restart: Sequence[str] = ()
    corrected: Corrected | None = None


def render_money(fen: int) -> str:
    """Write yuan for people.

    >>> render_money(123456789)
    '1,234,567.89'
    """
    return f"{fen // 100:,}.{fen % 100:02d}"


def render_sum(total: Sum) -> tuple[str, str]:
    """Write a number of lines and their money.

    >>> render_sum(Sum(1200, 5))
    ('1,200', '0.05')
    """
    return f"{total.count:,}", render_money(total.fen)

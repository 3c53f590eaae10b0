"""Owns the page as one HTML file: nothing is loaded from elsewhere, and a phone shows it well."""

from collections.abc import Sequence
from html import escape

from consolidator.demo.page import SUBTITLE, TITLE, Section, Table

_STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#777}
body{font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;
max-width:52rem;margin:0 auto;padding:1rem}
h1{font-size:1.4rem;margin:.5rem 0 0}
h2{font-size:1.1rem;margin:2rem 0 .5rem;border-top:1px solid var(--line);padding-top:1rem}
p{margin:.4rem 0}.soft{color:var(--soft)}.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%}th,td{padding:.35rem .6rem .35rem 0;text-align:left;vertical-align:top;
border-bottom:1px solid var(--line)}th{font-weight:600;color:var(--soft)}
.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
td{overflow-wrap:break-word}th:first-child,td:first-child{min-width:2.6em}
pre{overflow-x:auto;padding:.8rem;border:1px solid var(--line);border-radius:.4rem;font-size:.85rem}
"""


def render_html(sections: Sequence[Section]) -> str:
    """Write the page as HTML."""
    body = "\n".join(map(_render_section, sections))
    return (
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(TITLE)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<h1>{escape(TITLE)}</h1>\n<p class="soft">{escape(SUBTITLE)}</p>\n{body}\n</body>\n</html>\n'
    )


def _render_section(section: Section) -> str:
    parts = [f"<h2>{escape(section.title)}</h2>", *(f"<p>{escape(sentence)}</p>" for sentence in section.sentences)]
    if section.table is not None:
        parts.append(_render_table(section.table))
    if section.verbatim:
        parts.append(f"<pre>{escape(chr(10).join(section.verbatim))}</pre>")
    return f"<section>\n{chr(10).join(parts)}\n</section>"


def _render_table(table: Table) -> str:
    first_number = len(table.heads) - table.numbers
    heads = _render_cells("th", table.heads, first_number)
    rows = "\n".join(f"<tr>{_render_cells('td', row, first_number)}</tr>" for row in table.rows)
    return f'<div class="scroll"><table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table></div>'


def _render_cells(tag: str, cells: Sequence[str], first_number: int) -> str:
    return "".join(
        f"<{tag}{' class=n' if place >= first_number else ''}>{escape(cell)}</{tag}>"
        for place, cell in enumerate(cells)
    )

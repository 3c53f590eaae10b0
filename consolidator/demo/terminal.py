"""Owns the page in a terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from consolidator.demo.page import SUBTITLE, TITLE, Section, Table


def print_page(sections: Sequence[Section], console: Console) -> None:
    """Print the page. Texts are taken as they are: nothing in them is markup."""
    console.print(Text(TITLE, style="bold"))
    console.print(Text(SUBTITLE, style="dim"))
    for section in sections:
        console.print()
        console.print(Text(section.title, style="bold cyan"))
        for sentence in section.sentences:
            console.print(Text(sentence))
        if section.table is not None:
            console.print(_lay_out(section.table))
        for line in section.verbatim:
            console.print(Text(f"  {line}"), soft_wrap=True)


def _lay_out(table: Table) -> RichTable:
    laid = RichTable(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for place, head in enumerate(table.heads):
        is_number = place >= len(table.heads) - table.numbers
        laid.add_column(Text(head), justify="right" if is_number else "left", no_wrap=is_number, overflow="fold")
    for row in table.rows:
        laid.add_row(*map(Text, row))
    return laid

"""Owns the order of the page's sections."""

from consolidator.demo import decided, paid, witnessed
from consolidator.demo.page import Facts, Section


def render_page(facts: Facts) -> list[Section]:
    """Write the page's sections in order."""
    story = facts.story
    sections = (
        decided.tell_incoming(story),
        decided.tell_decisions(story),
        decided.tell_reasons(story),
        decided.tell_family(story),
        paid.tell_cards(facts),
        paid.tell_acts(story),
        paid.tell_banks(facts),
        witnessed.tell_quorum(facts),
        paid.tell_results(story),
        paid.tell_corrections(facts),
        paid.tell_checkpoint(facts),
        paid.tell_score(facts),
        paid.tell_next(facts),
    )
    return [section for section in sections if section is not None]

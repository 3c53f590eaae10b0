"""Owns the offering again of documents whose number is due now: the same bytes with the same stamps, once more.

Only when nothing else is pending and all is committed, so that a restart at any moment gives the same log.
"""

from collections.abc import Sequence

from consolidator.facts.state import State
from consolidator.home.documents import read_documents
from consolidator.ledger.powers import find_officer
from streams.journal import DocumentJournal


def list_due(state: State, journal: DocumentJournal) -> list[str]:
    """Give the digests of waiting documents whose number is the next of their key, in order of keys.

    A key that is not registered any more has nothing due: its documents would only be turned away. Nor is a document
    due that was retired with its year: it is new when it is sent again.
    """
    found = (
        waiting.get(len(state.sequences.get(key, ())) + 1)
        for key, waiting in sorted(state.gaps.items())
        if find_officer(state, key) is not None
    )
    return [digest for digest in found if digest is not None and journal.holds_document(digest)]


def list_open(state: State) -> frozenset[str]:
    """Give the digests of all waiting documents."""
    return frozenset(digest for waiting in state.gaps.values() for digest in waiting.values())


def offer_again(journal: DocumentJournal, digests: Sequence[str]) -> None:
    """Append the commands of these documents again, all at once."""
    found = read_documents(journal, digests)
    journal.append([command for digest in digests for command in found[digest]])

"""Owns the finding of who caused a change: the document it names as its cause, and the first of two persons."""

from collections.abc import Iterable, Mapping
from typing import Any

from consolidator.views.reading import Records, list_entries

Act = dict[str, Any]
_NOBODY: Act = {"source": "", "document": "", "of": "", "key": "", "confirms": ""}


def find_acts(records: Records, digests: Iterable[str]) -> Mapping[str, Act]:
    """Give, by digest, what the log says of documents that caused something: name, kind, key.

    Of a confirm it is the document that was confirmed, with the second person's key as ``second``. It costs one look
    through the log for each.
    """
    return {digest: _find_act(records, digest) for digest in digests}


def _find_act(records: Records, digest: str) -> Act:
    act = _find_document(records, digest)
    if not act["confirms"]:
        return act | {"second": ""}
    return _find_document(records, act["confirms"]) | {"second": act["key"]}


def _find_document(records: Records, digest: str) -> Act:
    entries = list_entries(records.bundles(), f'"digest":"{digest}"'.encode())
    accepted = (entry.fields for entry in entries if entry.fields.get("outcome") == "new")
    return _NOBODY | next(accepted, {})

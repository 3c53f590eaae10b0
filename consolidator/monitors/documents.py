"""Owns the ``finding`` document of an anomaly: the same anomaly under the same number is the same bytes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from schemas.anomalies import Anomaly
from schemas.documents import render_document, render_parts


def render_finding_document(
    anomaly: Anomaly, number: int, source: str, key: str, sign: Callable[[bytes], bytes]
) -> bytes:
    """Sign what a county's ledger is told. ``number`` is the key's there, ``source`` the monitor's id."""
    columns: Mapping[str, Sequence[Any]] = {
        "source": [anomaly.source],
        "document": [anomaly.document],
        "line": [anomaly.line],
        "entry": [anomaly.entry],
        "other_county": [anomaly.other_county],
        "other_entry": [anomaly.other_entry],
    }
    header = {
        "county": anomaly.county,
        "kind": "finding",
        "source": source,
        "id": f"{anomaly.rule}-{key[:8]}-{number}",  # another key of the same source begins at 1 again
        "seq": number,
        "code": anomaly.rule,
        "reference": anomaly.reference,
    }
    parts, count = render_parts(columns)
    return render_document(header, parts, count, key, sign)

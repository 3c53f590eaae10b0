"""Owns what a monitor found: the value of an anomalies record. It names lines by their places in logs, and nobody."""

from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.canonical import render_canonical
from schemas.errors import InvariantError
from schemas.identifiers import County, DocumentId, RuleCode, SourceId
from schemas.parts import EntryIndex, Line


class Double(NamedTuple):
    """What makes an anomaly the one it is: whoever finds it again has found nothing new."""

    rule: str
    county: str
    entry: int
    other_county: str
    other_entry: int


class Anomaly(BaseModel):
    """A line (batch by ``source`` and ``document``; ``entry`` in ``county``'s log) and the one it was compared with.

    ``reference`` is the monitor's name for it, keyed.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    v: Literal[1] = 1
    rule: RuleCode
    reference: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    county: County
    source: SourceId
    document: DocumentId
    line: Line
    entry: EntryIndex
    other_county: County
    other_entry: EntryIndex

    @property
    def double(self) -> Double:
        """What it is about, whoever found it and whatever it is called."""
        return Double(self.rule, self.county, self.entry, self.other_county, self.other_entry)


def render_anomaly(anomaly: Anomaly) -> bytes:
    """Write an anomaly."""
    return render_canonical(anomaly.model_dump())


def parse_anomaly(raw: bytes) -> Anomaly:
    """Read an anomaly. InvariantError for one that no monitor of ours wrote."""
    try:
        return Anomaly.model_validate_json(raw)
    except ValidationError as error:
        message = "a record holds no anomaly: the topic was written by somebody else, or by a newer program"
        raise InvariantError(message) from error

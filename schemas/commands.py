"""Owns commands: what stands in a county's one order. A header or part is the exact bytes that came in.

``at`` is intake's stamp (an instant); the ledger never reads a clock.
"""

import json
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from schemas.canonical import render_canonical
from schemas.errors import ConfigurationError
from schemas.identifiers import County, KeyId

CommandKind = Literal["genesis", "header", "part", "tick"]
SEMANTICS: Literal[1] = 1  # the behaviour this program knows; raised only at a position, by policy


@dataclass(frozen=True, slots=True)
class Command:
    """One command. ``document`` is the header digest (hex) of a header or part, ``index`` the place of a part.

    A header's ``body`` is its envelope's bytes, a part's its JSON bytes, a genesis' canonical JSON, a tick's empty.
    """

    kind: CommandKind
    at: int
    body: bytes
    document: str = ""
    index: int = 0


class Genesis(BaseModel):
    """The first command: pins county, origin of the log, root officers' public keys and the first quorum."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    v: Literal[1] = 1
    county: County
    origin: str = Field(pattern=r"^[a-z0-9.-]+(/[A-Za-z0-9._-]+)+$", max_length=200)
    roots: list[KeyId] = Field(min_length=2, max_length=9)
    quorum: Literal["none"] = "none"
    semantics: Literal[1] = SEMANTICS

    @field_validator("roots")
    @classmethod
    def _are_different(cls, value: list[str]) -> list[str]:
        """Two persons must be two keys at least."""
        if len(set(value)) != len(value):
            message = "a root officer stands twice"
            raise ValueError(message)
        return value


def render_genesis(genesis: Genesis) -> bytes:
    """Write a genesis command's body."""
    return render_canonical(genesis.model_dump())


def parse_genesis(body: bytes) -> Genesis:
    """Read a genesis command's body; a wrong one means the home is not what ``init`` made (ConfigurationError)."""
    try:
        return Genesis.model_validate(json.loads(body))
    except (ValidationError, ValueError) as error:
        message = "the first command is no genesis: make the home with 'consolidator init'"
        raise ConfigurationError(message) from error

"""Owns commands: what stands in a county's one order. A header or part is the exact bytes that came in.

``at`` is intake's stamp (an instant); the ledger never reads a clock.
"""

import json
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from schemas.canonical import render_canonical
from schemas.errors import ConfigurationError, InputError
from schemas.identifiers import County, KeyId
from schemas.quorum import NO_QUORUM, QuorumValue, check_quorum
from schemas.vkeys import ED25519, Verifier, parse_vkey

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
    """The first command: pins county, origin and key of the log, root officers' public keys and the first quorum.

    Older ones do not pin the log's ``key``; such a county cannot have witnesses.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    v: Literal[1] = 1
    county: County
    origin: str = Field(pattern=r"^[a-z0-9.-]+(/[A-Za-z0-9._-]+)+$", max_length=200)
    roots: list[KeyId] = Field(min_length=2, max_length=9)
    quorum: Literal["none"] | QuorumValue = "none"
    semantics: Literal[1] = SEMANTICS
    key: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,300}$")] | None = None

    @field_validator("roots")
    @classmethod
    def _are_different(cls, value: list[str]) -> list[str]:
        """Two persons must be two keys at least."""
        if len(set(value)) != len(value):
            message = "a root officer stands twice"
            raise ValueError(message)
        return value


def render_genesis(genesis: Genesis) -> bytes:
    """Write a genesis command's body. Raises InputError ``S02`` for a quorum or log key that cannot stand."""
    _check_oversight(genesis)
    return render_canonical(genesis.model_dump(exclude_none=True))


def parse_genesis(body: bytes) -> Genesis:
    """Read a genesis command's body; a wrong one means the home is not what ``init`` made (ConfigurationError)."""
    try:
        genesis = Genesis.model_validate(json.loads(body))
        _check_oversight(genesis)
    except (ValidationError, ValueError, InputError) as error:
        message = "the first command is no genesis: make the home with 'consolidator init'"
        raise ConfigurationError(message) from error
    return genesis


def find_log_key(genesis: Genesis) -> Verifier | None:
    """Give the log's key that the genesis pins, if it does. InputError ``S02`` for one that signs no such log."""
    if genesis.key is None:
        return None
    try:
        key = parse_vkey(genesis.key)
    except ConfigurationError as error:
        raise InputError("S02", f"the log's key: {error}") from error
    if key.kind != ED25519 or key.name != genesis.origin:
        raise InputError("S02", "the log's key has another name than its origin, or signs no logs")
    return key


def _check_oversight(genesis: Genesis) -> None:
    key = find_log_key(genesis)
    if isinstance(genesis.quorum, QuorumValue):
        if genesis.quorum.type == NO_QUORUM:
            raise InputError("S02", "quorum: a genesis without witnesses says so by a word, not by an object")
        check_quorum(genesis.quorum, key)

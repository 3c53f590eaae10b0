"""Owns quorums as data: whose cosignatures a release of money needs, and when that can be trusted at all.

There is one arithmetic: the ledger judges a proposed quorum by it, the log's readers a cosigned checkpoint. A name
stands in one group only, so a quorum is a tree with witnesses as leaves, and one walk over its groups answers anything.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from schemas.canonical import render_canonical
from schemas.errors import ConfigurationError, InputError
from schemas.vkeys import COSIGNATURE, Verifier, parse_vkey

NO_QUORUM = "none"
KEYWORDS = frozenset({"log", "witness", "group", "quorum", "all", "any", NO_QUORUM})  # of the policy file's language
DISHONEST_MAX = 1
_MEMBERS_MAX = 32  # what every reader of C2SP policy files takes
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
# Narrower than C2SP's: nothing that a policy file or a screen could not show. 33 bytes are 44 letters without padding.
Vkey = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:/-]{1,200}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$")]
# http or https, a host, perhaps a port and a path; no user, no query, nothing behind the last slash.
Url = Annotated[
    str,
    Field(
        pattern=r"^https?://([A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])"
        r"(:[1-9][0-9]{0,4})?(/[A-Za-z0-9._~-]{1,100}){0,8}$",
        max_length=400,
    ),
]
_PORT = re.compile(r":([0-9]+)(?:/|$)")
_PORT_MAX = 65_535


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class WitnessValue(_Strict):
    """A witness (见证方): its name here, its key (type 0x04), its address, and whether it follows the entries."""

    name: Name
    vkey: Vkey
    url: Url
    follows: bool = False


class GroupValue(_Strict):
    """A group: how many of its members, witnesses or groups above it, must have cosigned."""

    name: Name
    threshold: Annotated[int, Field(ge=1, le=_MEMBERS_MAX)]
    members: Annotated[list[Name], Field(min_length=1, max_length=_MEMBERS_MAX)]


class QuorumValue(_Strict):
    """Whose cosignatures a release of money needs: nobody's (``none``, for demonstration only), or the quorum named.

    As in a C2SP policy file, ``quorum`` names a witness or a group, and groups name what stands above them.
    """

    type: Literal["none", "witnesses"]
    witnesses: Annotated[list[WitnessValue], Field(max_length=_MEMBERS_MAX)] = []
    groups: Annotated[list[GroupValue], Field(max_length=_MEMBERS_MAX)] = []
    quorum: Name = NO_QUORUM


class GroupLike(Protocol):
    """A group in any form: the arithmetic needs no more."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def threshold(self) -> int:
        """How many members must agree."""

    @property
    def members(self) -> Sequence[str]:
        """Names of witnesses and groups."""


def is_met(quorum: str, groups: Iterable[GroupLike], names: Iterable[str]) -> bool:
    """Say whether the agreement of these witnesses, by name, is enough.

    >>> group = GroupValue(name="g", threshold=2, members=["a", "b", "c"])
    >>> is_met("g", [group], ["a", "c"]), is_met("g", [group], ["a"]), is_met("none", [], [])
    (True, False, True)
    """
    agreed = set(names)
    for group in groups:
        if len(agreed.intersection(group.members)) >= group.threshold:
            agreed.add(group.name)
    return quorum == NO_QUORUM or quorum in agreed


def count_overlap(quorum: str, witnesses: Iterable[str], groups: Iterable[GroupLike]) -> int:
    """Count the witnesses that any two sets, each enough for the quorum, have in common at least.

    In a group of n with threshold k, two sets of members overlap in 2k - n at least; an adversary chooses those
    members, for both sides, whose own overlap is the least.

    >>> group = GroupValue(name="g", threshold=3, members=["a", "b", "c", "d"])
    >>> count_overlap("g", "abcd", [group])
    2
    """
    overlaps = dict.fromkeys(witnesses, 1)
    for group in groups:
        forced = max(2 * group.threshold - len(group.members), 0)
        overlaps[group.name] = sum(sorted(overlaps[member] for member in group.members)[:forced])
    return overlaps.get(quorum, 0)


def check_quorum(value: QuorumValue, log: Verifier | None) -> None:
    """Refuse a quorum that cannot stand: InputError ``S02`` saying why. ``log`` is the log's own key, None if unknown.

    Names, keys and key names stand once each; no log witnesses itself; any two sets of witnesses that are enough have
    an honest one in common while one lies.
    """
    if value.type == NO_QUORUM:
        _require(value == QuorumValue(type="none"), "nobody cosigns, so it names no witnesses")
        return
    if log is None:
        raise InputError("S02", "quorum: the genesis does not pin the log's key, which no witness may have")
    _check_keys([log, *_parse_keys(value)])
    _check_names(value)
    overlap = count_overlap(value.quorum, (witness.name for witness in value.witnesses), value.groups)
    _require(
        overlap > DISHONEST_MAX,
        f"two sets of witnesses may share only {overlap}: 2k - n must be above {DISHONEST_MAX}",
    )


def _parse_keys(value: QuorumValue) -> Iterator[Verifier]:
    for witness in value.witnesses:
        try:
            key = parse_vkey(witness.vkey)
        except ConfigurationError as error:
            raise InputError("S02", f"quorum: witness {witness.name}: {error}") from error
        _require(key.kind == COSIGNATURE, f"witness {witness.name} has a key that makes no cosignatures")
        port = _PORT.search(witness.url, len("https://"))
        _require(port is None or int(port[1]) <= _PORT_MAX, f"witness {witness.name}: no such port")
        yield key


def _check_keys(keys: Sequence[Verifier]) -> None:
    """A cosignature does not name its witness: one key, and one name of a key, a body; the log's is among them."""
    _require(len({key.public for key in keys}) == len(keys), "a key stands twice, or it is the log's own")
    _require(len({key.name for key in keys}) == len(keys), "two keys have one name, or it is the log's own")


def _check_names(value: QuorumValue) -> None:
    known, placed = set[str](), set[str]()
    for name in (witness.name for witness in value.witnesses):
        _define(known, name)
    for group in value.groups:
        _require(known.issuperset(group.members), f"group {group.name} names somebody not defined above it")
        _require(len(set(group.members)) == len(group.members), f"group {group.name} names somebody twice")
        _require(placed.isdisjoint(group.members), f"group {group.name} names somebody who is in another group")
        _require(group.threshold <= len(group.members), f"group {group.name} asks for more than it has")
        placed.update(group.members)
        _define(known, group.name)
    _require(value.quorum in known, "it asks for a witness or group that is not defined")


def _define(known: set[str], name: str) -> None:
    _require(name not in KEYWORDS, "a word of the policy file's language cannot be a name")
    _require(name not in known, f"{name} is defined twice")
    known.add(name)


def render_quorum(value: QuorumValue) -> str:
    """Write a quorum as the ledger keeps it: ``none``, or canonical JSON, so that equal ones are equal texts.

    >>> render_quorum(QuorumValue(type="none"))
    'none'
    """
    return NO_QUORUM if value.type == NO_QUORUM else render_canonical(value.model_dump()).decode()


def describe_quorum(text: str) -> Any:  # noqa: ANN401 -- a word, or a JSON object
    """Give a kept quorum as public entries show it: the word ``none``, or an object.

    >>> describe_quorum("none")
    'none'
    """
    return text if text == NO_QUORUM else json.loads(text)


def parse_quorum(text: str) -> QuorumValue:
    """Read what :func:`render_quorum` wrote.

    >>> parse_quorum("none").type
    'none'
    """
    return QuorumValue(type="none") if text == NO_QUORUM else QuorumValue.model_validate_json(text)


def _require(condition: object, message: str) -> None:
    if not condition:
        raise InputError("S02", f"quorum: {message}")

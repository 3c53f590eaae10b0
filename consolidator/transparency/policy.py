"""Owns the policy file (C2SP tlog-policy): which log key to trust, whose cosignatures are enough. Reads and writes it.

What a quorum means and whether it can be trusted stands in :mod:`consolidator.transparency.quorum`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from consolidator.transparency.keys import COSIGNATURE, ED25519, Verifier, parse_vkey, render_vkey
from schemas.errors import ConfigurationError
from schemas.quorum import KEYWORDS, NO_QUORUM

__all__ = [
    "NO_QUORUM",
    "POLICY_BYTES_MAX",
    "Group",
    "Policy",
    "Witness",
    "parse_policy",
    "render_policy",
    "render_policy_without_witnesses",
    "validate_policy",
]

POLICY_BYTES_MAX = 65_536  # the specification asks for 32 logs, witnesses and groups at least
_WARNING = "# 无见证,仅供演示 No witnesses: for demonstration only\n"
_TEXT = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f]*")
# Other readers cut a line at any # and split it at any Unicode space, so neither may stand in a word.
_WORD = re.compile(r"[^\s#]+")
_NUMBER = re.compile("[1-9][0-9]{0,2}")


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness: its name within the policy, its key (type 0x04), the address that ``/add-checkpoint`` is added to."""

    name: str
    key: Verifier
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A group: its name within the policy, and how many of its members (witnesses, groups above it) must agree."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Which log to trust, under whose eyes. ``quorum`` names a witness or a group, or is ``NO_QUORUM``.

    Only one that :func:`parse_policy` or :func:`validate_policy` gave is known to hold together.
    """

    log_key: Verifier
    quorum: str
    witnesses: tuple[Witness, ...] = ()
    groups: tuple[Group, ...] = ()
    log_url: str = ""


def parse_policy(raw: bytes) -> Policy:
    """Read a policy file: exactly one log and one quorum, names before their use, no name and no key twice.

    Raises ConfigurationError that says which line is wrong.
    """
    draft = _Draft()
    for number, words in _split(raw):
        try:
            _read_line(draft, words)
        except ConfigurationError as error:
            message = f"line {number} of the policy: {error}"
            raise ConfigurationError(message) from error
    _require(len(draft.logs) == len(draft.quorums) == 1, "a policy has exactly one log line and one quorum line")
    (log_key, log_url), quorum = draft.logs[0], draft.quorums[0]
    return Policy(log_key, quorum, tuple(draft.witnesses), tuple(draft.groups), log_url)


def validate_policy(policy: Policy) -> Policy:
    """Give a policy back if it holds together and can be written. Raises ConfigurationError."""
    _require(parse_policy(_render(policy)) == policy, "a name or an address holds a space and cannot be written")
    return policy


def render_policy(policy: Policy) -> bytes:
    """Write a policy the way other people's readers want it: one log line, an address on every witness line.

    Raises ConfigurationError when a witness has no address, or :func:`parse_policy` would not read the policy back.
    """
    _require(all(witness.url for witness in policy.witnesses), "other readers want an address on every witness line")
    return _render(validate_policy(policy))


def render_policy_without_witnesses(log_key: Verifier) -> bytes:
    """Write the policy of a log that nobody cosigns; it says so in its first line.

    Raises ConfigurationError when the key is not of the type that signs logs (0x01).

    >>> key = parse_vkey("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    >>> render_policy_without_witnesses(key).decode().splitlines()[-1]
    'quorum none'
    """
    return _WARNING.encode() + render_policy(Policy(log_key, NO_QUORUM))


@dataclass(slots=True)
class _Draft:
    """What was read so far. ``placed`` holds the names that stand in a group, ``publics`` the keys seen."""

    logs: list[tuple[Verifier, str]] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    quorums: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    placed: set[str] = field(default_factory=set)
    publics: set[bytes] = field(default_factory=set)


def _split(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    """Give the words of each line that is neither empty nor a comment, with the line's number."""
    _require(len(raw) <= POLICY_BYTES_MAX, f"a policy has at most {POLICY_BYTES_MAX} bytes")
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        message = "a policy is UTF-8 text, and this is not"
        raise ConfigurationError(message) from error
    _require(_TEXT.fullmatch(text), "a policy holds no control character but tab and newline; lines end in \\n alone")
    for number, line in enumerate(text.split("\n"), start=1):
        words = re.findall("[^ \t]+", line)
        if words and not words[0].startswith("#"):
            yield number, words


def _read_line(draft: _Draft, words: list[str]) -> None:
    _require(all(map(_WORD.fullmatch, words)), "a word holds a number sign or an odd space")
    match words:
        case ["log", vkey, *url] if len(url) <= 1:
            draft.logs.append((_read_key(draft, vkey, ED25519), "".join(url)))
        case ["witness", name, vkey, *url] if len(url) <= 1:
            _define(draft, name)
            draft.witnesses.append(Witness(name, _read_key(draft, vkey, COSIGNATURE), "".join(url)))
        case ["group", name, threshold, *members] if members:
            draft.groups.append(_read_group(draft, name, threshold, members))
            _define(draft, name)
        case ["quorum", name]:
            _require(name == NO_QUORUM or name in draft.names, "the quorum must be defined above its line")
            draft.quorums.append(name)
        case _:
            message = "expected: log KEY [URL], witness NAME KEY [URL], group NAME all|any|K NAMES, or quorum NAME"
            raise ConfigurationError(message)


def _read_key(draft: _Draft, vkey: str, kind: int) -> Verifier:
    """Read a key nobody else in the policy has under any name: a cosignature does not name its witness."""
    key = parse_vkey(vkey)
    _require(key.kind == kind, f"a key of type 0x{kind:02x} belongs here, and this is one of type 0x{key.kind:02x}")
    _require(key.public not in draft.publics, "the same key stands in the policy twice")
    draft.publics.add(key.public)
    return key


def _read_group(draft: _Draft, name: str, threshold: str, members: list[str]) -> Group:
    _require(draft.names.issuperset(members), "a member of the group is not defined above it")
    _require(draft.placed.isdisjoint(members), "a name can stand in one group only")
    _require(len(set(members)) == len(members), "a name stands in the group twice")
    draft.placed.update(members)
    return Group(name, _read_threshold(threshold, len(members)), tuple(members))


def _read_threshold(word: str, count: int) -> int:
    if word in {"all", "any"}:
        return count if word == "all" else 1
    _require(_NUMBER.fullmatch(word) and int(word) <= count, f"expected all, any, or a number from 1 to {count}")
    return int(word)


def _define(draft: _Draft, name: str) -> None:
    _require(name not in KEYWORDS, "a word of the policy's own language cannot be a name")
    _require(name not in draft.names, "the name is defined twice")
    draft.names.add(name)


def _render(policy: Policy) -> bytes:
    log = ["log", render_vkey(policy.log_key), policy.log_url]
    witnesses = [["witness", witness.name, render_vkey(witness.key), witness.url] for witness in policy.witnesses]
    groups = [["group", group.name, str(group.threshold), *group.members] for group in policy.groups]
    lines = [log, *witnesses, *groups, ["quorum", policy.quorum]]
    return "".join([" ".join(filter(None, line)) + "\n" for line in lines]).encode()


def _require(condition: object, message: str) -> None:
    if not condition:
        raise ConfigurationError(message)

"""Owns the file in which a county writes its policy: TOML, a table for each subject and id. It becomes policy items.

``[rule.R11]``, ``[programme.FARM]``, ``[setting] cooling_off_hours = 72``; ``[withdraw]`` takes things out again.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from consolidator.rules.catalogue import CATALOGUE
from consolidator.transparency.keys import parse_vkey
from schemas.errors import InputError
from schemas.policy import RuleValue, validate_item

Item = tuple[str, str, Mapping[str, Any] | None]
_WITHDRAW = "withdraw"
_FIRST = ("officer", "plan")  # taken out before anything is set: a key may go on to another officer
_LAST = ("source", "bank")  # taken out when nothing stands on them any more
_ORDER = ("bank", "source", "officer", "programme", "plan", "rule", "setting", "quorum")


def parse_policy_file(text: str) -> list[Item]:
    r"""Read a policy file: its items, in an order in which each finds what it stands on.

    Raises InputError ``S02`` naming the table and field that is wrong.

    >>> parse_policy_file("[rule.R11]\nlevel = 'yellow'\n[withdraw]\nplan = ['P-1']")
    [('plan', 'P-1', None), ('rule', 'R11', {'level': 'yellow'})]
    """
    tables = _load(text)
    withdrawn = _list_withdrawn(tables.pop(_WITHDRAW, {}))
    items = [
        *_choose(withdrawn, _FIRST),
        *(item for subject in _ORDER for item in _list_items(subject, tables.pop(subject, {}))),
        *_choose(withdrawn, _LAST),
    ]
    if tables:
        raise InputError("S02", f"[{min(tables)}]: unknown; known are {', '.join((*_ORDER, _WITHDRAW))}")
    if not items:
        raise InputError("S02", "the policy file sets nothing")
    for item in items:
        _check(*item)
    return items


def _load(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError("S02", f"not TOML: {error}") from error


def _list_withdrawn(table: object) -> list[Item]:
    if not isinstance(table, dict) or not table.keys() <= {*_FIRST, *_LAST} or not all(map(_is_list, table.values())):
        raise InputError("S02", f"[{_WITHDRAW}]: lists of ids of {', '.join((*_FIRST, *_LAST))}")
    return [(subject, identifier, None) for subject, names in table.items() for identifier in names]


def _is_list(names: object) -> bool:
    return isinstance(names, list) and all(isinstance(name, str) for name in names)


def _choose(items: Sequence[Item], subjects: Sequence[str]) -> Iterator[Item]:
    return (item for subject in subjects for item in items if item[0] == subject)


def _list_items(subject: str, table: object) -> Iterator[Item]:
    if not isinstance(table, dict):
        raise InputError("S02", f"{subject}: write [{subject}.ID]")
    for identifier, value in table.items():
        yield subject, identifier, _read_value(subject, identifier, value)


def _read_value(subject: str, identifier: str, value: object) -> Mapping[str, Any]:
    """Read one item; a setting may be a bare number, an officer's key the line that ``key new`` printed."""
    if subject == "setting" and not isinstance(value, dict):
        return {"value": value}
    if not isinstance(value, dict):
        raise InputError("S02", f"[{subject}.{identifier}]: a table is wanted")
    if subject == "officer" and "+" in str(value.get("key", "")):
        return value | {"key": parse_vkey(value["key"]).public.hex()}
    return value


def _check(subject: str, identifier: str, value: Mapping[str, Any] | None) -> None:
    try:
        found = validate_item(subject, identifier, value)
        if isinstance(found, RuleValue):
            _check_rule(identifier, found)
    except InputError as error:
        raise InputError(error.code, f"[{subject}.{identifier}]: {error.detail}") from error


def _check_rule(code: str, value: RuleValue) -> None:
    """Refuse here what the ledger would refuse: the officer still stands at the keyboard."""
    if code not in CATALOGUE:
        raise InputError("S02", f"unknown code; known are {', '.join(sorted(CATALOGUE))}")
    unknown = sorted(value.parameters.keys() - CATALOGUE[code].parameters.keys())
    if unknown:
        known = ", ".join(CATALOGUE[code].parameters) or "none"
        raise InputError("S02", f"unknown parameter {unknown[0]}; known are {known}")


def render_columns(items: Sequence[Item]) -> dict[str, Sequence[Any]]:
    """Give the columns of a policy document."""
    subjects, ids, values = zip(*items, strict=True)
    return {"subject": list(subjects), "id": list(ids), "value": list(values)}

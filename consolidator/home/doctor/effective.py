"""Owns the list of a home's effective settings and where each came from."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from consolidator.facts.state import State
from consolidator.home.paths import Home
from consolidator.settings import Settings, is_trial
from consolidator.views.policies import list_number_settings, list_rule_settings

Origin = Literal["file", "default", "sample", "policy"]


@dataclass(frozen=True, slots=True)
class Effective:
    """A setting in force. ``source``: stated in the file or by policy, the program's default, or what trials use."""

    key: str
    value: str
    source: Origin


def list_effective(home: Home, settings: Settings) -> list[Effective]:
    """List every setting; sections are numbered from 1, as they stand in the file."""
    stated = dict(_flatten("", tomllib.loads(home.settings.read_text(encoding="utf-8"))))
    return [_judge(key, value, stated, settings) for key, value in _flatten("", settings.model_dump())]


def list_of_policy(state: State) -> list[Effective]:
    """List what policy may set: the numbers the ledger reads, and how each rule runs."""
    numbers = [
        Effective(f"setting.{row['name']}", str(row["value"]), row["from"]) for row in list_number_settings(state)
    ]
    rules = [Effective(f"rule.{row['code']}", _tell_rule(row), row["from"]) for row in list_rule_settings(state)]
    return [*numbers, *rules]


def _tell_rule(row: Mapping[str, Any]) -> str:
    """Write how a rule runs: level or off, required, thresholds."""
    words = [row["level"] if row["enabled"] else "off", *(["required"] if row["required"] else [])]
    return ", ".join([*words, *(f"{name} = {value}" for name, value in row["parameters"].items())])


def _judge(key: str, value: str, stated: Mapping[str, str], settings: Settings) -> Effective:
    if key == "origin" and is_trial(settings):
        return Effective(key, value, "sample")
    return Effective(key, value, "file" if key in stated else "default")


def _flatten(key: str, value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 -- any TOML value
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _flatten(f"{key}.{name}" if key else name, each)
    elif isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
        for number, each in enumerate(value, start=1):
            yield from _flatten(f"{key}[{number}]", each)
    elif value is not None:
        yield key, ", ".join(map(str, value)) if isinstance(value, list) else str(value)

"""Owns what is asked about policy: how each rule runs here, and the whole policy as a file to edit and send."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from consolidator.facts.state import Policy, State, find_setting
from consolidator.rules.catalogue import CATALOGUE
from schemas.policy import SETTINGS
from schemas.quorum import describe_quorum

Row = dict[str, Any]
_HEAD = """\
# 本县政策。改动后:consolidator policy propose --home DIR --key 根管理员密钥 本文件;再由另一名根管理员 confirm。
# 只写要改的项也可以;没有写到的不变。收回:[withdraw] officer = ["id"],plan、source、bank 同样。
# The county's policy. Change it, propose it with a root officer's key, let the other root officer confirm it.
# A file may hold only what changes; the rest stays. Taking out: [withdraw] officer = ["id"]; plan, source, bank alike.
"""


def list_rule_settings(state: State) -> list[Row]:
    """Give how each rule runs: switch, level, whether its input is required, thresholds, and whether policy set it."""
    return [_describe_rule(state, code) for code in sorted(CATALOGUE)]


def _describe_rule(state: State, code: str) -> Row:
    text, setting = CATALOGUE[code], find_setting(state, code)
    return {
        "code": code,
        "enabled": setting.enabled,
        "level": setting.level or text.level,
        "required": setting.required,
        "parameters": {**text.parameters, **setting.parameters},
        "from": "policy" if code in state.policy.rules else "default",
    }


def list_number_settings(state: State) -> list[Row]:
    """Give the numbers that the ledger reads, and whether policy set them."""
    stated = state.policy.settings
    return [
        {"name": name, "value": stated.get(name, value), "from": "policy" if name in stated else "default"}
        for name, value in SETTINGS.items()
    ]


def show_policy(state: State) -> Row:
    """Give the whole policy as plain values."""
    policy: Policy = state.policy
    return {
        "version": policy.version,
        "settings": list_number_settings(state),
        "rules": list_rule_settings(state),
        "banks": _list_plain(policy.banks),
        "sources": _list_plain(policy.sources),
        "officers": _list_plain({officer.id: officer for officer in policy.officers.values()}),
        "officer_keys": {officer.id: key for key, officer in policy.officers.items()},
        "programmes": _list_plain(policy.programmes),
        "plans": _list_plain(policy.plans),
        "quorum": describe_quorum(policy.quorum),
    }


def _list_plain(table: Mapping[str, Any]) -> dict[str, Row]:
    return {name: msgspec.to_builtins(value) for name, value in sorted(table.items())}


def render_policy_file(state: State) -> str:
    """Write the policy as a file that :func:`consolidator.intake.policy_files.parse_policy_file` reads."""
    return _HEAD + "\n".join(_list_tables(state))


def _list_tables(state: State) -> Iterator[str]:
    policy = show_policy(state)
    yield from ("", "[setting]", *(f"{row['name']} = {row['value']}" for row in policy["settings"]))
    for subject in ("bank", "source", "officer", "programme", "plan"):
        for name, value in policy[f"{subject}s"].items():
            fields = {field: each for field, each in value.items() if field != "id" and each not in (None, "")}
            if subject == "officer":
                fields = {"key": policy["officer_keys"][name], **fields}
            yield from ("", f"[{subject}.{_render(name)}]", *_render_fields(fields))
    for row in policy["rules"]:
        yield from ("", *_render_rule(row))


def _render_rule(row: Row) -> Sequence[str]:
    """Write a rule; one that policy never set stands behind number signs, with the program's own settings."""
    fields = {name: row[name] for name in ("enabled", "level", "required", "parameters")}
    title = f"# {CATALOGUE[row['code']].zh} / {CATALOGUE[row['code']].en}"
    lines = [f"[rule.{row['code']}]", *_render_fields(fields)]
    return [title, *(lines if row["from"] == "policy" else (f"# {line}" for line in lines))]


def _render_fields(fields: Mapping[str, Any]) -> list[str]:
    return [f"{name} = {_render(value)}" for name, value in fields.items()]


def _render(value: object) -> str:
    """Write a value as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return msgspec.json.encode(value).decode()
    if isinstance(value, Mapping):
        return f"{{ {', '.join(_render_fields(value))} }}" if value else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_render, value))}]"
    return str(value)

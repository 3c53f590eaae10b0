"""Owns what the sample county's policy sets: banks, sources, officers, programmes, settings."""

from collections.abc import Iterable, Iterator
from typing import Any

from consolidator.sample.keyring import SEATS, derive_public, list_adapters
from consolidator.sample.places import BANK_NAMES
from consolidator.sample.plan import Batch
from consolidator.sample.programmes import PROGRAMMES, STORY_PROGRAMMES, Programme

_ADAPTER_KINDS = ["register", "accounts", "designations", "batch"]
COOLING_OFF_HOURS = 72
Item = tuple[str, str, dict[str, Any]]


def list_policy(seed: int, county: str, batches: Iterable[Batch]) -> dict[str, list[Any]]:
    """Give the policy document's columns; each batch has a plan that allows what its lines come to."""
    return _make_columns([*_list_items(seed, county), *_list_plans(batches)])


def list_raised_plans(batches: Iterable[Batch]) -> dict[str, list[Any]]:
    """Give the columns of a policy that raises plans to what the batches state."""
    plans = ((batch.plan_number, batch.programme.id, batch.stated_fen) for batch in batches)
    return _make_columns([("plan", number, {"programme": name, "fen": fen}) for number, name, fen in plans])


def _make_columns(items: Iterable[Item]) -> dict[str, list[Any]]:
    subjects, ids, values = zip(*items, strict=True)
    return {"subject": list(subjects), "id": list(ids), "value": list(values)}


def _list_items(seed: int, county: str) -> Iterator[Item]:
    for code, name in BANK_NAMES.items():
        yield "bank", code, {"name": name}
    yield "source", "bureau", {"name": "示例县财政局", "type": "bureau"}
    yield "source", "oversight", {"name": "示例县纪检监察机关", "type": "oversight"}
    for adapter in list_adapters():
        yield "source", adapter.source, {"name": adapter.name, "type": adapter.type, "bank": adapter.bank}
    for seat in SEATS:
        officer = {"source": seat.source, "person": f"P-{seat.name}", "role": seat.role, "kinds": list(seat.kinds)}
        yield _make_officer(seed, county, f"officer-{seat.name}", officer)
    for adapter in list_adapters():
        kinds = [*_ADAPTER_KINDS, "results"] if adapter.type == "bank" else _ADAPTER_KINDS
        officer = {"source": adapter.source, "person": f"A-{adapter.source}", "role": "adapter", "kinds": kinds}
        yield _make_officer(seed, county, adapter.key_name, officer)
    for programme in (*PROGRAMMES, *STORY_PROGRAMMES):
        yield "programme", programme.id, _describe_programme(programme)
    yield "setting", "cooling_off_hours", {"value": COOLING_OFF_HOURS}


def _list_plans(batches: Iterable[Batch]) -> Iterator[Item]:
    for batch in batches:
        yield "plan", batch.plan_number, {"programme": batch.programme.id, "fen": batch.plan_fen or batch.stated_fen}


def _make_officer(seed: int, county: str, key: str, fields: dict[str, Any]) -> Item:
    return "officer", key, {"key": derive_public(seed, key), "programmes": ["*"], "regions": [county], **fields}


def _describe_programme(programme: Programme) -> dict[str, Any]:
    return {
        "name": programme.name,
        "short_name": programme.short_name,
        "cycle": programme.cycle,
        "unit": programme.unit,
        "standard_fen": programme.standard_fen,
        "paying_banks": list(programme.paying_banks),
        "agent_bank": programme.paying_banks[0],
        "universal": programme.universal,
        "standard_kind": "exact" if programme.measure else "ceiling",
        "bars_payroll": programme.bars_payroll,
        "age_min": programme.age_min,
        "line_max_fen": programme.line_max_fen,
        "excludes": list(programme.excludes),
    }

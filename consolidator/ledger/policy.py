"""Owns ``policy``: checked as a whole at its last part, in force when another root officer confirms. All or nothing."""

from collections.abc import Iterator, Sized
from typing import Any

from consolidator.facts.parties import Officer, Source
from consolidator.facts.programmes import Bank, Plan, Programme, RuleSetting
from consolidator.facts.state import Policy, QuorumTerm, State
from consolidator.ledger.acts import Act, emit_effect, emit_refusal
from consolidator.ledger.emission import Emission
from consolidator.ledger.items import Tally, read_parts
from consolidator.ledger.marks import judge_groups_again
from consolidator.rules.catalogue import CATALOGUE
from schemas.errors import InputError
from schemas.headers import PolicyHeader
from schemas.parts import PolicyPart
from schemas.policy import (
    BankValue,
    OfficerValue,
    PlanValue,
    PolicyValue,
    ProgrammeValue,
    RuleValue,
    SettingValue,
    SourceValue,
    validate_item,
)
from schemas.quorum import QuorumValue, check_quorum, describe_quorum, render_quorum
from schemas.vkeys import parse_vkey

UNSEALED = -1
_WATCHING = ("oversight", "monitor")  # sources that look and tell, and neither enter data nor decide
BANKS_MAX = 200  # ever: a line keeps its bank as one byte, here and in what verifies the log


def propose_policy(act: Act[PolicyHeader]) -> Iterator[Emission]:
    """Check a policy when it is complete; a wrong one is refused at once, a right one waits for its confirm."""
    refusal = _read(act, _copy(act.state.policy))
    if refusal is not None:
        yield refusal


def effect_policy(act: Act[PolicyHeader]) -> Iterator[Emission]:
    """Put a confirmed policy in force; it is checked again, since others may have come in between."""
    policy = _copy(act.state.policy)
    refusal = _read(act, policy)
    if refusal is not None:
        yield refusal
        return
    policy.version += 1
    told = _tell_sensitivity(act.state.policy, policy)
    quorum_before, act.state.policy = act.state.policy.quorum, policy
    yield from judge_groups_again(act.state, act.cause)
    effect = emit_effect(act, act.header.count, [], told=told)
    if policy.quorum != quorum_before:
        _add_quorum(act, effect)
    yield effect


def _add_quorum(act: Act[PolicyHeader], emission: Emission) -> None:
    """Say publicly who must cosign from now on; the gate waits until the quorum before has seen this entry."""
    quorum = act.state.policy.quorum
    act.state.quorums.append(QuorumTerm(UNSEALED, quorum))
    emission.quorum_block = len(emission.blocks)
    fields = {
        "source": act.header.source,
        "document": act.header.id,
        "cause": act.cause,
        "number": len(act.state.quorums),
        "quorum": describe_quorum(quorum),
    }
    emission.add("quorum", act.at, fields)


def _tell_sensitivity(before: Policy, after: Policy) -> dict[str, Any]:
    """Name the programmes that are sensitive from now on, or no longer: else anybody could leave amounts out."""
    known = {name for name, programme in before.programmes.items() if programme.sensitive}
    changed = {
        name: programme.sensitive
        for name, programme in after.programmes.items()
        if programme.sensitive != (name in known)
    }
    return {"sensitive": changed} if changed else {}


def _copy(policy: Policy) -> Policy:
    """Copy the tables, whose values are frozen."""
    return Policy(
        version=policy.version,
        sources=dict(policy.sources),
        officers=dict(policy.officers),
        banks=dict(policy.banks),
        programmes=dict(policy.programmes),
        plans=dict(policy.plans),
        rules=dict(policy.rules),
        settings=dict(policy.settings),
        quorum=policy.quorum,
    )


def _read(act: Act[PolicyHeader], policy: Policy) -> Emission | None:
    """Write the items into a copy. Returns the refusal if one of them is wrong."""
    tally = Tally()
    try:
        for items in read_parts(act, PolicyPart, tally):
            for index, number in items.numbers:
                tally.count(number, *_read_item(act.state, policy, items.columns, index))
    except InputError as error:
        return emit_refusal(act, error.code, error.detail)
    if not tally.refused:
        return None
    emission = emit_effect(act, 0, sorted(tally.refused), tally.details)
    emission.outcomes.append(act.outcome("refused", "S02"))
    return emission


def _read_item(state: State, policy: Policy, part: PolicyPart, index: int) -> tuple[str, str]:
    """Write one item into the copy; returns a reason code and what it is about, or twice empty."""
    subject, identifier = part.subject[index], part.id[index]
    try:
        value = validate_item(subject, identifier, part.value[index])
        if isinstance(value, ProgrammeValue):
            _check_programme(state, identifier, value)
        if isinstance(value, QuorumValue):
            check_quorum(value, parse_vkey(state.log_key) if state.log_key else None)
        if isinstance(value, BankValue):
            _check_banks({*policy.banks, *state.bank_codes, identifier})
        _set(policy, subject, identifier, value)
    except InputError as error:
        return error.code, error.detail
    return "", ""


def _check_banks(codes: Sized) -> None:
    if len(codes) > BANKS_MAX:
        raise InputError("S02", "bank: a county has at most 200 banks")


def _check_programme(state: State, identifier: str, value: ProgrammeValue) -> None:
    """A programme keeps unit and cycle once a line of it was decided: claims of two forms would never meet (R16)."""
    known = state.policy.programmes.get(identifier)
    if known is not None and identifier in state.claims.entitlements:
        if known.unit != value.unit:
            raise InputError("S02", "programme: its unit cannot change any more")
        if known.cycle != value.cycle:
            raise InputError("S02", "programme: its cycle cannot change any more")
    if value.age_min is not None and value.age_max is not None and value.age_min > value.age_max:
        raise InputError("S02", "programme: nobody can be of age")
    if identifier in value.excludes:
        raise InputError("S02", "programme: it excludes itself")


def _set(policy: Policy, subject: str, identifier: str, value: PolicyValue | None) -> None:
    match value:
        case None:
            _withdraw(policy, subject, identifier)
        case SourceValue():
            _set_source(policy, identifier, value)
        case OfficerValue():
            _set_officer(policy, identifier, value)
        case BankValue():
            policy.banks[identifier] = Bank(value.name, value.branch or "", value.file_lines_max, value.file_fen_max)
        case ProgrammeValue():
            _set_programme(policy, identifier, value)
        case PlanValue():
            _set_plan(policy, identifier, value)
        case RuleValue():
            _set_rule(policy, identifier, value)
        case SettingValue():
            policy.settings[identifier] = value.value
        case _:
            policy.quorum = render_quorum(value)


def _set_source(policy: Policy, identifier: str, value: SourceValue) -> None:
    """A source that has officers does not change sides."""
    source = Source(value.name, value.type, value.bank or "")
    for officer in policy.officers.values():
        if officer.source == identifier:
            _check_side(source, officer.role)
    policy.sources[identifier] = source


def _check_side(source: Source, role: str) -> None:
    if (source.type in _WATCHING) != (role == "supervisor"):
        raise InputError("S02", "officer: supervisors belong to oversight or a monitor, and only they do")


def _set_officer(policy: Policy, identifier: str, value: OfficerValue) -> None:
    """An officer has one key at a time; his source must exist. Oversight may hold and comment, never clear or send."""
    source = policy.sources.get(value.source)
    if source is None:
        raise InputError("S02", "officer: unknown source")
    _check_side(source, value.role)
    _withdraw(policy, "officer", identifier)
    if value.key in policy.officers:
        raise InputError("S02", "officer: the key belongs to another officer")
    policy.officers[value.key] = Officer(
        identifier,
        value.source,
        value.person,
        value.role,
        list(value.kinds),
        list(value.programmes),
        list(value.regions),
    )


def _set_programme(policy: Policy, identifier: str, value: ProgrammeValue) -> None:
    """Paying banks must take part, and the agent bank is one of them."""
    if value.agent_bank not in value.paying_banks or not policy.banks.keys() >= set(value.paying_banks):
        raise InputError("S02", "programme: unknown paying bank, or agent bank not among them")
    policy.programmes[identifier] = Programme(
        id=identifier,
        name=value.name,
        short_name=value.short_name,
        cycle=value.cycle,
        unit=value.unit,
        standard_fen=value.standard_fen,
        paying_banks=list(value.paying_banks),
        agent_bank=value.agent_bank,
        universal=value.universal,
        review_window_hours=value.review_window_hours,
        standard_kind=value.standard_kind,
        publicity_required=value.publicity_required,
        bars_payroll=value.bars_payroll,
        age_min=value.age_min,
        age_max=value.age_max,
        excludes=list(value.excludes),
        line_max_fen=value.line_max_fen,
        sensitive=value.sensitive,
    )


def _set_plan(policy: Policy, identifier: str, value: PlanValue) -> None:
    """A plan is for a programme that is there."""
    if value.programme not in policy.programmes:
        raise InputError("S02", "plan: unknown programme")
    policy.plans[identifier] = Plan(value.programme, value.fen)


def _set_rule(policy: Policy, identifier: str, value: RuleValue) -> None:
    """A rule or threshold that this program does not have would be silently without effect."""
    text = CATALOGUE.get(identifier)
    if text is None:
        raise InputError("S02", "rule: unknown code")
    if not value.parameters.keys() <= text.parameters.keys():
        raise InputError("S02", "rule: unknown parameter")
    policy.rules[identifier] = RuleSetting(value.enabled, value.level, value.required, dict(value.parameters))


def _withdraw(policy: Policy, subject: str, identifier: str) -> None:
    """Take something out; what others still stand on stays, or a withdrawn source would go on acting."""
    if subject == "officer":
        policy.officers = {key: officer for key, officer in policy.officers.items() if officer.id != identifier}
    elif subject == "source":
        if any(officer.source == identifier for officer in policy.officers.values()):
            raise InputError("S02", "source: it still has officers")
        policy.sources.pop(identifier, None)
    elif subject == "plan":
        policy.plans.pop(identifier, None)
    else:
        if any(identifier in programme.paying_banks for programme in policy.programmes.values()):
            raise InputError("S02", "bank: programmes still pay through it")
        policy.banks.pop(identifier, None)

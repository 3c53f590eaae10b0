"""Owns who may do what on a cluster: from ``topics.yaml`` and the principals of a cluster to single rights.

Deny by default: what is not listed here nobody may do, but for the brokers' own super users.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from schemas.topics import Cluster, Role, RoleRules, TopicRules, Topics, list_banks, topic_name

Resource = Literal["topic", "group", "transactional_id"]
Pattern = Literal["literal", "prefixed"]
Operation = Literal["read", "write", "create", "describe_configs"]
BANK: Role = "bank"


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """A principal (CN of its certificate) may do one operation on a resource; reading and writing imply describing."""

    principal: str
    operation: str
    resource: str
    name: str
    pattern: str = "literal"


@dataclass(frozen=True, slots=True, order=True)
class Holder:
    """A principal in one role; ``bank`` only for the role of that name."""

    principal: str
    role: Role
    bank: str = ""


def list_rights(topics: Topics, cluster: Cluster) -> tuple[Right, ...]:
    """Give every right that a cluster must grant, sorted; a principal with several roles has the rights of all."""
    rights = {right for holder in list_holders(cluster) for right in _list_rights(topics, cluster, holder)}
    return tuple(sorted(rights))


def list_holders(cluster: Cluster) -> tuple[Holder, ...]:
    """Give every principal with its role.

    >>> list_holders(Cluster("x", 1, ("402",), principals={"worker": ("w1",)}, bank_principals={"402": ("b",)}))
    (Holder(principal='w1', role='worker', bank=''), Holder(principal='b', role='bank', bank='402'))
    """
    roles = [Holder(name, role) for role in get_args(Role) for name in cluster.principals.get(role, ())]
    banks = [Holder(name, BANK, bank) for bank, names in sorted(cluster.bank_principals.items()) for name in names]
    return (*roles, *banks)


def _list_rights(topics: Topics, cluster: Cluster, holder: Holder) -> Iterator[Right]:
    for word, rules in topics.topics.items():
        for operation in _list_operations(rules, holder.role):
            for bank in _list_own_banks(rules, cluster, holder):
                yield Right(holder.principal, operation, "topic", topic_name(cluster.prefix, word, bank))
    yield from _list_others(topics.roles[holder.role], cluster, holder)


def _list_operations(rules: TopicRules, role: Role) -> Iterator[Operation]:
    if role in rules.read:
        yield "read"
    if role in rules.write:
        yield "write"


def _list_own_banks(rules: TopicRules, cluster: Cluster, holder: Holder) -> tuple[str, ...]:
    """Give the banks whose topics of this word a holder sees: a bank its own, others all."""
    banks = list_banks(rules, cluster)
    return tuple(bank for bank in banks if holder.role != BANK or bank in ("", holder.bank))


def _list_others(rules: RoleRules, cluster: Cluster, holder: Holder) -> Iterator[Right]:
    """Give the rights on transactional ids, consumer groups, and topics that a role makes for itself."""

    def give(operation: Operation, resource: Resource, template: str) -> Iterator[Right]:
        if template:
            name = template.format(prefix=cluster.prefix, bank=holder.bank)
            yield Right(holder.principal, operation, resource, name, "prefixed")

    yield from give("write", "transactional_id", rules.transactional)
    yield from give("read", "group", rules.groups)
    own: tuple[Operation, ...] = ("create", "describe_configs", "read", "write")
    for operation in own:
        yield from give(operation, "topic", rules.topics)


def list_territories(topics: Topics, cluster: Cluster) -> Mapping[str, tuple[str, ...]]:
    """Give the beginnings of names that are a cluster's own, by kind of resource.

    >>> list_territories(Topics(roles={}, topics={}), Cluster("c", 1))
    {'topic': ('c.',), 'transactional_id': (), 'group': ()}
    """
    rules = topics.roles.values()

    def begin(templates: Iterator[str]) -> tuple[str, ...]:
        """Give what names begin with, whatever bank they are of."""
        return tuple(
            template.partition("{bank}")[0].format(prefix=cluster.prefix) for template in templates if template
        )

    return {
        "topic": (f"{cluster.prefix}.", *begin(each.topics for each in rules)),
        "transactional_id": begin(each.transactional for each in rules),
        "group": begin(each.groups for each in rules),
    }

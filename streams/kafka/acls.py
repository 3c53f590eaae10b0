"""Owns the brokers' rules about who may do what: reading them and adding to them, in the protocol's numbers."""

from collections.abc import Mapping
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import SecurityDisabled, for_code
from aiokafka.protocol.admin import CreateAclsRequest, DescribeAclsRequest

from schemas.rights import Right
from streams.kafka.asking import ask, check_code
from streams.kafka.differences import Acl

_ANY = 1
_USER = "User:"
_RESOURCES: Mapping[int, str] = {2: "topic", 3: "group", 4: "cluster", 5: "transactional_id", 6: "delegation_token"}
_PATTERNS: Mapping[int, str] = {3: "literal", 4: "prefixed"}
_PERMISSIONS: Mapping[int, str] = {2: "deny", 3: "allow"}
_OPERATIONS: Mapping[int, str] = {
    2: "all",
    3: "read",
    4: "write",
    5: "create",
    6: "delete",
    7: "alter",
    8: "describe",
    9: "cluster_action",
    10: "describe_configs",
    11: "alter_configs",
    12: "idempotent_write",
}


async def read_acls(client: AIOKafkaClient) -> tuple[Acl, ...] | None:
    """Give every rule; None where brokers have no authorizer, so that everybody may do everything."""
    answer = await ask(client, DescribeAclsRequest(_ANY, None, _ANY, None, None, _ANY, _ANY))
    if for_code(answer.error_code) is SecurityDisabled:
        return None
    check_code(answer.error_code, answer.error_message)
    return tuple(
        _read_acl(kind, name, pattern, rule) for kind, name, pattern, rules in answer.resources for rule in rules
    )


def _read_acl(kind: int, name: str, pattern: int, rule: tuple[Any, ...]) -> Acl:
    principal, host, operation, permission = rule
    right = Right(
        principal.removeprefix(_USER),
        _OPERATIONS.get(operation, str(operation)),
        _RESOURCES.get(kind, str(kind)),
        name,
        _PATTERNS.get(pattern, str(pattern)),
    )
    return Acl(right, host, _PERMISSIONS.get(permission, str(permission)))


async def add_acl(client: AIOKafkaClient, acl: Acl) -> None:
    """Add one rule; one that is there already stays as it is."""
    right = acl.right
    request = CreateAclsRequest(
        _number(_RESOURCES, right.resource),
        right.name,
        _number(_PATTERNS, right.pattern),
        f"{_USER}{right.principal}",
        acl.host,
        _number(_OPERATIONS, right.operation),
        _number(_PERMISSIONS, acl.permission),
    )
    for code, message in (await ask(client, request)).creation_responses:
        check_code(code, message)


def _number(names: Mapping[int, str], wanted: str) -> int:
    return next(number for number, name in names.items() if name == wanted)

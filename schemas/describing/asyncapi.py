"""Owns the AsyncAPI 3 document of the topics: channels, messages, and which role sends or receives what.

Written from ``topics.yaml``; values refer to the JSON Schemas beside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

import yaml

from schemas.topics import Message, TopicRules, Topics, list_own_config, topic_name

PREFIX = "consolidator"
_SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"
_BINDING = "0.5.0"  # of AsyncAPI's Kafka bindings
_EVENTS = ("ce_specversion", "ce_id", "ce_source", "ce_type", "content-type")
_INFO = {
    "title": "惠农补贴一卡通:Kafka 主题 topics of consolidator",
    "version": "1.0.0",
    "description": "由程序写出,请勿手改。Written by the program from schemas/topics.yaml; do not edit: "
    "consolidator schemas write --to docs/schemas",
    "license": {"name": "Apache-2.0"},
}
_KEY = {"type": "string", "pattern": "^[0-9]{6}$", "description": "县区代码 the county's code"}


def render_asyncapi(topics: Topics, schemas: Sequence[str]) -> bytes:
    """Write the document; ``schemas`` are the names of the files that values may refer to."""
    text = yaml.safe_dump(describe_topics(topics, schemas), sort_keys=False, allow_unicode=True, width=120)
    return text.encode()


def describe_topics(topics: Topics, schemas: Sequence[str]) -> dict[str, Any]:
    """Give the document as a value."""
    return {
        "asyncapi": "3.0.0",
        "info": _INFO,
        "defaultContentType": "application/octet-stream",
        "channels": {word: _describe_channel(word, rules) for word, rules in topics.topics.items()},
        "operations": {name: each for word, rules in topics.topics.items() for name, each in _operate(word, rules)},
        "components": {
            "messages": {
                name: _describe_message(word, message, schemas)
                for word, rules in topics.topics.items()
                for name, message in rules.messages.items()
            }
        },
    }


def _describe_channel(word: str, rules: TopicRules) -> dict[str, Any]:
    per_bank = rules.one_per == "bank"
    parameters = {"parameters": {"bank": {"description": "付款银行三位代码 the paying bank's 3-digit code"}}}
    return {
        "address": topic_name(PREFIX, word, "{bank}" if per_bank else ""),
        "title": word,
        "description": f"{rules.zh} / {rules.en}",
        **(parameters if per_bank else {}),
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in rules.messages},
        "bindings": {"kafka": _bind(rules)},
        "x-owner": rules.owner,
        "x-restricted": rules.restricted,
        "x-kept": rules.kept,
        "x-timestamp": rules.timestamp,
    }


def _bind(rules: TopicRules) -> dict[str, Any]:
    """Give the topic's settings where AsyncAPI has a place for them; partitions are a cluster's, one per county."""
    config = list_own_config(rules)
    return {
        "replicas": rules.replication,
        "topicConfiguration": {
            "cleanup.policy": [rules.cleanup],
            "retention.ms": int(config["retention.ms"]),
            "retention.bytes": int(config["retention.bytes"]),
            "max.message.bytes": int(config["max.message.bytes"]),
        },
        "bindingVersion": _BINDING,
    }


def _operate(word: str, rules: TopicRules) -> Iterator[tuple[str, dict[str, Any]]]:
    channel = {"$ref": f"#/channels/{word}"}
    for role in rules.write:
        yield f"{role}_writes_{word}", {"action": "send", "channel": channel, "tags": [{"name": role}]}
    for role in rules.read:
        yield f"{role}_reads_{word}", {"action": "receive", "channel": channel, "tags": [{"name": role}]}


def _describe_message(word: str, message: Message, schemas: Sequence[str]) -> dict[str, Any]:
    return {
        "title": message.zh,
        "summary": message.en,
        "contentType": message.content_type,
        "headers": _describe_headers(word, message),
        "payload": _describe_value(message, schemas),
        "bindings": {"kafka": {"key": _KEY, "bindingVersion": _BINDING}},
    }


def _describe_headers(word: str, message: Message) -> dict[str, Any]:
    """Give CloudEvents' attributes in binary mode, and the message's own headers; all of them text."""
    fixed = {
        "ce_specversion": "1.0",
        "ce_type": f"{PREFIX}.{word}.v1",
        "content-type": message.content_type,
    }
    own: Mapping[str, dict[str, Any]] = {
        name: {"type": "string", "description": text} for name, text in message.headers.items()
    }
    events = {name: {"type": "string", **({"const": fixed[name]} if name in fixed else {})} for name in _EVENTS}
    return {"type": "object", "required": [*_EVENTS, *own], "properties": {**events, **own}}


def _describe_value(message: Message, schemas: Sequence[str]) -> dict[str, Any]:
    if message.empty:
        return {"type": "string", "maxLength": 0}
    if not message.schemas:
        kinds = {"application/json": {"type": "object"}, "text/plain": {"type": "string"}}
        return kinds.get(message.content_type, {"type": "string", "format": "binary"})
    names = [name for pattern in message.schemas for name in schemas if fnmatchcase(name, f"{pattern}.schema.json")]
    references = [{"$ref": f"./{name}"} for name in names]
    return {"schemaFormat": _SCHEMA_FORMAT, "schema": references[0] if len(references) == 1 else {"anyOf": references}}

"""The AsyncAPI document and the page of topics: whole, and in agreement with what is written to topics."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from schemas.commands import Command, CommandKind
from schemas.commits import Bundle, CommitRecord, Head, Step
from schemas.describing.rendering import render_all
from schemas.orders import OrderFile, OrderPart
from schemas.records import (
    Commit,
    Delivery,
    Record,
    Word,
    number_records,
    render_checkpoint,
    render_command,
    render_commit,
    render_delivery,
    render_steps,
)
from streams.kafka.definitions import load_topics

TOPICS = load_topics()
WRITTEN = render_all(TOPICS)
DOCUMENT: dict[str, Any] = yaml.safe_load(WRITTEN["asyncapi.yaml"])
HEAD = Head(ordinal=1, now=1, size=1, root="0" * 64, checkpoint="c", totals={})


def find_references(value: object) -> list[str]:
    """Give every reference in a document."""
    if isinstance(value, dict):
        own = [value["$ref"]] if "$ref" in value else []
        return own + [each for part in value.values() for each in find_references(part)]
    return [each for part in value for each in find_references(part)] if isinstance(value, list) else []


def resolve(reference: str) -> object:
    """Give what a reference inside the document means."""
    value: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        value = value[step]
    return value


def test_every_reference_leads_somewhere() -> None:
    references = find_references(DOCUMENT)
    assert all(resolve(each) for each in references if each.startswith("#"))
    files = {each.removeprefix("./") for each in references if not each.startswith("#")}
    assert files <= set(WRITTEN)
    assert {"envelope.schema.json", "part-batch.schema.json", "order-file.schema.json", "commit.schema.json"} <= files


def test_every_schema_that_topics_yaml_names_exists() -> None:
    for rules in TOPICS.topics.values():
        for message in rules.messages.values():
            names = [pattern.replace("*", ".*") for pattern in message.schemas]
            assert all(any(re.fullmatch(f"{name}.schema.json", file) for file in WRITTEN) for name in names)


def test_there_is_a_channel_for_every_word_and_its_roles_have_operations() -> None:
    assert set(DOCUMENT["channels"]) == set(get_args(Word)) == set(TOPICS.topics)
    assert DOCUMENT["channels"]["orders"]["address"] == "consolidator.orders.{bank}.v1"
    assert "bank" in DOCUMENT["channels"]["orders"]["parameters"]
    assert DOCUMENT["operations"]["worker_writes_entries"]["action"] == "send"
    assert DOCUMENT["operations"]["bank_reads_deliveries"]["action"] == "receive"
    assert "bank_reads_disclosures" not in DOCUMENT["operations"]


def test_values_without_a_schema_are_described_by_their_kind() -> None:
    payloads = {name: message["payload"] for name, message in DOCUMENT["components"]["messages"].items()}
    assert payloads["tick"] == {"type": "string", "maxLength": 0}
    assert payloads["entry_bundle"] == {"type": "string", "format": "binary"}
    assert payloads["checkpoint"] == {"type": "string"}
    assert payloads["anomaly"]["schema"] == {"$ref": "./anomaly.schema.json"}
    assert payloads["genesis"]["schema"] == {"$ref": "./genesis.schema.json"}
    assert len(payloads["part"]["schema"]["anyOf"]) > 10


def make_order_file() -> OrderFile:
    """Give what an order file is about."""
    return OrderFile(
        file="agri_P_402_001",
        county="511112",
        source="agri",
        document="P",
        programme="RURAL",
        period="2026",
        bank="402",
        release=1,
        summary="s",
        count=1,
        fen=1,
        parts=1,
        ordered_at=1,
        entry=5,
    )


def make_command(kind: CommandKind) -> Command:
    """Give a command of a kind."""
    return Command(kind, 1, b"", "0" * 64 if kind in ("header", "part") else "")


STEP = Step(1, (Bundle(0, 1, b"\0\1x", b"\0\0\0\0"),), (OrderPart("agri_P_402_001", 0, b"{}"),), (make_order_file(),))
COMMIT = Commit(number=1, record=CommitRecord(position=1, item=0, head=HEAD), bundles=1, orders={})
_STEPS = number_records(render_steps("511112", [STEP], 0), 7)
RECORDS: list[tuple[str, Record]] = [
    *((kind, render_command("511112", make_command(kind))) for kind in get_args(CommandKind)),
    *zip(("entry_bundle", "disclosure_bundle", "order_part", "order_file"), _STEPS, strict=True),
    ("delivery", render_delivery("511112", Delivery("agri_P_402_001", "agri_P_402_001.txt", b"x", b"y"))),
    ("commit", render_commit("511112", COMMIT)),
    ("checkpoint", number_records([render_checkpoint("511112", "checkpoints", 1, b"")], 7)[0]),
    ("cosigned_checkpoint", render_checkpoint("511112", "cosignatures", 1, b"")),
]


@pytest.mark.parametrize(("name", "record"), RECORDS, ids=[name for name, _ in RECORDS])
def test_what_is_written_to_a_topic_has_the_headers_that_are_told(name: str, record: Record) -> None:
    assert name in TOPICS.topics[record.word].messages
    told = DOCUMENT["components"]["messages"][name]["headers"]
    found = {key: value.decode() for key, value in record.headers}
    assert set(found) == set(told["required"]) == set(told["properties"])
    fixed = {key: each["const"] for key, each in told["properties"].items() if "const" in each}
    assert {key: found[key] for key in fixed} == fixed


def test_every_message_but_the_monitors_is_tried_above() -> None:
    assert {name for name, _ in RECORDS} | {"anomaly"} == set(DOCUMENT["components"]["messages"])


def test_the_page_shows_every_topic_and_role() -> None:
    page = WRITTEN["topics.md"].decode()
    assert all(f".{word}." in page for word in TOPICS.topics)
    assert all(f"| `{role}` " in page for role in TOPICS.roles)
    assert "| `consolidator.orders.<bank>.v1` |" in page
    assert "400 天 days" in page


def test_the_file_beside_the_models_is_what_is_loaded() -> None:
    text = (Path(__file__).parents[3] / "schemas" / "topics.yaml").read_text(encoding="utf-8")
    assert list(yaml.safe_load(text)["topics"]) == list(TOPICS.topics)

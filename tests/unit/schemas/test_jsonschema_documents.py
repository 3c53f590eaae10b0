"""JSON Schemas and examples: they fit each other and the models, and the committed copies are what is written now."""

import base64
import json
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from schemas.commands import parse_genesis
from schemas.describing.breaking import find_breaking
from schemas.describing.rendering import SUFFIX, describe, render_all
from schemas.describing.shapes import find_part_model, list_shapes
from schemas.documents import Document, parse_document
from schemas.headers import KINDS, PART_ITEMS_MAX, RegisterHeader, parse_header
from schemas.orders import parse_order_part, render_order_part
from schemas.parts import REGISTER_PARTS, parse_part
from schemas.policy import SUBJECTS, validate_item
from streams.kafka.definitions import load_topics

FOLDER = Path(__file__).parents[3] / "docs" / "schemas"
FROZEN = FOLDER / "v1"
SUMS = "SHA256SUMS"
COMMAND = "run: consolidator schemas write --to docs/schemas"
WRITTEN = render_all(load_topics())
DOCUMENTS = {name: raw for name, raw in WRITTEN.items() if name.endswith(".jsonl")}
SHAPES = {shape.name: shape for shape in list_shapes()}


@cache
def validator(name: str) -> Draft202012Validator:
    """Give what validates against a schema of this name."""
    schema = json.loads(WRITTEN[f"{name}{SUFFIX}"])
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def fits(name: str, value: object) -> bool:
    """Say whether a value is what the schema of this name describes."""
    return bool(validator(name).is_valid(value))


def part_name(document: Document) -> str:
    """Name the schema of a document's parts."""
    header = parse_header(document.envelope.header)
    return f"part-register-{header.register_name}" if isinstance(header, RegisterHeader) else f"part-{header.kind}"


def check_document(raw: bytes) -> None:
    """Read a document with the models of today, down to each item."""
    document = parse_document(raw)
    header = parse_header(document.envelope.header)
    model = find_part_model(header.kind, getattr(header, "register_name", ""))
    assert model is not None or not document.parts
    for part in document.parts:
        assert model is not None
        assert not parse_part(model, part).refused
    for subject, identifier, value in policy_items(document):
        validate_item(subject, identifier, value)


def policy_items(document: Document) -> Iterator[tuple[str, str, dict[str, Any] | None]]:
    """Give the items of a policy document; none of another kind."""
    if document.header.kind == "policy":
        for columns in map(json.loads, document.parts):
            yield from zip(columns["subject"], columns["id"], columns["value"], strict=True)


# ---------------------------------------------------------------- completeness


def test_every_kind_register_and_subject_has_a_schema() -> None:
    kinds_with_parts = [kind for kind in KINDS if kind not in ("register", "confirm")]
    assert set(SHAPES) == {
        *("envelope", "genesis", "order-part", "order-file", "commit", "anomaly"),
        *(f"header-{kind}" for kind in KINDS),
        *(f"part-{kind}" for kind in kinds_with_parts),
        *(f"part-register-{name}" for name in REGISTER_PARTS),
        *(f"policy-{subject}" for subject in SUBJECTS),
    }


def test_every_kind_and_register_has_an_example() -> None:
    wanted = [kind for kind in KINDS if kind != "register"] + [f"register-{name}" for name in REGISTER_PARTS]
    missing = [name for name in wanted if f"examples/{name}.jsonl" not in WRITTEN]
    assert not missing, "add a row to schemas/describing/examples.py"


def test_the_policy_example_shows_every_subject() -> None:
    shown = {item[0] for item in policy_items(parse_document(DOCUMENTS["examples/policy.jsonl"]))}
    assert shown == set(SUBJECTS), "add an item to schemas/describing/examples.py"


def test_titles_are_chinese_and_english_and_each_is_used_once() -> None:
    titles = [shape.title for shape in SHAPES.values()]
    assert len(set(titles)) == len(titles)
    assert all(not title.isascii() and title.split()[-1].isascii() for title in titles)


def test_descriptions_are_plain_text_of_the_models_own() -> None:
    texts = {name: describe(shape).get("description", "") for name, shape in SHAPES.items()}
    assert [name for name, text in texts.items() if "``" in text or ":`" in text or "Usage Documentation" in text] == []
    assert [name for name, text in texts.items() if not text] == ["envelope"]


# ---------------------------------------------------------------- examples fit


@pytest.mark.parametrize("name", DOCUMENTS)
def test_an_example_is_accepted_by_the_program(name: str) -> None:
    check_document(DOCUMENTS[name])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_an_example_fits_its_schemas(name: str) -> None:
    document = parse_document(DOCUMENTS[name])
    envelope = json.loads(document.envelope_line)
    assert fits("envelope", envelope)
    assert fits(f"header-{document.header.kind}", json.loads(base64.b64decode(envelope["payload"])))
    assert all(fits(part_name(document), json.loads(part)) for part in document.parts)
    assert all(fits(f"policy-{subject}", value) for subject, _, value in policy_items(document) if value is not None)


def test_genesis_and_order_list_fit_their_schemas_and_are_accepted() -> None:
    genesis, orders = WRITTEN["examples/genesis.json"], WRITTEN["examples/order-part.json"]
    assert fits("genesis", json.loads(genesis))
    assert parse_genesis(genesis).county == "511112"
    assert fits("order-part", json.loads(orders))
    assert render_order_part(parse_order_part(orders)) == orders


def test_the_same_bytes_are_written_every_time() -> None:
    assert render_all(load_topics()) == WRITTEN


# ---------------------------------------------------------------- schemas refuse


def test_a_schema_refuses_what_the_model_refuses() -> None:
    part: dict[str, list[Any]] = {"line": [1], "reason": ["x"]}
    assert fits("part-review", part)
    assert not fits("part-review", part | {"more": [1]})
    assert not fits("part-review", {"line": [1]})
    assert not fits("part-review", {"line": [0], "reason": ["x"]})
    assert not fits("part-review", {"line": ["1"], "reason": ["x"]})
    assert not fits("part-review", {"line": [], "reason": []})


def test_an_optional_column_is_bounded_too() -> None:
    part = {"payee_id": ["511199194912310021"], "bank": ["402"], "account": ["62170000000000"]}
    assert fits("part-designations", part | {"branch": [None]})
    assert fits("part-designations", part | {"branch": None})
    assert not fits("part-designations", part | {"branch": [None] * (PART_ITEMS_MAX + 1)})


# ---------------------------------------------------------------- committed copies


def test_the_committed_copies_are_what_is_written_now() -> None:
    committed = {
        path.relative_to(FOLDER).as_posix(): path.read_bytes()
        for path in FOLDER.rglob("*")
        if path.is_file() and FROZEN not in path.parents
    }
    differing = sorted(name for name in {*committed, *WRITTEN} if committed.get(name) != WRITTEN.get(name))
    assert not differing, f"{COMMAND} (and remove what is no longer written)"


def frozen_sums() -> dict[str, str]:
    """Give the digest of each released file, by name."""
    rows = (line.split("  ", 1) for line in (FROZEN / SUMS).read_text(encoding="utf-8").splitlines())
    return {name: digest for digest, name in rows}


def test_released_files_are_neither_changed_nor_removed_nor_unlisted() -> None:
    found = {
        path.relative_to(FROZEN).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in FROZEN.rglob("*")
        if path.is_file() and path.name != SUMS
    }
    assert found == frozen_sums()


@pytest.mark.parametrize("name", [name for name in frozen_sums() if name.endswith(".jsonl")])
def test_a_released_example_is_still_accepted(name: str) -> None:
    check_document((FROZEN / name).read_bytes())


def test_other_released_examples_are_still_accepted() -> None:
    parse_genesis((FROZEN / "examples/genesis.json").read_bytes())
    parse_order_part((FROZEN / "examples/order-part.json").read_bytes())


@pytest.mark.parametrize("name", [name for name in frozen_sums() if name.endswith(SUFFIX)])
def test_what_a_released_schema_allowed_is_still_allowed(name: str) -> None:
    assert name in WRITTEN, "a released schema has no successor"
    breaking = find_breaking(json.loads((FROZEN / name).read_bytes()), json.loads(WRITTEN[name]))
    assert not breaking, "old documents would be refused: allow both, or begin a new version of the header"

"""A change of a schema that would refuse old documents is named; one that only allows more is not."""

from typing import Any

import pytest

from schemas.describing.breaking import find_breaking

TEXT: dict[str, Any] = {"type": "string"}
WHOLE: dict[str, Any] = {"type": "integer"}
NEVER = False  # the schema that nothing fits
NULL: dict[str, Any] = {"type": "null"}


def thing(required: list[str] | None = None, **properties: object) -> dict[str, Any]:
    """Give the schema of an object without other properties."""
    return {"type": "object", "properties": properties, "required": required or [], "additionalProperties": False}


def items(schema: object) -> dict[str, Any]:
    """Give the schema of a list."""
    return {"type": "array", "items": schema}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (thing(a=TEXT), thing(["a"], a=TEXT), "/a: is required now"),
        (thing(a=TEXT), thing(["b"], a=TEXT, b=TEXT), "/b: is required now"),
        (thing(a=TEXT, b=TEXT), thing(a=TEXT), "/b: was removed"),
        (thing(a=thing(b=TEXT)), thing(a=thing()), "/a/b: was removed"),
        (TEXT, WHOLE, "(root): type string became integer"),
        ({}, TEXT, "(root): type None became string"),
        ({"enum": ["a", "b"]}, {"enum": ["a"]}, "(root): b is not allowed any more"),
        ({"const": 1}, {"const": 2}, "(root): 1 is not allowed any more"),
        (TEXT, TEXT | {"enum": ["a"]}, "(root): only some values are allowed now"),
        (TEXT, TEXT | {"pattern": "^x$"}, "(root): pattern None became ^x$"),
        ({"pattern": "^x?$"}, {"pattern": "^x$"}, "(root): pattern ^x?$ became ^x$"),
        ({"pattern": "^(a|b)$"}, {"pattern": "^(a)$"}, "(root): b is not allowed any more"),
        (WHOLE | {"maximum": 9}, WHOLE | {"maximum": 8}, "(root): maximum 9 became 8"),
        (WHOLE | {"exclusiveMaximum": 9}, WHOLE | {"maximum": 7}, "(root): maximum 8 became 7"),
        (WHOLE, WHOLE | {"minimum": 0}, "(root): minimum none became 0"),
        (WHOLE | {"minimum": 0}, WHOLE | {"exclusiveMinimum": 0}, "(root): minimum 0 became 1"),
        (TEXT | {"minLength": 1}, TEXT | {"minLength": 2}, "(root): minLength 1 became 2"),
        (items(TEXT), items(TEXT) | {"maxItems": 5}, "(root): maxItems none became 5"),
        (items(TEXT), items(TEXT | {"maxLength": 5}), "/items: maxLength none became 5"),
        (items(TEXT), items(NEVER), "/items: is not allowed any more"),
        ({"type": "array"}, items(TEXT), "/items: is not allowed any more"),
        ({"prefixItems": [TEXT]}, {"prefixItems": [TEXT, TEXT]}, "(root): prefixItems changed"),
        ({"prefixItems": [TEXT]}, {"prefixItems": [WHOLE]}, "/0: type string became integer"),
        ({"anyOf": [TEXT, NULL]}, TEXT, "(root): type null became string"),
        ({"anyOf": [TEXT, NULL]}, {"anyOf": [WHOLE, NULL]}, "(root): type string became integer"),
        (
            {"type": "object"},
            {"type": "object", "additionalProperties": False},
            "/additionalProperties: is not allowed",
        ),
        (
            {"additionalProperties": TEXT},
            {"additionalProperties": WHOLE},
            "/additionalProperties: type string became integer",
        ),
        (
            {"patternProperties": {"^a$": WHOLE}},
            {"patternProperties": {"^b$": WHOLE}},
            "/patternProperties/^a$: is not allowed any more",
        ),
        (
            {"patternProperties": {"^a$": WHOLE}},
            {"patternProperties": {"^a$": TEXT}},
            "/patternProperties/^a$: type integer became string",
        ),
        ({"type": "array"}, {"type": "array", "uniqueItems": True}, "(root): uniqueItems changed"),
    ],
)
def test_a_narrower_schema_is_named(old: dict[str, Any], new: dict[str, Any], told: str) -> None:
    found = find_breaking(old, new)
    assert len(found) == 1
    assert found[0].startswith(told)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (thing(["a"], a=TEXT), thing(a=TEXT, b=TEXT)),
        (thing(["a"], a=TEXT), thing(["a"], a=TEXT, b=TEXT)),
        (thing(a=TEXT), thing(a={"anyOf": [TEXT, NULL]})),
        ({"anyOf": [TEXT, NULL]}, {"oneOf": [NULL, TEXT, WHOLE]}),
        (WHOLE, {"type": "number"}),
        (TEXT, {}),
        ({"const": "a"}, {"enum": ["a", "b"]}),
        (TEXT | {"enum": ["a"]}, TEXT),
        (TEXT | {"pattern": "^x$"}, TEXT),
        (TEXT | {"pattern": "^(a|b)$"}, TEXT | {"pattern": "^(a|b|c)$"}),
        (WHOLE | {"maximum": 9, "minimum": 1}, WHOLE | {"exclusiveMaximum": 10, "minimum": 0}),
        (items(TEXT) | {"maxItems": 5}, items(TEXT)),
        (items(TEXT), {"type": "array"}),
        (TEXT | {"title": "a", "description": "b", "default": ""}, TEXT | {"title": "c"}),
        ({"type": "object", "properties": {"a": TEXT}}, {"type": "object", "properties": {}}),
        ({"patternProperties": {"^a$": WHOLE}}, {"patternProperties": {"^a$": WHOLE, "^b$": WHOLE}}),
        ({"prefixItems": [TEXT]}, {"prefixItems": [TEXT]}),
        ({"type": "array", "uniqueItems": True}, {"type": "array", "uniqueItems": True}),
    ],
)
def test_a_wider_schema_passes(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert find_breaking(old, new) == []


def test_references_are_followed_on_both_sides() -> None:
    old = {"$ref": "#/$defs/A", "$defs": {"A": thing(a={"$ref": "#/$defs/B"}), "B": TEXT}}
    assert find_breaking(old, {"$ref": "#/$defs/X", "$defs": {"X": thing(a=TEXT)}}) == []
    assert find_breaking(old, {"$ref": "#/$defs/X", "$defs": {"X": thing(a=WHOLE)}}) == [
        "/a: type string became integer"
    ]


def test_every_breaking_place_is_named() -> None:
    old = thing(a=TEXT, b=TEXT, c=TEXT)
    assert find_breaking(old, thing(["a"], a=TEXT, b=WHOLE)) == [
        "/b: type string became integer",
        "/c: was removed",
        "/a: is required now",
    ]


def test_of_several_new_alternatives_the_nearest_is_told() -> None:
    near, far = TEXT | {"maxLength": 3}, WHOLE | {"maximum": 3, "minimum": 3}
    assert find_breaking(TEXT, {"anyOf": [far, near]}) == ["(root): maxLength none became 3"]

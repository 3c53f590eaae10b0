"""Owns the question: would a document that fitted an old schema be refused by a new one? It compares schemas only.

It knows the part of JSON Schema that our models make (no shape of ours holds itself). Where it cannot tell, it says
"changed", which counts as breaking.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]
_UPPER = ("maxLength", "maxItems", "maxProperties")
_LOWER = ("minLength", "minItems", "minProperties")
# Texts, and what is compared elsewhere in this module.
_SILENT = frozenset(("$id", "$schema", "$defs", "title", "description", "default", "required"))
_COMPARED = frozenset(
    (
        *("$ref", "type", "enum", "const", "pattern", "anyOf", "oneOf", "properties", "patternProperties"),
        *("additionalProperties", "items", "prefixItems"),
        *("maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", *_UPPER, *_LOWER),
    )
)
_WORDS = re.compile(r"\^\(([a-z]+(?:\|[a-z]+)*)\)\$")
_INFINITE = 10**30  # beyond any bound of ours


def find_breaking(old: Schema, new: Schema) -> list[str]:
    """Name every place where ``new`` refuses what ``old`` allows: path and what became narrower.

    >>> find_breaking({"type": "string", "maxLength": 9}, {"type": "string", "maxLength": 5})
    ['(root): maxLength 9 became 5']
    """
    before, after = _inline(old, old.get("$defs", {})), _inline(new, new.get("$defs", {}))
    return [f"{path or '(root)'}: {what}" for path, what in _compare("", before, after)]


def _inline(value: Any, definitions: Schema) -> Any:  # noqa: ANN401 -- any JSON value
    """Put what references name in their place."""
    if isinstance(value, Mapping):
        if "$ref" in value:
            return _inline(definitions[value["$ref"].removeprefix("#/$defs/")], definitions)
        return {name: _inline(each, definitions) for name, each in value.items() if name != "$defs"}
    return [_inline(each, definitions) for each in value] if isinstance(value, list) else value


def _compare(path: str, old: Schema, new: Schema) -> Iterator[tuple[str, str]]:
    """Compare what stands at one place."""
    before, after = _alternatives(old), _alternatives(new)
    if len(before) == len(after) == 1:
        yield from _compare_one(path, before[0], after[0])
        return
    for each in before:
        yield from _compare_best(path, each, after)


def _compare_best(path: str, old: Schema, after: Sequence[Schema]) -> Iterator[tuple[str, str]]:
    """An old alternative must be allowed by one of the new ones; otherwise tell what the nearest refuses."""
    found = [list(_compare(path, old, new)) for new in after]
    if all(found):
        yield from min(found, key=len)


def _compare_one(path: str, old: Schema, new: Schema) -> Iterator[tuple[str, str]]:
    yield from ((path, what) for what in _compare_values(old, new))
    if "properties" in old or "properties" in new:
        yield from _compare_properties(path, old, new)
    yield from _compare_rest(path, old, new)
    for keyword in ("items", "patternProperties", "additionalProperties"):
        yield from _compare_below(f"{path}/{keyword}", old.get(keyword, True), new.get(keyword, True))
    yield from _compare_places(path, old.get("prefixItems", []), new.get("prefixItems", []))


def _compare_properties(path: str, old: Schema, new: Schema) -> Iterator[tuple[str, str]]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name, schema in before.items():
        if name in after:
            yield from _compare(f"{path}/{name}", schema, after[name])
        elif new.get("additionalProperties") is False:
            yield f"{path}/{name}", "was removed"
    for name in new.get("required", []):
        if name not in old.get("required", []):
            yield f"{path}/{name}", "is required now"


def _compare_rest(path: str, old: Schema, new: Schema) -> Iterator[tuple[str, str]]:
    for keyword in sorted({*old, *new} - _COMPARED - _SILENT):
        if old.get(keyword) != new.get(keyword):
            yield path, f"{keyword} changed"


def _compare_below(path: str, old: Any, new: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 -- JSON Schema has true and false beside objects
    if new is True or old is False or old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _compare_named(path, old, new)
    else:
        yield path, "is not allowed any more"


def _compare_named(path: str, old: Schema, new: Schema) -> Iterator[tuple[str, str]]:
    if not path.endswith("/patternProperties"):
        yield from _compare(path, old, new)
        return
    for pattern, schema in old.items():
        yield from _compare_below(f"{path}/{pattern}", schema, new.get(pattern, False))


def _compare_places(path: str, old: Sequence[Schema], new: Sequence[Schema]) -> Iterator[tuple[str, str]]:
    if len(old) != len(new):
        yield path, "prefixItems changed"
        return
    for index, (before, after) in enumerate(zip(old, new, strict=True)):
        yield from _compare(f"{path}/{index}", before, after)


def _alternatives(schema: Schema) -> Sequence[Schema]:
    return schema.get("anyOf") or schema.get("oneOf") or [schema]


def _compare_values(old: Schema, new: Schema) -> Iterator[str]:
    yield from _compare_types(old, new)
    yield from _compare_choices(old, new)
    yield from _compare_pattern(old.get("pattern"), new.get("pattern"))
    yield from _compare_bounds(_bounds(old), _bounds(new))


def _compare_types(old: Schema, new: Schema) -> Iterator[str]:
    before, after = old.get("type"), new.get("type")
    if after not in (None, before) and (before, after) != ("integer", "number"):
        yield f"type {before} became {after}"


def _compare_choices(old: Schema, new: Schema) -> Iterator[str]:
    after = _choices(new)
    if after is None:
        return
    before = _choices(old)
    if before is None:
        yield "only some values are allowed now"
        return
    yield from (f"{value} is not allowed any more" for value in before if value not in after)


def _choices(schema: Schema) -> Sequence[Any] | None:
    """Give the allowed values of an enum, a constant, or a pattern that is a list of words."""
    if "const" in schema:
        return [schema["const"]]
    words = _WORDS.fullmatch(schema.get("pattern", ""))
    return schema.get("enum") if words is None else words[1].split("|")


def _compare_pattern(old: str | None, new: str | None) -> Iterator[str]:
    if new is None or new == old or (old and _WORDS.fullmatch(old) and _WORDS.fullmatch(new)):
        return
    yield f"pattern {old} became {new}"


def _bounds(schema: Schema) -> dict[str, int]:
    """Give all bounds as what is at most allowed: lower ones negated, exclusive ones (of integers) made inclusive."""
    upper = {word: schema[word] for word in _UPPER if word in schema}
    lower = {word: -schema[word] for word in _LOWER if word in schema}
    values = {
        "maximum": min(schema.get("maximum", _INFINITE), schema.get("exclusiveMaximum", _INFINITE) - 1),
        "minimum": min(-schema.get("minimum", -_INFINITE), -schema.get("exclusiveMinimum", -_INFINITE) - 1),
    }
    return {**upper, **lower, **{word: bound for word, bound in values.items() if bound < _INFINITE - 1}}


def _compare_bounds(old: Mapping[str, int], new: Mapping[str, int]) -> Iterator[str]:
    for word, bound in new.items():
        before = old.get(word, _INFINITE)
        if bound < before:
            shown = "none" if before == _INFINITE else abs(before)
            yield f"{word} {shown} became {abs(bound)}"

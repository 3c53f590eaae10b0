"""Owns the writing of JSON Schema (draft 2020-12) from a model, and the index of all schemas. Gives names and bytes."""

import json
import re
from inspect import cleandoc
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from schemas.describing.asyncapi import render_asyncapi
from schemas.describing.examples import render_examples
from schemas.describing.shapes import Shape, list_shapes
from schemas.describing.topics_page import render_topics_page
from schemas.headers import PART_ITEMS_MAX
from schemas.parts import Columns
from schemas.topics import Topics

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SUFFIX = ".schema.json"
_ROLE = re.compile(r":[a-z]+:`([^`]+)`")
_INDEX = """\
# 数据规范 Schemas

由程序写出,请勿手改。Written by the program; do not edit:

```sh
consolidator schemas write --to docs/schemas
```

一个报送件是一个 JSON Lines 文件:第一行是签名信封(`envelope`),其 `payload` 是报送件头(`header-*`)的 base64;
其后每行一个明细部分(`part-*`)。政策设置的每一项按其 `subject` 另有规范(`policy-*`)。
规范只说形状;校验位、日期、权限由比对判定。
公开条目没有模型,见 [entries.md](../entries.md);随附封面与银行文件见 [formats.md](../formats.md)。

A document is a JSON Lines file: the signed envelope first, whose `payload` is the header in base64, then one part a
line. Each item of a policy has a schema by its `subject`. Schemas state shapes only. The log's entries have no model:
see [entries.md](../entries.md); cover sheets and banks' files: [formats.md](../formats.md).

`examples/`:每类一个真实签名的例子,密钥公开,人物虚构。
One signed example of each kind; the keys are published, the people fictional.

Kafka 主题:[topics.md](topics.md)、[asyncapi.yaml](asyncapi.yaml)。Topics on Kafka, for people and for machines.

`v1/`:已发布的规范与例子,只增不改,以后的程序必须仍能读。
What was released: files are added, never changed or removed, and every later program reads them. To add one, copy it
to `v1/`, then run `sha256sum FILE >> SHA256SUMS` there.

| 文件 file | 内容 content |
|---|---|
"""


class _Plain(GenerateJsonSchema):
    """Leaves out the titles that would only repeat the fields' names."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 -- the library's own type is a union of all its nodes
        return False


def render_all(topics: Topics) -> dict[str, bytes]:
    """Give every file: schemas, examples, what is said of topics, index; relative name → bytes."""
    shapes = list_shapes()
    schemas = {f"{shape.name}{SUFFIX}": render_schema(shape) for shape in shapes}
    examples = {f"examples/{name}": raw for name, raw in render_examples().items()}
    about = {"asyncapi.yaml": render_asyncapi(topics, list(schemas)), "topics.md": render_topics_page(topics)}
    return {**schemas, **examples, **about, "README.md": _render_index(shapes)}


def render_schema(shape: Shape) -> bytes:
    """Write one schema."""
    return f"{json.dumps(describe(shape), ensure_ascii=False, indent=1)}\n".encode()


def describe(shape: Shape) -> dict[str, Any]:
    """Give one schema as a value: what the model says, under its own name and title."""
    schema = shape.model.model_json_schema(schema_generator=_Plain)
    head = {"$schema": DIALECT, "$id": f"{shape.name}{SUFFIX}", "title": shape.title}
    text = _describe_model(shape.model)
    if issubclass(shape.model, Columns):
        schema["properties"] = {name: _bound(name, column) for name, column in schema["properties"].items()}
    about = {"description": text} if text else {}
    return {**head, **about, **{name: value for name, value in schema.items() if name not in ("title", "description")}}


def _describe_model(model: type[BaseModel]) -> str:
    """Give a model's docstring as plain text; columns say what all columns have in common."""
    docs = [model.__doc__, Columns.__doc__] if issubclass(model, Columns) else [model.__doc__]
    text = "\n\n".join(cleandoc(doc) for doc in docs if doc)
    return _ROLE.sub(r"`\1`", text).replace("``", "`")


def _bound(name: str, column: dict[str, Any]) -> dict[str, Any]:
    """State the number of items, which the models check for all columns together."""
    if name == "bad":
        return column
    if "anyOf" in column:
        return {**column, "anyOf": [_bound(name, each) for each in column["anyOf"]]}
    return {**column, "minItems": 1, "maxItems": PART_ITEMS_MAX} if column["type"] == "array" else column


def _render_index(shapes: list[Shape]) -> bytes:
    rows = "".join(f"| [{shape.name}]({shape.name}{SUFFIX}) | {shape.title} |\n" for shape in shapes)
    return f"{_INDEX}{rows}".encode()

"""What of JSON Schema 2020-12 our OpenAPI document uses, as a check; and the rules of such a document."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

Json = Any
TYPES: Mapping[str, Callable[[Json], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
}
RULES: Mapping[str, Callable[[Json, Json], bool]] = {
    "type": lambda value, kind: TYPES[kind](value),
    "const": lambda value, only: value == only,
    "enum": lambda value, values: value in values,
    "pattern": lambda value, pattern: re.search(pattern, value) is not None,
    "minLength": lambda value, least: len(value) >= least,
    "maxLength": lambda value, most: len(value) <= most,
    "maxItems": lambda value, most: len(value) <= most,
    "minimum": lambda value, least: value >= least,
    "maximum": lambda value, most: value <= most,
    "required": lambda value, names: set(names) <= set(value),
    "format": lambda value, kind: kind == "date-time" and _is_moment(value),
}
TELLS_ONLY = {"description", "examples", "default", "properties", "additionalProperties", "items"}
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


def _is_moment(value: str) -> bool:
    return re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", value
    ) is not None and bool(datetime.fromisoformat(value).tzinfo)


def pointed_at(document: Json, pointer: str) -> Json:
    """What a local reference names; KeyError if there is nothing."""
    found = document
    for part in pointer.removeprefix("#/").split("/"):
        found = found[part]
    return found


def breaks(document: Json, schema: Json, value: Json, at: str = "$") -> Iterator[str]:
    """Every place where ``value`` is not as ``schema`` says; an unknown keyword is a mistake in the schema."""
    if "$ref" in schema:
        yield from breaks(document, pointed_at(document, schema["$ref"]), value, at)
        return
    unknown = set(schema) - set(RULES) - TELLS_ONLY
    assert not unknown, f"{at}: this checker knows no {unknown}"
    if "type" in schema and not TYPES[schema["type"]](value):
        yield f"{at}: no {schema['type']}"
        return
    yield from (f"{at}: {rule}" for rule in schema if rule in RULES and not RULES[rule](value, schema[rule]))
    properties = schema.get("properties", {})
    for name, inner in value.items() if isinstance(value, dict) else ():
        if name in properties:
            yield from breaks(document, properties[name], inner, f"{at}.{name}")
        elif schema.get("additionalProperties") is False:
            yield f"{at}.{name}: not foreseen"
    for place, inner in enumerate(value) if isinstance(value, list) and "items" in schema else ():
        yield from breaks(document, schema["items"], inner, f"{at}[{place}]")


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Method, path and operation."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def references(node: Json) -> Iterator[str]:
    """Every ``$ref`` below ``node``."""
    if isinstance(node, dict):
        yield from (value for key, value in node.items() if key == "$ref")
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def document_breaks(document: Json) -> Iterator[str]:
    """Where a document is none of OpenAPI 3.1, as far as ours goes into it (its sections 4.8 to 4.8.30)."""
    if not re.fullmatch(r"3\.1\.\d+", document["openapi"]):
        yield "openapi"
    yield from (f"info.{name}" for name in ("title", "version") if not document["info"].get(name))
    if unknown := set(document) - {"openapi", "info", "servers", "paths", "components"}:
        yield f"unknown: {unknown}"
    schemes, ids = document["components"]["securitySchemes"], []
    for method, path, operation in operations(document):
        where = f"{method} {path}"
        ids.append(operation["operationId"])
        if method not in METHODS or not path.startswith("/"):
            yield where
        if set(operation) - {
            "operationId", "summary", "description", "security", "parameters", "requestBody", "responses"
        }:  # fmt: skip
            yield f"{where}: unknown"
        yield from (
            f"{where}: {name}" for one in operation["security"] for name in one if name not in schemes
        )
        seen = [(p["name"], p["in"]) for p in operation.get("parameters", [])]
        if len(set(seen)) != len(seen) or {place for _name, place in seen} - {
            "query",
            "path",
            "header",
            "cookie",
        }:
            yield f"{where}: parameters"
        yield from (f"{where}: {p['name']}" for p in operation.get("parameters", []) if "schema" not in p)
        for status, answer in operation["responses"].items():
            if not re.fullmatch(r"[1-5]\d\d|default", status) or not answer.get("description"):
                yield f"{where}: {status}"
            if set(answer) - {"description", "headers", "content", "links"}:
                yield f"{where}: {status}: unknown"
    if len(set(ids)) != len(ids):
        yield "operationId"
    for reference in references(document):
        try:
            pointed_at(document, reference)
        except KeyError:
            yield reference

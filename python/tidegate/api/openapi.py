"""The OpenAPI 3.1 document, made from the route tables and their pydantic models."""

import re
from collections.abc import Mapping
from typing import Final, Literal

from pydantic import BaseModel, TypeAdapter

from tidegate import __version__
from tidegate.api.fields import PATH_FIELDS
from tidegate.api.route import IDEMPOTENCY_KEY_CHARS_MAX, LOCAL, PUBLIC, Route
from tidegate.model.errors import CODES, Code

_REF: Final = "#/components/schemas/{model}"
_PLACEHOLDER: Final = re.compile(r"{(\w+)}")
_OUTSIDE_HTTP: Final = {Code.CONFIG_ERROR, Code.JOURNAL_CORRUPT}

Doc = dict[str, object]
Mode = Literal["validation", "serialization"]
Key = tuple[str, str, str]


def openapi(rows: tuple[Route, ...]) -> Doc:
    """The document. Every path is also served under /api/v1, which it does not repeat."""
    schemas, definitions = _schemas(rows)
    paths: dict[str, Doc] = {}
    for row in rows:
        for path in (row.path, *row.aliases):
            paths.setdefault(path, {})[row.method.lower()] = _operation(row, path, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tidegate",
            "version": __version__,
            "description": "Every path under /api is served under /api/v1 as well. Amounts are exact JSON numbers.",
        },
        "paths": paths,
        "components": {
            "schemas": {**definitions, "Failure": _failure_schema()},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _schemas(rows: tuple[Route, ...]) -> tuple[Mapping[Key, object], Mapping[str, object]]:
    inputs: list[tuple[Key, Mode, TypeAdapter[object]]] = []
    for row in rows:
        inputs.append(((row.method, row.path, "body"), "validation", TypeAdapter(row.body)))
        inputs.append(((row.method, row.path, "reply"), "serialization", TypeAdapter(row.reply)))
    found, shared = TypeAdapter.json_schemas(inputs, ref_template=_REF)
    schemas: dict[Key, object] = {key[0]: schema for key, schema in found.items()}
    definitions = shared.get("$defs", {})
    return schemas, definitions


def _operation(row: Route, path: str, schemas: Mapping[Key, object]) -> Doc:
    operation: Doc = {
        "operationId": _operation_id(row.method, path),
        "summary": row.summary,
        "parameters": _parameters(row, path),
        "responses": {
            "200": {"description": "Success", "content": _content(row, schemas[row.method, row.path, "reply"])},
            "default": {
                "description": "Failure",
                "content": {"application/json": {"schema": {"$ref": _REF.format(model="Failure")}}},
            },
        },
        "security": [] if row.permission == PUBLIC else [{"bearer": []}],
    }
    if row.permission != PUBLIC:
        operation["x-permission"] = str(row.permission)
    if row.body.model_fields:
        body = schemas[row.method, row.path, "body"]
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return operation


def _content(row: Route, reply: object) -> Doc:
    if row.reply is str:
        return {"text/plain": {"schema": {"type": "string"}}}
    if row.raw:
        return {"application/json": {"schema": reply}}
    envelope: Doc = {
        "type": "object",
        "properties": {"success": {"const": True}, "data": reply},
        "required": ["success", "data"],
    }
    return {"application/json": {"schema": envelope}}


def _parameters(row: Route, path: str) -> list[Doc]:
    in_path: list[Doc] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": f"^{PATH_FIELDS[name].pattern}$"},
        }
        for name in _PLACEHOLDER.findall(path)
    ]
    return in_path + _query_parameters(row.query) + _header_parameters(row)


def _header_parameters(row: Route) -> list[Doc]:
    headers: list[Doc] = []
    if row.method != "GET" and row.permission not in {PUBLIC, LOCAL}:
        key: Doc = {"type": "string", "maxLength": IDEMPOTENCY_KEY_CHARS_MAX, "pattern": "^[ -~]*$"}
        headers.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": key})
    if row.second_factor:
        code: Doc = {"type": "string", "pattern": "^[0-9]{6}$"}
        headers.append({"name": "X-Totp", "in": "header", "required": False, "schema": code})
    return headers


def _query_parameters(model: type[BaseModel]) -> list[Doc]:
    schema = model.model_json_schema()
    required = set(schema.get("required", ()))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": part}
        for name, part in schema.get("properties", {}).items()
    ]


def _operation_id(method: str, path: str) -> str:
    words = re.sub(r"[^A-Za-z0-9]+", " ", path.removeprefix("/api")).split()
    return method.lower() + "".join(word[0].upper() + word[1:] for word in words)


def _failure_schema() -> Doc:
    codes = [code.value for code in CODES if code not in _OUTSIDE_HTTP]
    error: Doc = {
        "type": "object",
        "properties": {
            "code": {"type": "string", "enum": codes},
            "message": {"type": "string"},
            "details": {"type": "object"},
        },
        "required": ["code", "message"],
    }
    return {
        "type": "object",
        "properties": {"success": {"const": False}, "error": error},
        "required": ["success", "error"],
    }

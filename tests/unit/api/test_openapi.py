"""The OpenAPI document: whole, consistent, and of the same tables as the routes."""

import re
from collections.abc import Iterator

import pytest

from tidegate.api.jsontext import dumps, load_object
from tidegate.api.openapi import openapi
from tidegate.api.route import PUBLIC
from tidegate.api.table import ROUTES

DOCUMENT = load_object(dumps(openapi(ROUTES)))
METHODS = {"get", "post", "put", "delete"}


def nodes(value: object) -> Iterator[dict[str, object]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def operations() -> Iterator[tuple[str, str, dict[str, object]]]:
    paths = DOCUMENT["paths"]
    assert isinstance(paths, dict)
    for path, item in paths.items():
        assert isinstance(item, dict)
        for method, operation in item.items():
            assert isinstance(operation, dict)
            yield method, path, operation


def test_every_row_and_alias_is_listed_and_nothing_else() -> None:
    rows = {(row.method.lower(), path) for row in ROUTES for path in (row.path, *row.aliases)}
    assert {(method, path) for method, path, _ in operations()} == rows
    assert {method for method, _, _ in operations()} <= METHODS


def test_every_reference_points_at_a_schema() -> None:
    schemas = DOCUMENT["components"]["schemas"]  # type: ignore[index,call-overload]
    references = {str(node["$ref"]) for node in nodes(DOCUMENT) if "$ref" in node}
    assert references
    assert {reference.removeprefix("#/components/schemas/") for reference in references} <= set(schemas)


def test_every_placeholder_is_a_parameter_and_the_other_way_round() -> None:
    for _, path, operation in operations():
        parameters = operation["parameters"]
        assert isinstance(parameters, list)
        named = {part["name"] for part in parameters if part["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path)), path


def test_operation_ids_are_unique() -> None:
    ids = [operation["operationId"] for _, _, operation in operations()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("row", ROUTES, ids=[f"{row.method} {row.path}" for row in ROUTES])
def test_security_is_as_the_row_declares(row: object) -> None:
    for method, path, operation in operations():
        if (method, path) == (row.method.lower(), row.path):  # type: ignore[attr-defined]
            public = row.permission == PUBLIC  # type: ignore[attr-defined]
            assert operation["security"] == ([] if public else [{"bearer": []}])


def test_what_only_an_operator_meets_is_no_http_code() -> None:
    failure = str(DOCUMENT["components"]["schemas"]["Failure"])  # type: ignore[index,call-overload]
    assert "RISK_REJECTED" in failure
    assert "JOURNAL_CORRUPT" not in failure

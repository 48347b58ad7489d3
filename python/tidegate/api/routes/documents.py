"""The OpenAPI document of the tables it stands in."""

from aiohttp import web

from tidegate.api.envelope import json_response
from tidegate.api.fields import Empty, Query
from tidegate.api.jsontext import dumps
from tidegate.api.openapi import openapi
from tidegate.api.route import Call, Route, route
from tidegate.model.access import Permission


def openapi_row(rows: tuple[Route, ...]) -> Route:
    """The row that serves the document of `rows` and of itself."""

    async def get_openapi(_call: Call[Empty, Query]) -> web.Response:
        """This document."""
        return json_response(document)

    row = route(
        "GET",
        "/api/openapi.json",
        get_openapi,
        body=Empty,
        query=Query,
        reply=dict[str, object],
        permission=Permission.READ,
        raw=True,
    )
    document = dumps(openapi((*rows, row)))
    return row

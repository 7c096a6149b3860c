"""flask-smorest's blueprint with types, our strict body reader, and routes that are done again when broken off."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import flask_smorest
from marshmallow import Schema

from api.again import again
from api.body import StrictParser

Route = TypeVar("Route", bound=Callable[..., Any])


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # the library has no types
    """The routes of one noun."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, noun: str, title: str, prefix: str = "") -> None:
        super().__init__(noun, noun, url_prefix=f"/api/v1{prefix}", description=title)

    def get(self, rule: str) -> Callable[[Route], Route]:
        """A route that reads."""
        return self._on("GET", rule)

    def post(self, rule: str) -> Callable[[Route], Route]:
        """A route that acts."""
        return self._on("POST", rule)

    def patch(self, rule: str) -> Callable[[Route], Route]:
        """A route that changes something that is there."""
        return self._on("PATCH", rule)

    def delete(self, rule: str) -> Callable[[Route], Route]:
        """A route that ends something."""
        return self._on("DELETE", rule)

    def _on(self, method: str, rule: str) -> Callable[[Route], Route]:
        route: Callable[[Route], Route] = self.route(rule, methods=[method])

        def decorate(act: Route) -> Route:
            return route(cast(Route, again(act)))

        return decorate

    def body(self, schema: type[Schema]) -> Callable[[Route], Route]:
        """The route takes this JSON body, as keyword arguments; a missing body is an empty object."""
        decorate: Callable[[Route], Route] = self.arguments(schema(), location="json", required=False, as_kwargs=True)
        return decorate

    def query(self, schema: type[Schema]) -> Callable[[Route], Route]:
        """The route takes these query parameters, as keyword arguments."""
        decorate: Callable[[Route], Route] = self.arguments(schema(), location="query", as_kwargs=True)
        return decorate

    def form(self, schema: type[Schema], *, file: str) -> Callable[[Route], Route]:
        """The route takes these fields of a multipart form, as keyword arguments, and reads one file itself."""
        take = self.arguments(schema, location="form", content_type="multipart/form-data", as_kwargs=True)
        properties = {name: {"type": "string"} for name in schema().fields}
        properties[file] = {"type": "string", "format": "binary"}
        content = {"multipart/form-data": {"schema": {"type": "object", "required": [file], "properties": properties}}}
        document = self.doc(requestBody={"required": True, "content": content})

        def decorate(route: Route) -> Route:
            taken: Route = document(take(route))
            return taken

        return decorate

    def answers(self, schema: type[Schema] | None, status: int = 200) -> Callable[[Route], Route]:
        """What the route returns is shaped by this schema."""
        decorate: Callable[[Route], Route] = self.response(status, schema)
        return decorate

    def header(self, name: str, text: str) -> Callable[[Route], Route]:
        """Document a request header that the route reads itself."""
        parameter = {"in": "header", "name": name, "schema": {"type": "string", "maxLength": 255}, "description": text}
        decorate: Callable[[Route], Route] = self.doc(parameters=[parameter])
        return decorate

    def reads_files(self, *kinds: str) -> Callable[[Route], Route]:
        """Document a body of these content types that the route reads itself."""
        content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}
        decorate: Callable[[Route], Route] = self.doc(requestBody={"required": True, "content": content})
        return decorate

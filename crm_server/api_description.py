"""The description of the API (OpenAPI 3.1), made from the declared routes and the models of the contract."""

from typing import Any

from pydantic import TypeAdapter

from crm_contract import VERSION
from crm_contract.errors import ErrorBody
from crm_server.app import all_routes
from crm_server.kit.application import CHANGES
from crm_server.kit.edge import KEY_LIMIT, Guard, Route

_REF = "#/components/schemas/{model}"
_KEY = {
    "name": "Idempotency-Key", "in": "header", "required": True,
    "description": "A new value for every command; the same value when the command is sent again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": KEY_LIMIT},
}
_ERROR = {
    "description": "A refusal, with words for a person",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}},
}
_LONG_POLL = {
    "summary": "Wait for changes after a position; -1 asks for the present position.",
    "operationId": "changes", "tags": ["meta"], "x-permission": Guard.LOGGED_IN, "x-command": False,
    "parameters": [{"name": "after", "in": "query", "schema": {"type": "integer", "default": -1}}],
    "security": [{"bearer": []}],
    "responses": {"200": {"description": "Changes", "content": {"application/json": {"schema": {"type": "object"}}}},
                  "4XX": _ERROR, "5XX": _ERROR},
}


def describe() -> dict[str, Any]:
    """The OpenAPI document as plain data."""
    routes = all_routes()
    schemas, components = TypeAdapter.json_schemas(
        [(ErrorBody, "serialization", TypeAdapter(ErrorBody)),
         *((route.handler, "validation", route.parameters.model) for route in routes if route.parameters.model),
         *((route.handler, "serialization", route.answer) for route in routes if route.answer)],
        ref_template=_REF)
    definitions = components.get("$defs", {})
    paths: dict[str, Any] = {CHANGES: {"get": _LONG_POLL}}
    for route in routes:
        plain = route.parameters.plain_model.model_json_schema(ref_template=_REF)
        definitions |= plain.pop("$defs", {})
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(
            route, plain, schemas.get((route.handler, "validation")), schemas.get((route.handler, "serialization")))
    return {
        "openapi": "3.1.0", "info": {"title": "Окно CRM", "version": VERSION}, "paths": paths,
        "components": {"schemas": definitions, "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
    }


def _operation(route: Route, plain: dict[str, Any], body: Any, answer: Any) -> dict[str, Any]:
    name = route.handler.__name__
    required = plain.get("required", [])
    operation: dict[str, Any] = {
        "operationId": name, "summary": (route.handler.__doc__ or name).strip().splitlines()[0], "tags": [route.tag],
        "x-permission": route.permission, "x-command": route.command,
        "parameters": [
            {"name": key, "in": "path" if key in route.parameters.in_path else "query", "required": key in required,
             "schema": schema} for key, schema in plain.get("properties", {}).items()]
        + ([_KEY] if route.command else []),
        "responses": {"200": _answer(answer), "4XX": _ERROR, "5XX": _ERROR},
    }
    if route.parameters.file:
        form = {"type": "object", "required": [route.parameters.file],
                "properties": {route.parameters.file: {"type": "string", "format": "binary"}}}
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": form}}}
    elif body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    if route.permission != Guard.PUBLIC:
        operation["security"] = [{"bearer": []}]
    return operation


def _answer(schema: Any) -> dict[str, Any]:
    if schema is None:
        return {"description": "The content of a file", "content": {"*/*": {"schema": {"type": "string",
                                                                                      "format": "binary"}}}}
    return {"description": "Done", "content": {"application/json": {"schema": schema}}}

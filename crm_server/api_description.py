"""The description of the API (OpenAPI) with what the edge adds to every route: token, idempotency key, errors."""

from typing import Any

from crm_contract.errors import ErrorBody
from crm_server.app import create_app
from crm_server.db.pool import Pool
from crm_server.kit.edge import KEY_LIMIT, Guard

_KEY = {
    "name": "Idempotency-Key", "in": "header", "required": True,
    "description": "A new value for every command; the same value when the command is sent again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": KEY_LIMIT},
}
_ERROR = {
    "description": "A refusal, with words for a person",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}},
}


def describe() -> dict[str, Any]:
    """The OpenAPI document as plain data."""
    description = create_app(Pool(open=False)).openapi()
    components = description.setdefault("components", {})
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    schemas = components.setdefault("schemas", {})
    schemas["ErrorBody"] = ErrorBody.model_json_schema(
        ref_template="#/components/schemas/{model}", mode="serialization")
    for operations in description["paths"].values():
        for operation in operations.values():
            _complete(operation)
    for name in ("HTTPValidationError", "ValidationError"):  # the edge answers ErrorBody instead
        schemas.pop(name, None)
    return description


def _complete(operation: dict[str, Any]) -> None:
    if operation["x-permission"] != Guard.PUBLIC:
        operation["security"] = [{"bearer": []}]
    if operation["x-command"]:
        operation.setdefault("parameters", []).append(_KEY)
    operation["responses"].pop("422", None)
    operation["responses"] |= {"4XX": _ERROR, "5XX": _ERROR}

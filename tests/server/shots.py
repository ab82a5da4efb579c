"""A valid request to any route, made from the description of the API."""

import re
from dataclasses import dataclass
from typing import Any

import httpx2

from crm_server.api_description import describe
from crm_server.kit.edge import Route
from tests.server.conftest import World

API = describe()


def operation(route: Route) -> dict[str, Any]:
    return API["paths"][route.path][route.method.lower()]


def sample(schema: dict[str, Any]) -> Any:
    """The least value that a schema allows."""
    if "$ref" in schema:
        return sample(API["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    if "anyOf" in schema:
        return sample(next(s for s in schema["anyOf"] if s.get("type") != "null"))
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    match schema.get("type"):
        case "object":
            names = schema.get("required", [])
            return {name: sample(schema["properties"][name]) for name in names}
        case "array":
            return [sample(schema["items"])] * schema.get("minItems", 0)
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return True
        case "string":
            texts = {"date": "2026-03-02", "date-time": "2026-03-02T10:00:00Z", "email": "a@b.ru"}
            word = next(w for w in ("sample12", "sample", "45", "4071") if re.search(schema.get("pattern", ""), w))
            return texts.get(schema.get("format", ""), word[:schema.get("maxLength", 8)])
    return None


@dataclass
class Shot:
    """A valid request to a route."""

    path: str
    body: Any
    files: Any
    params: dict[str, Any]

    def __init__(self, route: Route) -> None:
        described = operation(route)
        self.path, self.params, self.body, self.files = route.path, {}, None, None
        for parameter in described.get("parameters", []):
            value = {"kind": "invoice", "entity": "party", "action": "issue", "form": "invoice", "ids": [1, 2]}.get(
                parameter["name"], sample(parameter["schema"]))
            if parameter["in"] == "path":
                self.path = self.path.replace(f"{{{parameter['name']}}}", str(value))
            elif parameter["in"] == "query" and parameter.get("required"):
                self.params[parameter["name"]] = value
        content = described.get("requestBody", {}).get("content", {})
        if "multipart/form-data" in content:
            self.files = {"file": ("act.pdf", b"%PDF-1.7", "application/pdf")}
        elif content:
            self.body = sample(content["application/json"]["schema"])

    def fire(self, world: World, route: Route, headers: dict[str, str]) -> httpx2.Response:
        return world.http.request(route.method, self.path, json=self.body, files=self.files, params=self.params,
                                  headers=headers)

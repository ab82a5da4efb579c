"""What a handler gets besides its context: values of the address, the query and the body, checked by their types."""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, create_model
from starlette.datastructures import UploadFile
from starlette.requests import Request

from crm_contract.errors import ErrorCode
from crm_server.kit.errors import Refusal, invalid

MAX_ERRORS = 50
#: pydantic's error types in words; anything else is «Неверное значение».
_WORDS = {
    "missing": "Заполните поле",
    "string_too_short": "Заполните поле",
    "string_too_long": "Слишком длинный текст",
    "extra_forbidden": "Неизвестное поле",
    "greater_than": "Должно быть больше нуля",
    "greater_than_equal": "Слишком мало",
    "less_than_equal": "Слишком много",
    "decimal_max_places": "Слишком много знаков после запятой",
    "decimal_max_digits": "Слишком большое число",
    "too_long": "Слишком много строк",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """What came with a request, not looked at yet."""

    request: Request
    plain: Mapping[str, Any]      # of the address and the query
    body: bytes
    file: UploadFile | None


class Parameters:
    """The declared parameters of one handler; made once per route.

    A parameter named in the address comes from there, one of a contract model is the JSON body, an `UploadFile` is
    the part of a form with its name, a `Request` is the request itself; all others come from the query.
    """

    def __init__(self, handler: Callable[..., Any], path: str) -> None:
        self.request = self.file = self.body = ""
        self.in_path = set(re.findall(r"{(\w+)}", path))
        self.model: TypeAdapter[Any] | None = None   # of the body
        self.plain: dict[str, inspect.Parameter] = {}
        for name, parameter in inspect.signature(handler).parameters.items():
            kind = parameter.annotation
            if name == "ctx":
                continue
            if kind is Request:
                self.request = name
            elif kind is UploadFile:
                self.file = name
            elif inspect.isclass(kind) and issubclass(kind, BaseModel):
                self.body, self.model = name, TypeAdapter(kind)
            else:
                self.plain[name] = parameter
        fields: dict[str, Any] = {
            name: (p.annotation, ... if p.default is inspect.Parameter.empty else p.default)
            for name, p in self.plain.items()}
        self.plain_model = create_model(handler.__name__, __config__=ConfigDict(extra="forbid"), **fields)
        self._repeated = {name for name, p in self.plain.items() if _is_list(p.annotation)}

    async def receive(self, request: Request, path_values: Mapping[str, str]) -> Sent:
        """What the handler takes of a request, as it came; waits for the body."""
        plain: dict[str, Any] = {}
        if self.plain or request.scope["query_string"]:
            query = request.query_params
            plain = {name: query.getlist(name) if name in self._repeated else value
                     for name, value in query.items() if name not in self.in_path} | dict(path_values)
        body = await request.body() if self.model is not None else b""
        part = (await request.form()).get(self.file) if self.file else None
        return Sent(request, plain, body, part if isinstance(part, UploadFile) else None)

    def read(self, sent: Sent) -> dict[str, Any]:
        """The arguments of the handler; raises INVALID with words for every field that does not fit."""
        arguments: dict[str, Any] = {}
        if self.plain or sent.plain:
            arguments |= self._read_plain(sent.plain)
        if self.model is not None:
            arguments[self.body] = self._read_body(sent)
        if self.file:
            if sent.file is None:
                raise invalid({self.file: "Приложите файл"})
            arguments[self.file] = sent.file
        if self.request:
            arguments[self.request] = sent.request
        return arguments

    def _read_plain(self, given: Mapping[str, Any]) -> dict[str, Any]:
        try:
            values = self.plain_model.model_validate(given)
        except ValidationError as error:
            raise _in_words(error) from error
        return {name: getattr(values, name) for name in self.plain}

    def _read_body(self, sent: Sent) -> Any:
        assert self.model is not None
        if not sent.request.headers.get("content-type", "").startswith("application/json"):
            raise invalid({"body": "Ожидается JSON"})
        try:
            return self.model.validate_json(sent.body, strict=True)  # a truth value is no number
        except ValidationError as error:
            raise _in_words(error) from error


def _is_list(annotation: Any) -> bool:
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return get_origin(annotation) is list


def _in_words(error: ValidationError) -> Refusal:
    problems = error.errors(include_url=False, include_context=False, include_input=False)[:MAX_ERRORS]
    fields = {".".join(map(str, one["loc"])) or "body": _WORDS.get(one["type"], "Неверное значение")
              for one in problems}
    return Refusal(ErrorCode.INVALID, "Проверьте выделенные поля", "Исправьте и повторите.", field_errors=fields)

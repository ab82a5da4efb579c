"""What a handler gets besides its context: values of the address, the query and the body, checked by their types."""

import inspect
import re
from collections.abc import Callable, Mapping
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

    async def read(self, request: Request, path_values: Mapping[str, str]) -> dict[str, Any]:
        """The arguments of a request; raises INVALID with words for every field that does not fit."""
        arguments: dict[str, Any] = {}
        if self.plain or request.url.query:
            arguments |= self._read_plain(request, path_values)
        if self.model is not None:
            arguments[self.body] = self._read_body(request, await request.body())
        if self.file:
            part = (await request.form()).get(self.file)
            if not isinstance(part, UploadFile):
                raise invalid({self.file: "Приложите файл"})
            arguments[self.file] = part
        if self.request:
            arguments[self.request] = request
        return arguments

    def _read_plain(self, request: Request, path_values: Mapping[str, str]) -> dict[str, Any]:
        query = request.query_params
        given: dict[str, Any] = {
            name: query.getlist(name) if name in self._repeated else value
            for name, value in query.items() if name not in self.in_path} | dict(path_values)
        try:
            values = self.plain_model.model_validate(given)
        except ValidationError as error:
            raise _in_words(error) from error
        return {name: getattr(values, name) for name in self.plain}

    def _read_body(self, request: Request, content: bytes) -> Any:
        assert self.model is not None
        if not request.headers.get("content-type", "").startswith("application/json"):
            raise invalid({"body": "Ожидается JSON"})
        try:
            return self.model.validate_json(content, strict=True)  # a truth value is no number
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

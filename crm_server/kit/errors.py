"""Refusals: every expected "no" of the server, with words for a person."""

from collections.abc import Mapping
from typing import Any

import psycopg

from crm_contract.errors import STATUS, ErrorBody, ErrorCode


class Refusal(Exception):
    """Becomes the `ErrorBody` of the answer; the transaction is rolled back.

    `message` says what happened and why, `action` what to do; `field_errors` maps field paths to messages.
    """

    def __init__(self, code: ErrorCode, message: str, action: str = "", *,
                 field_errors: Mapping[str, str] | None = None, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.action = action
        self.field_errors = dict(field_errors or {})
        self.details = dict(details or {})

    @property
    def status(self) -> int:
        return STATUS[self.code]

    def body(self, request_id: str) -> ErrorBody:
        return ErrorBody(code=self.code, message=self.message, action=self.action, field_errors=self.field_errors,
                         details=self.details, request_id=request_id)


def not_found(what: str = "Запись") -> Refusal:
    """Also the answer for a row outside of the actor's scope: its existence is not told."""
    return Refusal(ErrorCode.NOT_FOUND, f"{what}: не найдено или нет доступа",
                   "Обновите список: запись могла быть удалена, либо попросите доступ у администратора.")


def invalid(field_errors: Mapping[str, str], message: str = "Проверьте выделенные поля") -> Refusal:
    return Refusal(ErrorCode.INVALID, message, "Исправьте поля и повторите.", field_errors=field_errors)


def stale(current: Any = None) -> Refusal:
    """Somebody saved the record meanwhile; `details.current` is its present state for the merge."""
    return Refusal(ErrorCode.STALE_VERSION, "Запись изменил другой сотрудник",
                   "Сравните изменения и сохраните ещё раз: ваш текст не потерян.",
                   details={} if current is None else {"current": current})


#: A NUL in a text (refused by the driver, without a state), numbers out of range, texts that are no numbers.
_IMPOSSIBLE_VALUES = frozenset({None, "22003", "22P02", "22P05", "22021"})

#: Constraint name → the refusal it means. Domains add theirs: `CONSTRAINTS["uq_party_inn_kpp"] = ...`.
CONSTRAINTS: dict[str, Refusal] = {}


def from_database(error: psycopg.Error) -> Refusal | None:
    """The refusal a violated constraint or an impossible value stands for; None for what nobody declared."""
    if isinstance(error, psycopg.DataError) and error.sqlstate in _IMPOSSIBLE_VALUES:
        return invalid({}, "Среди значений есть недопустимое: слишком большое число или запрещённый знак")
    return CONSTRAINTS.get(error.diag.constraint_name or "")

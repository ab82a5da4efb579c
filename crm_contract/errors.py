"""Error codes and the one error body of the API."""

from enum import StrEnum
from typing import Any

from crm_contract.base import Answer


class ErrorCode(StrEnum):
    """Each code has one HTTP status; see `STATUS`."""

    NOT_AUTHENTICATED = "not_authenticated"
    BAD_CREDENTIALS = "bad_credentials"
    THROTTLED = "throttled"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    INVALID = "invalid"
    STALE_VERSION = "stale_version"
    CONFLICT = "conflict"
    KEY_REQUIRED = "idempotency_key_required"
    KEY_REUSED = "idempotency_key_reused"
    NOT_ALLOWED_NOW = "not_allowed_now"
    OUT_OF_STOCK = "out_of_stock"
    PERIOD_CLOSED = "period_closed"
    CONFIRM_FIRST = "confirm_first"  # `details.acknowledge` says that the consequences in `details` were seen
    TOO_LARGE = "too_large"
    CLIENT_TOO_OLD = "client_too_old"
    BUSY = "busy"
    INTERNAL = "internal"


STATUS: dict[ErrorCode, int] = {
    ErrorCode.NOT_AUTHENTICATED: 401,
    ErrorCode.BAD_CREDENTIALS: 401,
    ErrorCode.THROTTLED: 429,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.INVALID: 422,
    ErrorCode.STALE_VERSION: 409,
    ErrorCode.CONFLICT: 409,
    ErrorCode.KEY_REQUIRED: 400,
    ErrorCode.KEY_REUSED: 422,
    ErrorCode.NOT_ALLOWED_NOW: 409,
    ErrorCode.OUT_OF_STOCK: 409,
    ErrorCode.PERIOD_CLOSED: 409,
    ErrorCode.CONFIRM_FIRST: 409,
    ErrorCode.TOO_LARGE: 413,
    ErrorCode.CLIENT_TOO_OLD: 426,
    ErrorCode.BUSY: 503,
    ErrorCode.INTERNAL: 500,
}


class ErrorBody(Answer):
    """What happened (`message`), why it did and what to do (`action`), in Russian, for a person.

    `field_errors` maps a field path (`inn`, `lines.2.quantity`) to its message. `details` is data for the
    client, e.g. `{"holders": [...]}` of an out-of-stock refusal.
    """

    code: ErrorCode
    message: str
    action: str = ""
    field_errors: dict[str, str] = {}
    details: dict[str, Any] = {}
    request_id: str = ""

"""A failure as a person reads it: what happened, why, what to do, a code, and the details for support."""

import platform
import traceback
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from crm_contract import VERSION
from crm_contract.errors import ErrorCode
from crm_contract.lists import Tone
from crm_desktop.kit.api_client import ApiError, ConnectionLost
from crm_desktop.kit.i18n import tr


class ProblemKind(StrEnum):
    """Where a failure belongs on the screen."""

    FIELDS = "fields"        # beside the fields of the form
    INLINE = "inline"        # a bar on the page that asked
    CONFLICT = "conflict"    # the compare dialog «ваше / чужое»
    LOGIN = "login"          # the log-in over the open pages
    OFFLINE = "offline"      # the banner «Нет связи»
    UPDATE = "update"        # the client is too old
    CRASH = "crash"          # a bug, of the client or of the server


@dataclass(frozen=True, slots=True)
class Problem:
    """`action` says what to do; `details` is what «Скопировать подробности» puts on the clipboard."""

    kind: ProblemKind
    message: str
    action: str
    code: str
    tone: Tone = Tone.ERROR
    field_errors: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    details: str = ""

    @property
    def text(self) -> str:
        """Everything a bar shows, in one line."""
        parts = [_sentence(self.message), _sentence(self.action)]
        code = tr("Код: {code}").format(code=self.code)
        return " ".join(part for part in (*parts, code) if part)


_KINDS = {
    ErrorCode.NOT_AUTHENTICATED: ProblemKind.LOGIN,
    ErrorCode.STALE_VERSION: ProblemKind.CONFLICT,
    ErrorCode.CLIENT_TOO_OLD: ProblemKind.UPDATE,
    ErrorCode.INTERNAL: ProblemKind.CRASH,
}
_WARNINGS = frozenset({ErrorCode.BUSY, ErrorCode.THROTTLED, ErrorCode.NOT_ALLOWED_NOW, ErrorCode.STALE_VERSION})


def problem_of(error: BaseException) -> Problem:
    """Any failure of background work. What is not known is a bug and says so."""
    if isinstance(error, ApiError):
        return _of_refusal(error)
    if isinstance(error, ConnectionLost):
        return _of_lost_connection(error)
    if isinstance(error, OSError):
        return _of_files(error)
    return crash_of(error)


def crash_of(error: BaseException) -> Problem:
    """A bug of this program: nothing to explain, but the details are worth sending."""
    name = type(error).__name__
    return Problem(
        ProblemKind.CRASH, tr("В программе произошла ошибка"),
        tr("Введённое сохранено в черновике. Повторите действие; если ошибка вернётся, отправьте подробности"
           " в поддержку"),
        code=f"CLIENT-{name}", details=_details(name, "", error),
    )


def _of_refusal(error: ApiError) -> Problem:
    body = error.body
    kind = _KINDS.get(body.code, ProblemKind.INLINE)
    if body.field_errors and kind is ProblemKind.INLINE:
        kind = ProblemKind.FIELDS
    message, action = body.message, body.action or _default_action(body.code)
    if body.code is ErrorCode.INTERNAL:
        message = tr("На сервере произошла ошибка")
    return Problem(
        kind, message, action, code=body.code.value, tone=Tone.WARN if body.code in _WARNINGS else Tone.ERROR,
        field_errors=dict(body.field_errors), data=dict(body.details),
        details=_details(f"{error.status} {body.code}: {body.message}", body.request_id, None),
    )


def _default_action(code: ErrorCode) -> str:
    texts = {
        ErrorCode.NOT_AUTHENTICATED: tr("Войдите ещё раз, открытые страницы останутся"),
        ErrorCode.BAD_CREDENTIALS: tr("Проверьте имя, пароль и раскладку клавиатуры"),
        ErrorCode.THROTTLED: tr("Подождите минуту и повторите"),
        ErrorCode.FORBIDDEN: tr("Попросите право у администратора"),
        ErrorCode.NOT_FOUND: tr("Обновите список: запись могли удалить"),
        ErrorCode.INVALID: tr("Исправьте отмеченные поля и сохраните ещё раз"),
        ErrorCode.STALE_VERSION: tr("Сравните свои изменения с чужими и выберите, что оставить"),
        ErrorCode.CLIENT_TOO_OLD: tr("Обновите программу"),
        ErrorCode.BUSY: tr("Повторите через несколько секунд"),
        ErrorCode.TOO_LARGE: tr("Уменьшите файл или отправьте его частями"),
        ErrorCode.INTERNAL: tr("Повторите позже; если ошибка вернётся, отправьте подробности в поддержку"),
    }
    return texts.get(code, tr("Обновите страницу и повторите"))


def _of_lost_connection(error: ConnectionLost) -> Problem:
    if error.is_command:
        action = tr("Введённое не потеряно. Повторите, когда связь вернётся: дважды операция не выполнится")
    else:
        action = tr("Программа подключится сама; открытые данные можно читать")
    return Problem(ProblemKind.OFFLINE, tr("Нет связи с сервером"), action, code="offline", tone=Tone.WARN,
                   details=_details(str(error), "", None))


def _of_files(error: OSError) -> Problem:
    name = error.filename or tr("файл")
    return Problem(
        ProblemKind.INLINE, tr("Не удалось прочитать или записать «{name}»").format(name=name),
        tr("Проверьте место на диске и права на папку, закройте файл в других программах и повторите"),
        code=f"FILE-{error.errno}", details=_details(str(error), "", error),
    )


def _details(what: str, request_id: str, error: BaseException | None) -> str:
    lines = [
        f"OknoCRM {VERSION}, {platform.platform()}, Python {platform.python_version()}",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC", what,
    ]
    if request_id:
        lines.append(f"request {request_id}")
    if error is not None:
        lines += ["", *(line.rstrip() for line in traceback.format_exception(error))]
    return "\n".join(lines)


def _sentence(text: str) -> str:
    return text if not text or text[-1] in ".!?…" else f"{text}."

"""The conversation with the mail server."""

import contextlib
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from crm_server.config import Settings
from crm_server.mailing.message import one_line, sender_address

_MAX_WORDS = 300


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a message was not taken, in words. A `permanent` one would be refused again."""

    words: str
    permanent: bool = False


class MailServer:
    """One connection for several messages, opened with the first and opened anew after a loss.

    A server that cannot be reached is not tried again by the same object: the next run of the job does.
    """

    def __init__(self, settings: Settings, *, timeout_s: int = 0) -> None:
        self._settings = settings
        self._timeout_s = timeout_s or settings.smtp_timeout_s
        self._smtp: smtplib.SMTP | None = None
        self._down: Failure | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        if self._smtp is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
        self._close()

    def send(self, message: EmailMessage) -> Failure | None:
        """None when the server has taken the message over."""
        if self._down is None:
            self._down = self._connect()
        if self._down is not None or self._smtp is None:
            return self._down
        try:
            self._smtp.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            return _refused(error.recipients)
        except smtplib.SMTPDataError as error:
            return Failure(f"Сервер не принял письмо: {_words(error)}", permanent=error.smtp_code >= 500)
        except smtplib.SMTPNotSupportedError:
            return Failure("Сервер не принимает адреса с нелатинскими буквами", permanent=True)
        except smtplib.SMTPSenderRefused as error:
            # The operator's to repair, not a fault of the letter: 550 here too is worth another try.
            return Failure(f"Сервер не принял отправителя: {_words(error)}")
        except (smtplib.SMTPException, OSError) as error:
            self._close()
            return Failure(f"Связь с почтовым сервером прервалась: {_words(error)}")
        return None

    def _connect(self) -> Failure | None:
        if self._smtp is not None and self._smtp.sock is not None:
            return None
        settings = self._settings
        if not settings.smtp_host or not sender_address(settings).domain:
            return Failure("Почтовый сервер не настроен: задайте CRM_SMTP_HOST и CRM_SMTP_FROM")
        try:
            self._smtp = self._open()
            if settings.smtp_tls == "starttls":
                self._smtp.starttls(context=ssl.create_default_context())
            if settings.smtp_user:
                self._smtp.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        except (smtplib.SMTPException, OSError) as error:
            self._close()
            return Failure(f"Почтовый сервер недоступен: {_words(error)}")
        return None

    def _open(self) -> smtplib.SMTP:
        settings = self._settings
        # Our own name is given: smtplib would ask DNS for it, which can take half a minute.
        own_name = sender_address(settings).domain
        if settings.smtp_tls == "tls":
            return smtplib.SMTP_SSL(settings.smtp_host, settings.smtp_port, own_name, timeout=self._timeout_s,
                                    context=ssl.create_default_context())
        return smtplib.SMTP(settings.smtp_host, settings.smtp_port, own_name, timeout=self._timeout_s)

    def _close(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None


def _refused(recipients: Mapping[str, tuple[int, bytes]]) -> Failure:
    """A message has one recipient."""
    code, answer = next(iter(recipients.values()))
    return Failure(_shorten(f"Сервер не принял адрес: {code} {answer.decode(errors='replace')}"), permanent=code >= 500)


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        answer = error.smtp_error
        text = answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)
        return _shorten(f"{error.smtp_code} {text}")
    return _shorten(str(error) or type(error).__name__)


def _shorten(text: str) -> str:
    return one_line(text)[:_MAX_WORDS]

"""Structured logs of every process of the server, on standard error: one line per event, no secrets.

A request's id is bound where it enters (`kit/application.py`), so every line written on its behalf carries it.
"""

import json
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any, Literal, TextIO

import structlog
from structlog.types import Processor

HIDDEN = "***"
_SECRET_NAME = re.compile(r"passw|secret|token|authorization|cookie|api_?key", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(?<=://)([^:/@\s]*):[^@\s]+@")
_BEARER = re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]+", re.IGNORECASE)
#: PostgreSQL repeats the offending row there, with names and phones.
_ROW_DETAIL = re.compile(r"^(DETAIL|CONTEXT):.*$", re.MULTILINE)
#: Where any of these three may have something to hide.
_SUSPECT = re.compile(r"://|bearer|basic|^DETAIL:|^CONTEXT:", re.IGNORECASE | re.MULTILINE)


def configure_logs(level: str, style: Literal["console", "json"], stream: TextIO | None = None) -> None:
    """Sends structlog and the standard library's loggers the same way. Called once per process."""
    target = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]
    renderer: Processor = structlog.processors.JSONRenderer(_to_json) if style == "json" else (
        structlog.dev.ConsoleRenderer(colors=target.isatty()))
    handler = logging.StreamHandler(target)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("alembic", "procrastinate", "psycopg", "uvicorn"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.stdlib.PositionalArgumentsFormatter(), *shared,
                    structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(), wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True)


#: Ends of lines to some readers, which JSON leaves as they are.
_LINE_ENDS = str.maketrans({"\u0085": r"\u0085", "\u2028": r"\u2028", "\u2029": r"\u2029"})


def _to_json(event: object, **options: Any) -> str:
    return json.dumps(event, ensure_ascii=False, **options).translate(_LINE_ENDS)


def hide_secrets(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor: values under secret names, passwords in addresses, tokens and rows in database errors."""
    for name, value in event.items():
        event[name] = HIDDEN if _is_secret(name) and value else _clean(value)
    return event


@lru_cache(maxsize=500)
def _is_secret(name: str) -> bool:
    return _SECRET_NAME.search(name) is not None


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        if not _SUSPECT.search(value):  # nearly always
            return value
        value = _URL_PASSWORD.sub(rf"\1:{HIDDEN}@", value)
        return _ROW_DETAIL.sub(rf"\1: {HIDDEN}", _BEARER.sub(rf"\1 {HIDDEN}", value))
    if isinstance(value, Mapping):
        return {k: HIDDEN if _is_secret(str(k)) and v else _clean(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(v) for v in value]
    return value

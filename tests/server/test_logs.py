"""Logs: one line per event, the request's id on each, nothing that must not be there."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from crm_server.logs import configure_logs, hide_secrets


@pytest.fixture
def written() -> Iterator[StringIO]:
    """The logs of this process as they are in production."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = StringIO()
    configure_logs("DEBUG", "json", stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(written: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_both_kinds_of_loggers_make_the_same_lines(written: StringIO) -> None:
    with structlog.contextvars.bound_contextvars(id="abc"):
        structlog.get_logger("http").info("request", path="/api/я")
        logging.getLogger("uvicorn.error").warning("late by %s s", 3)
    first, second = lines(written)
    assert (first["event"], first["path"], first["logger"], first["level"]) == ("request", "/api/я", "http", "info")
    assert (second["event"], second["logger"], second["level"]) == ("late by 3 s", "uvicorn.error", "warning")
    assert first["id"] == second["id"] == "abc"
    assert str(first["timestamp"]).endswith("Z")


def test_lines_cannot_be_forged(written: StringIO) -> None:
    structlog.get_logger("http").info("request", path='/x\n{"event": "login"}\u2028\r')
    logging.getLogger("uvicorn.error").warning("bad\nline %s", "a\r\nb")
    assert len(lines(written)) == 2


def test_traces_keep_no_secret_and_no_row(written: StringIO) -> None:
    message = "postgresql://okno:hidden-word@db/okno failed\nDETAIL:  Key (phone)=(+7 900) exists.\n"
    try:
        raise RuntimeError(message)
    except RuntimeError as error:
        structlog.get_logger("http").error("bug", exc_info=error)
        logging.getLogger("x").error("bug", exc_info=error)
    told = lines(written)
    assert len(told) == 2
    for line in told:
        trace = str(line["exception"])
        assert "RuntimeError" in trace
        assert "postgresql://okno:***@db/okno" in trace
        assert "hidden-word" not in trace
        assert "+7 900" not in trace


@pytest.mark.parametrize(("name", "value", "expected"), [
    ("password", "x", "***"), ("smtp_password", "x", "***"), ("api_key", "x", "***"), ("token", "", ""),
    ("headers", {"Authorization": "Bearer abc", "Accept": "*/*"}, {"Authorization": "***", "Accept": "*/*"}),
    ("event", "got Authorization: Bearer abc.def-1", "got Authorization: Bearer ***"),
    ("url", "https://u:p@host/x", "https://u:***@host/x"), ("path", "/api/parties/7", "/api/parties/7"),
    ("urls", ["https://u:p@host"], ["https://u:***@host"]), ("ms", 7, 7),
])
def test_what_is_hidden(name: str, value: object, expected: object) -> None:
    assert hide_secrets(None, "", {name: value}) == {name: expected}


def test_console_traces_show_no_local_variables() -> None:
    code = ("from crm_server.logs import configure_logs; import structlog\n"
            "configure_logs('INFO', 'console')\n"
            "def enter(password):\n"
            "    raise ValueError('no')\n"
            "try:\n    enter('hidden' + '-word')\nexcept ValueError:\n    structlog.get_logger().exception('failed')\n")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "ValueError: no" in done.stderr
    assert "hidden-word" not in done.stderr

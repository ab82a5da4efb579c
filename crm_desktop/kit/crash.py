"""The last resort: unhandled exceptions of any thread, and crashes of the interpreter itself.

A bug is logged, shown in the GUI thread with details to copy, and the program goes on: drafts are kept. A crash of
the process leaves a trace that the next start finds.
"""

import faulthandler
import logging
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TextIO

from PySide6.QtCore import QObject, Qt, Signal

from crm_desktop.kit.problems import Problem, crash_of

log = logging.getLogger(__name__)
TRACE_FILE = "crash.log"


class CrashGuard(QObject):
    """Made in the GUI thread before the first window. `show` runs in the GUI thread whatever thread failed."""

    _failed = Signal(object)

    def __init__(self, folder: Path, show: Callable[[Problem], None]) -> None:
        super().__init__()
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / TRACE_FILE
        self.previous_crash = _read_trace(self._path)
        self._file: TextIO | None = None
        self._old_hooks = (sys.excepthook, threading.excepthook)
        self._failed.connect(show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Replaces the hooks and starts the low-level trace."""
        self._file = self._path.open("w", encoding="utf-8")
        faulthandler.enable(self._file)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def uninstall(self) -> None:
        """A clean exit: the trace file goes, so the next start does not speak of a crash."""
        sys.excepthook, threading.excepthook = self._old_hooks
        if self._file is not None:
            faulthandler.disable()
            self._file.close()
            self._file = None
            self._path.unlink(missing_ok=True)

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._old_hooks[0](kind, error, trace)
            return
        log.critical("unhandled exception", exc_info=(kind, error, trace))
        self._failed.emit(crash_of(error.with_traceback(trace)))

    def _on_thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self._on_exception(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)


def _read_trace(path: Path) -> str:
    """What the low-level handler wrote in the last run; empty after a clean exit or a plain kill."""
    try:
        return path.read_text("utf-8", errors="replace").strip()
    except FileNotFoundError:
        return ""

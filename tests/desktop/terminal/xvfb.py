"""A real X server with a real terminal window, and keys that are pressed by their key codes, as a scanner does it."""

import ctypes.util
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.desktop.terminal.xkeys import hurry

_WINDOW = """
import sys
from PySide6.QtWidgets import QApplication
from crm_desktop.kit.theme import Theme, ThemeMode
from crm_desktop.terminal.pages import ChoiceScreen
from crm_desktop.terminal.window import TerminalWindow
app = QApplication(sys.argv)
theme = Theme(app, ThemeMode.LIGHT)
window = TerminalWindow()
window.go(ChoiceScreen("Найти", search="Название"))  # a field has the focus: nothing of a scan may get into it
field = window.screen_now.field
field.textChanged.connect(lambda text: print("leaked", repr(text), flush=True))
window.broken.connect(lambda: print("broken", flush=True))
window.scanned.connect(lambda code: print("scanned", repr(code), flush=True))
window.show()
window.activateWindow()
window.windowHandle().requestActivate()
def look():
    if window.isActiveWindow() and field.hasFocus():
        print("ready", flush=True)
    else:
        window.windowHandle().requestActivate()
        QTimer.singleShot(50, look)
from PySide6.QtCore import QTimer
QTimer.singleShot(50, look)
app.exec()
"""


def missing() -> str:
    """What is not installed here; empty when the keys of a real X server can be tried."""
    tools = [name for name in ("Xvfb", "setxkbmap") if shutil.which(name) is None]
    return ", ".join([*tools, *([] if ctypes.util.find_library("Xtst") else ["libxtst6"])])


@dataclass
class Answers:
    """What a window in one layout made of the keys; `late`: numbers of codes that came slower than from a scanner."""

    layout: str
    late: list[int] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def scanned(codes: Sequence[str], layouts: Sequence[str]) -> list[Answers]:
    """Scans all codes in each layout, the layouts beside each other; every one has an X server of its own."""
    answers = [Answers(layout) for layout in layouts]
    threads = [threading.Thread(target=_scan, args=(codes, answer, 90 + os.getpid() % 300 + 400 * n))
               for n, answer in enumerate(answers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _scan(codes: Sequence[str], answers: Answers, number: int) -> None:
    with _display(number) as display:
        environment = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        subprocess.run(["setxkbmap", answers.layout], env=environment, check=True)
        window = subprocess.Popen([sys.executable, "-c", _WINDOW], env=environment, stdout=subprocess.PIPE, text=True)
        try:
            assert window.stdout is not None
            assert window.stdout.readline().strip() == "ready"
            told = subprocess.run([sys.executable, "-m", "tests.desktop.terminal.xkeys", display], check=True,
                                  input=json.dumps(codes), text=True, stdout=subprocess.PIPE)
            answers.late = json.loads(told.stdout)
            time.sleep(0.7)
            window.terminate()
            answers.lines += window.stdout.read().splitlines()
        finally:
            window.kill()
            window.wait()


@contextmanager
def _display(number: int) -> Iterator[str]:
    server = subprocess.Popen(["Xvfb", f":{number}", "-screen", "0", "1366x768x24", "-nolisten", "tcp"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    hurry(server.pid)
    try:
        until = time.monotonic() + 20
        while not os.path.exists(f"/tmp/.X11-unix/X{number}") and time.monotonic() < until:
            time.sleep(0.05)
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()

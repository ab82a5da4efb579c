"""A real X server and xdotool: what codes a window makes of keys that come by their key codes."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence

from crm_desktop.terminal.scanner import ENTER_CODE, scan_code_of

_LISTENER = """
import sys
from PySide6.QtWidgets import QApplication, QWidget
from crm_desktop.terminal.scanner import Scanner
app = QApplication(sys.argv)
window = QWidget(); window.show(); window.activateWindow()
scanner = Scanner(window.windowHandle())
scanner.scanned.connect(lambda code: print(repr(code), flush=True))
print("ready", flush=True)
app.exec()
"""


def scanned_under_xvfb(codes: Sequence[str]) -> list[str]:
    display = f":{90 + os.getpid() % 400}"
    server = subprocess.Popen(["Xvfb", display, "-screen", "0", "800x600x24"])
    environment = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    try:
        time.sleep(1.0)
        window = subprocess.Popen([sys.executable, "-c", _LISTENER], env=environment,
                                  stdout=subprocess.PIPE, text=True)
        assert window.stdout is not None
        assert window.stdout.readline().strip() == "ready"
        for code in codes:
            subprocess.run(["xdotool", *_strokes(code)], env=environment, check=True)
            time.sleep(0.15)
        window.terminate()
        return [eval(line) for line in window.stdout]
    finally:
        server.terminate()


def _strokes(code: str) -> list[str]:
    strokes: list[str] = []
    for char in code:
        key, shift, control = scan_code_of(char)
        held = ["50"] if shift else ["37"] if control else []
        for name in held:
            strokes += ["keydown", name]
        strokes += ["key", str(key), "sleep", "0.02"]
        for name in held:
            strokes += ["keyup", name]
    return [*strokes, "key", str(ENTER_CODE)]

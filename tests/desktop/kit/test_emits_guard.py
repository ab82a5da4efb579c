"""PySide6 6.12.0 aborts on Python 3.11 after some 500 emits: this guards the pin before it is ever raised."""

import subprocess
import sys

CODE = """
from PySide6.QtCore import QObject, Signal

class Sender(QObject):
    sent = Signal(int)

sender, seen = Sender(), []
sender.sent.connect(seen.append)
for number in range(5000):
    sender.sent.emit(number)
for _ in range(20000):
    QObject().setObjectName("x")
print(len(seen))
"""


def test_five_thousand_emits_and_twenty_thousand_void_calls() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "5000"

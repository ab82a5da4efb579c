"""Three sounds made by code: high for yes, two for look, low and long for no. They never hold anything up.

QtMultimedia is not among the parts of Qt that we ship, so the system's own player is asked.
"""

import math
import shutil
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QApplication

from crm_desktop.terminal.answers import Sound

RATE = 22_050
#: (hertz, milliseconds); 0 Hz is a pause.
_TONES: dict[Sound, Sequence[tuple[int, int]]] = {
    Sound.OK: ((1760, 60),), Sound.WARN: ((1175, 70), (0, 50), (1175, 70)), Sound.ERROR: ((220, 250),)}
_FADE = RATE // 200


def wave(tones: Sequence[tuple[int, int]]) -> bytes:
    """A WAV file, 16 bits mono."""
    samples: list[int] = []
    for hertz, milliseconds in tones:
        count = RATE * milliseconds // 1000
        samples += [round(22_000 * min(1.0, n / _FADE, (count - n) / _FADE) * math.sin(math.tau * hertz * n / RATE))
                    for n in range(count)]
    data = struct.pack(f"<{len(samples)}h", *samples)
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1, RATE, RATE * 2, 2, 16,
                       b"data", len(data))
    return head + data


class Sounds:
    """Made before the first scan; `play` returns at once."""

    def __init__(self, folder: Path) -> None:
        self._files = {sound: folder / f"{sound}.wav" for sound in _TONES}
        folder.mkdir(parents=True, exist_ok=True)
        for sound, path in self._files.items():
            path.write_bytes(wave(_TONES[sound]))
        self._player = next((found for name in ("paplay", "pw-play", "aplay") if (found := shutil.which(name))), "")

    def play(self, sound: Sound) -> None:
        if sys.platform == "win32":
            import winsound

            winsound.PlaySound(str(self._files[sound]), winsound.SND_FILENAME | winsound.SND_ASYNC)
        elif self._player:
            QProcess.startDetached(self._player, [str(self._files[sound])])
        else:
            QApplication.beep()

"""Writing a made file to the disk so that a failure never leaves half of it."""

from pathlib import Path

from PySide6.QtCore import QIODevice, QSaveFile


def write_file(path: Path, data: bytes) -> Path:
    """Blocking. Raises OSError (disk full, no rights, the file is open elsewhere); the older file is then whole."""
    file = QSaveFile(str(path))
    if not file.open(QIODevice.OpenModeFlag.WriteOnly):
        raise OSError(file.error().value, file.errorString(), str(path))
    written = file.write(data)
    if written != len(data) or not file.commit():
        file.cancelWriting()
        raise OSError(file.error().value, file.errorString(), str(path))
    return path

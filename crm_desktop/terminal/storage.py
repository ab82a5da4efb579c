"""Files that survive a power cut: whole or not there, with a checksum in the first line."""

import hashlib
import os
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)


def write(path: Path, text: str) -> None:
    """Blocking: when it returns the text is on the disk. Raises OSError; the older file is then whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = text.encode()
    draft = path.with_suffix(path.suffix + ".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(hashlib.sha256(data).hexdigest().encode() + b"\n" + data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _sync_folder(path.parent)


def write_changed(path: Path, text: str) -> None:
    """Blocking: as `write`, unless the file says it already."""
    if _mark(path) != hashlib.sha256(text.encode()).hexdigest():
        write(path, text)


def _mark(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.readline().strip().decode("ascii", "replace")
    except FileNotFoundError:
        return ""


def read(path: Path) -> str | None:
    """None for a file that is not there or is not what was written."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    mark, _, data = raw.partition(b"\n")
    return data.decode() if hashlib.sha256(data).hexdigest().encode() == mark else None


def read_model(path: Path, model: type[M]) -> M | None:
    """None also for what another version of the program wrote."""
    text = read(path)
    try:
        return None if text is None else model.model_validate_json(text)
    except ValidationError:
        return None


def remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    if path.parent.exists():
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """A new name is on the disk only with its folder; Windows writes it through by itself."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

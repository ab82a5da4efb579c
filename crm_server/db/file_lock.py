"""Locks between processes that the operating system drops when a process dies, however it dies."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if os.name == "nt":
    import msvcrt
    import secrets

    # msvcrt knows exclusive byte ranges only. Sharers take one byte of the range each, the exclusive holder all of it.
    RANGE_BYTES = 1024

    def _lock(descriptor: int, *, shared: bool) -> bool:
        offset, length = (secrets.randbelow(RANGE_BYTES), 1) if shared else (0, RANGE_BYTES)
        os.lseek(descriptor, offset, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, length)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(descriptor: int, *, shared: bool) -> bool:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class FileLock:
    """A shared or exclusive lock on a file. Not re-entrant; each object is one holder."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.path = path
        self._flags = os.O_RDWR | (os.O_CREAT if create else 0)
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def try_acquire(self, *, shared: bool = False) -> bool:
        """Take the lock now or return False. FileNotFoundError when there is no file and it may not be created."""
        descriptor = os.open(self.path, self._flags, 0o600)
        if _lock(descriptor, shared=shared):
            self._descriptor = descriptor
            return True
        os.close(descriptor)
        return False

    def acquire(self, *, shared: bool = False, timeout_s: float | None = None, poll_s: float = 0.05) -> None:
        """Wait for the lock; without a timeout, for ever. Raises TimeoutError."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while not self.try_acquire(shared=shared):
            if deadline is not None and time.monotonic() > deadline:
                raise TimeoutError(f"{self.path} is held by another process")
            time.sleep(poll_s)

    def release(self) -> None:
        """Give the lock back; does nothing when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)  # closing drops the lock on every system
            self._descriptor = None

    @contextmanager
    def exclusive(self, *, timeout_s: float | None = None) -> Iterator[None]:
        """Hold the lock for a block of code."""
        self.acquire(timeout_s=timeout_s)
        try:
            yield
        finally:
            self.release()

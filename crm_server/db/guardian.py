"""Stops the embedded database when its last user is gone, even by kill -9: `python -m crm_server.db.guardian DIR`."""

import sys
from pathlib import Path

from crm_server.db.embedded import EmbeddedPostgres
from crm_server.db.file_lock import FileLock


def watch(data_dir: Path) -> None:
    """Wait until nobody holds the users' lock, then stop the server. Returns at once if a guardian is there already."""
    mine = FileLock(data_dir / "postgres.guardian.lock")
    if not mine.try_acquire():
        return
    users = FileLock(data_dir / "postgres.users.lock", create=False)
    try:
        users.acquire(poll_s=0.5)
    except FileNotFoundError:
        return  # the whole folder was removed
    try:
        EmbeddedPostgres(data_dir, guarded=False).shut_down()
    finally:
        mine.release()
        users.release()


if __name__ == "__main__":
    watch(Path(sys.argv[1]))

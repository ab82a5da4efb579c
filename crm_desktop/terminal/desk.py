"""What the parts of the terminal work with together."""

from dataclasses import dataclass
from pathlib import Path

from crm_desktop.kit.api_client import ApiClient
from crm_desktop.kit.session import Session
from crm_desktop.kit.tasks import Tasks
from crm_desktop.terminal.cache import Cache
from crm_desktop.terminal.queue import Queue
from crm_desktop.terminal.sounds import Sounds
from crm_desktop.terminal.window import TerminalWindow


@dataclass(frozen=True, slots=True)
class Desk:
    folder: Path
    window: TerminalWindow
    sounds: Sounds
    session: Session
    api: ApiClient
    tasks: Tasks
    cache: Cache
    queue: Queue

"""A terminal without a window that is killed at any moment: it finishes operations onto the disk, then sends them.

    python -m tests.desktop.terminal.offline_worker FOLDER work PLAN.json
    python -m tests.desktop.terminal.offline_worker FOLDER send URL TOKEN USER
"""

import json
import sys
from decimal import Decimal
from pathlib import Path

from crm_contract.terminal import TerminalProduct
from crm_desktop.kit.api_client import ApiClient
from crm_desktop.kit.session import Session
from crm_desktop.terminal import storage
from crm_desktop.terminal.operation import Open
from crm_desktop.terminal.queue import Entry, Queue


def work(folder: Path, plan: Path) -> None:
    """Goes on where the last process was killed: the operation that was open first, then the next of the plan."""
    queue, path = Queue(folder / "queue"), folder / "open-1.json"
    asked = json.loads(plan.read_text("utf-8"))
    opened = storage.read_model(path, Open)
    if opened is not None and queue.has(opened.key):
        opened = None
    while opened is not None or len(queue.entries()) < asked["count"]:
        if opened is None:
            opened = Open.model_validate({"command": "TRANSFER", "place": asked["place"], "place_to": asked["to"]})
        product = TerminalProduct(**asked["product"], unit="шт", whole=True, barcodes=[], free=Decimal(0))
        while not opened.lines or opened.lines[0].scanned < asked["pieces"]:
            opened.scan_product(product)
            storage.write(path, opened.model_dump_json())
        queue.add(Entry(number=0, key=opened.key, user_id=asked["user"], person="", title="", body=opened.body()))
        storage.remove(path)
        opened = None
        _tell(str(len(queue.entries())))


def send(folder: Path, url: str, token: str, user: int) -> None:
    session = Session()
    session.set_token(token)
    api, queue = ApiClient(url, session), Queue(folder / "queue")
    while (sent := queue.send_next(api, user)) is not None:
        assert not sent.expired
        _tell("sent")


def _tell(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    root, act, *arguments = sys.argv[1:]
    if act == "work":
        work(Path(root), Path(arguments[0]))
    else:
        send(Path(root), arguments[0], arguments[1], int(arguments[2]))

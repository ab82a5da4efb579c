"""Counts on their way to the server: found where only a code is known, written one after another, none of them lost."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar
from uuid import uuid4

from PySide6.QtCore import QObject, QTimer, Signal

from crm_contract.parties import RefHit
from crm_contract.stocktaking import CountBody, CountLine, CountsBody
from crm_desktop.kit import formatting
from crm_desktop.kit.api_client import ApiError, ConnectionLost
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.problems import problem_of

T = TypeVar("T")
#: How long after a failure what waits is sent again by itself.
AGAIN_MS = 5000
#: Refusals that say nothing of the count: the session is over, the server is busy.
_LATER = (401, 503)


@dataclass(frozen=True, slots=True)
class Entered:
    """A count as entered. `code`: a scan whose product is to be found; `count.product_id` is 0 until then.

    `key` makes it one count, however often it is sent.
    """

    document_id: int
    count: CountBody
    words: str
    code: str = ""
    key: str = field(default_factory=lambda: uuid4().hex)


class CountLineUp(QObject):
    """`written(Entered, lines)`; `refused(text)`: it is not counted and why, the next goes on.

    `held(text)`: no answer came. What waits is kept in its order and sent again after a while, when `go` is
    called, or when more is added. `changed`: another number of them is `waiting`.
    """

    written = Signal(object, object)
    refused = Signal(str)
    held = Signal(str)
    changed = Signal()

    def __init__(self, app: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._app = app
        self._waiting: deque[Entered] = deque()
        self._under_way = False
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._again.timeout.connect(self.go)

    @property
    def waiting(self) -> int:
        """Counts that the server has not confirmed yet."""
        return len(self._waiting)

    def add(self, entered: Entered) -> None:
        self._waiting.append(entered)
        self.changed.emit()
        self.go()

    def drop(self) -> None:
        """Gives up what waits; the answer to the one under way is still heard."""
        self._again.stop()
        while len(self._waiting) > self._under_way:
            self._waiting.pop()
        self.changed.emit()

    def go(self) -> None:
        """The first one, unless it is under way already."""
        if self._under_way or not self._waiting:
            return
        self._under_way = True
        self._again.stop()
        if self._waiting[0].code:
            self._find(self._waiting[0])
        else:
            self._write(self._waiting[0])

    def _find(self, entered: Entered) -> None:
        params = {"q": entered.code, "place_id": entered.count.place_id}

        def found(hits: Sequence[RefHit]) -> None:
            if len(hits) != 1:
                self._refuse(entered, tr("такого товара нет") if not hits else tr("подходит несколько товаров"))
                self.go()
                return
            count = entered.count.model_copy(update={"product_id": hits[0].id})
            self._waiting[0] = replace(entered, count=count, words=hits[0].title, code="")
            self._write(self._waiting[0])

        self._run(entered, lambda: self._app.api.get("/api/pick/product", list[RefHit], params), found)

    def _write(self, entered: Entered) -> None:
        body = CountsBody(document_id=entered.document_id, counts=[entered.count])

        def written(lines: Sequence[CountLine]) -> None:
            self._done()
            self.written.emit(entered, lines)
            self.go()

        self._run(entered, lambda: self._app.api.post("/api/stock/counts", list[CountLine], body, key=entered.key),
                  written)

    def _run(self, entered: Entered, work: Callable[[], T], done: Callable[[T], None]) -> None:
        def failed(error: BaseException) -> None:
            if isinstance(error, ApiError) and error.status not in _LATER:
                self._refuse(entered, problem_of(error).text)
                self.go()
            else:
                self._under_way = False
                self._again.start()
                why = tr("Нет связи с сервером.") if isinstance(error, ConnectionLost) else problem_of(error).text
                self.held.emit(tr("{why} Ждут отправки: {n}, первым — «{words}». Отправятся сами, как только сервер"
                                  " ответит.").format(why=why, n=len(self._waiting), words=entered.words))

        self._app.tasks.run(self, work, done, failed)

    def _done(self) -> None:
        self._waiting.popleft()
        self._under_way = False
        self.changed.emit()

    def _refuse(self, entered: Entered, why: str) -> None:
        self.refused.emit(tr("Не посчитано: «{text}», {quantity} — {why}.").format(
            text=entered.words, quantity=formatting.quantity(entered.count.quantity), why=why.rstrip(".")))
        self._done()

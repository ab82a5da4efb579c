"""Counts on their way to the server: found where only a code is known, written one after another, none of them lost."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from crm_contract.parties import RefHit
from crm_contract.stocktaking import CountBody, CountLine, CountsBody
from crm_desktop.kit import formatting
from crm_desktop.kit.api_client import ApiError
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.problems import problem_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entered:
    """A count as entered. `code`: a scan whose product is to be found; `count.product_id` is 0 until then."""

    document_id: int
    count: CountBody
    words: str
    code: str = ""


class CountLineUp(QObject):
    """`written(Entered, lines)`; `refused(text)`: it is not counted and why, the next goes on.

    `held(text, waiting)`: no answer came. What waits is kept in its order until `go` is called or more is added.
    """

    written = Signal(object, object)
    refused = Signal(str)
    held = Signal(str, int)

    def __init__(self, app: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._app = app
        self._waiting: deque[Entered] = deque()
        self._under_way = False

    def add(self, entered: Entered) -> None:
        self._waiting.append(entered)
        self.go()

    def go(self) -> None:
        """The first one, unless it is under way already."""
        if self._under_way or not self._waiting:
            return
        self._under_way = True
        if self._waiting[0].code:
            self._find(self._waiting[0])
        else:
            self._write(self._waiting[0])

    def _find(self, entered: Entered) -> None:
        params = {"q": entered.code, "place_id": entered.count.place_id}

        def found(hits: Sequence[RefHit]) -> None:
            if len(hits) != 1:
                self._done()
                why = tr("такого товара нет") if not hits else tr("подходит несколько товаров")
                self._refuse(entered, why)
                self.go()
                return
            count = entered.count.model_copy(update={"product_id": hits[0].id})
            self._waiting[0] = Entered(entered.document_id, count, hits[0].title)
            self._write(self._waiting[0])

        self._run(entered, lambda: self._app.api.get("/api/pick/product", list[RefHit], params), found)

    def _write(self, entered: Entered) -> None:
        body = CountsBody(document_id=entered.document_id, counts=[entered.count])

        def written(lines: Sequence[CountLine]) -> None:
            self._done()
            self.written.emit(entered, lines)
            self.go()

        self._run(entered, lambda: self._app.api.post("/api/stock/counts", list[CountLine], body), written)

    def _run(self, entered: Entered, work: Callable[[], T], done: Callable[[T], None]) -> None:
        def failed(error: BaseException) -> None:
            if isinstance(error, ApiError):
                self._done()
                self._refuse(entered, problem_of(error).text)
                self.go()
            else:
                self._under_way = False
                self.held.emit(f"«{entered.words}»: {problem_of(error).text}", len(self._waiting))

        self._app.tasks.run(self, work, done, failed)

    def _done(self) -> None:
        self._waiting.popleft()
        self._under_way = False

    def _refuse(self, entered: Entered, why: str) -> None:
        self.refused.emit(tr("Не посчитано: «{text}», {quantity} — {why}.").format(
            text=entered.words, quantity=formatting.quantity(entered.count.quantity), why=why.rstrip(".")))

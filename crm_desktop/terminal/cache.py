"""What the terminal knows without the server: planned work, places and goods by their codes; kept on the disk.

Goods are kept by parts, a file each: what has changed is written, the rest is not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from pydantic import BaseModel

from crm_contract.catalog import Tracking
from crm_contract.codes import CodeKind, OwnCode, own_code
from crm_contract.terminal import Task, TerminalDay, TerminalPerson, TerminalPlace, TerminalProduct
from crm_desktop.kit.api_client import ApiClient
from crm_desktop.terminal import gs1, storage
from crm_desktop.terminal.goods import Goods

#: Ids of products in one file.
PART = 2000


@dataclass(frozen=True, slots=True)
class Found:
    """What a scanned code stands for; all empty for one that the terminal does not know.

    `lot` is the serial number or lot of goods that are told apart by them, when the code says it.
    """

    code: str
    own: OwnCode | None = None
    product: TerminalProduct | None = None
    quantity: Decimal = Decimal(1)
    lot: str = ""
    expires: date | None = None
    place: TerminalPlace | None = None
    task: Task | None = None
    person: TerminalPerson | None = None


class Part(BaseModel):
    """A file of products."""

    products: list[TerminalProduct]


class Cache:
    """Answers at once, whatever the network does."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.day: TerminalDay | None = None
        self._places: dict[int, TerminalPlace] = {}
        self._by_bin: dict[str, TerminalPlace] = {}
        self._by_mark: dict[str, TerminalPerson] = {}
        self._changed: set[int] = set()  # parts
        day = storage.read_model(folder / "day.json", TerminalDay)
        if day is not None:
            self.use_day(day)
        parts = (storage.read_model(path, Part) for path in sorted(folder.glob("products-*.json")))
        self.goods = Goods(product for part in parts if part is not None for product in part.products)

    def use_goods(self, goods: Goods) -> None:
        """All goods anew."""
        self._changed |= {product.id // PART for known in (self.goods, goods) for product in known.all()}
        self.goods = goods

    def merge_goods(self, asked: Iterable[int], products: Sequence[TerminalProduct]) -> None:
        """Some goods as they are now."""
        self._changed |= {product_id // PART for product_id in asked}
        self.goods.merge(asked, products)

    def use_day(self, day: TerminalDay) -> None:
        self.day = day
        self._places = {place.id: place for place in day.places}
        self._by_bin = {place.code: place for place in day.places if place.code}
        self._by_mark = {person.mark: person for person in day.people if person.mark}

    def keep_day(self) -> None:
        """Blocking."""
        if self.day is not None:
            storage.write_changed(self._folder / "day.json", self.day.model_dump_json())

    def keep_goods(self) -> None:
        """Blocking: the parts that may have changed are compared, those that have are written."""
        changed, self._changed = self._changed, set()
        parts: dict[int, list[TerminalProduct]] = {number: [] for number in changed}
        for product in self.goods.all():
            if product.id // PART in changed:
                parts[product.id // PART].append(product)
        try:
            for number, products in parts.items():
                storage.write_changed(self._folder / f"products-{number:06}.json",
                                      Part(products=products).model_dump_json())
        except OSError:
            self._changed |= changed
            raise

    @property
    def tasks(self) -> list[Task]:
        return self.day.tasks if self.day else []

    @property
    def warehouses(self) -> list[TerminalPlace]:
        return [place for place in self._places.values() if place.kind == "warehouse"]

    def is_inside(self, place: TerminalPlace, around: int) -> bool:
        """Whether a place is another one or lies in it."""
        inner: TerminalPlace | None = place
        while inner is not None and inner.id != around:
            inner = self._places.get(inner.parent_id) if inner.parent_id is not None else None
        return inner is not None

    def people(self, words: str) -> Sequence[TerminalPerson]:
        """Employees with all words in the name."""
        parts = words.casefold().split()
        known = self.day.people if self.day else []
        return [person for person in known if all(part in person.name.casefold() for part in parts)][:30]

    def task(self, document_id: int) -> Task | None:
        return next((task for task in self.tasks if task.id == document_id), None)

    def find(self, text: str) -> Found:
        """Our own codes, then barcodes and articles, bins, numbers of goods and of planned papers."""
        own = own_code(text)
        if own is not None:
            return self._own(text, own)
        scanned = gs1.read(text)
        product = self.goods.by_code(scanned.code) or self.goods.by_code(text)
        if product is not None:
            lot = {Tracking.SERIAL: scanned.serial, Tracking.LOT: scanned.batch}.get(product.tracking, "")
            return Found(text, product=product, quantity=Decimal(scanned.count or 1), lot=lot,
                         expires=scanned.use_by if lot else None)
        if (place := self._by_bin.get(text)) is not None:
            return Found(text, place=place)
        if (product := self.goods.by_lot(text)) is not None:
            return Found(text, product=product, lot=text)
        task = next((task for task in self.tasks if text == task.number or task.number.endswith(f" {text}")), None)
        return Found(text, task=task)

    def _own(self, text: str, own: OwnCode) -> Found:
        match own.kind:
            case CodeKind.PRODUCT:
                return Found(text, own, product=self.goods.get(own.id))
            case CodeKind.PLACE:
                return Found(text, own, place=self._places.get(own.id))
            case CodeKind.DOCUMENT:
                return Found(text, own, task=self.task(own.id))
            case CodeKind.BADGE:
                return Found(text, own, person=self._by_mark.get(sha256(str(own).encode()).hexdigest()))
            case CodeKind.COMMAND:
                return Found(text, own)


def load_goods(api: ApiClient) -> Goods:
    """Blocking: all goods from the server."""
    products: list[TerminalProduct] = []
    while page := api.get("/api/stock/terminal/products", list[TerminalProduct],
                          {"after": products[-1].id if products else 0}):
        products += page
    return Goods(products)


def load_some(api: ApiClient, ids: Sequence[int]) -> list[TerminalProduct]:
    """Blocking: some goods from the server."""
    return api.get("/api/stock/terminal/products", list[TerminalProduct], {"ids": ",".join(map(str, ids))})


def load_day(api: ApiClient) -> TerminalDay:
    return api.get("/api/stock/terminal/day", TerminalDay)

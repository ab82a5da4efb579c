"""What the terminal knows without the server: planned work, places and goods by their codes; kept on the disk."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel

from crm_contract.codes import CodeKind, OwnCode, own_code
from crm_contract.terminal import Task, TerminalDay, TerminalPlace, TerminalProduct
from crm_desktop.kit.api_client import ApiClient
from crm_desktop.terminal import gs1, storage


@dataclass(frozen=True, slots=True)
class Found:
    """What a scanned code stands for; all empty for one that the terminal does not know."""

    code: str
    own: OwnCode | None = None
    product: TerminalProduct | None = None
    quantity: Decimal = Decimal(1)
    place: TerminalPlace | None = None
    task: Task | None = None


class Kept(BaseModel):
    """The file."""

    day: TerminalDay
    products: list[TerminalProduct]


class Cache:
    """Look-ups in memory: well below a millisecond, whatever the network does."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.day: TerminalDay | None = None
        self._products: dict[int, TerminalProduct] = {}
        self._by_code: dict[str, TerminalProduct] = {}
        self._places: dict[int, TerminalPlace] = {}
        self._by_bin: dict[str, TerminalPlace] = {}
        kept = storage.read_model(path, Kept)
        if kept is not None:
            self.use(kept)

    def use(self, kept: Kept) -> None:
        self.use_day(kept.day)
        self._products = {product.id: product for product in kept.products}
        self._by_code = {product.sku: product for product in kept.products if product.sku}
        self._by_code |= {code: product for product in kept.products for code in product.barcodes}

    def use_day(self, day: TerminalDay) -> None:
        self.day = day
        self._places = {place.id: place for place in day.places}
        self._by_bin = {place.code: place for place in day.places if place.code}

    def keep(self) -> None:
        """Blocking."""
        if self.day is not None:
            kept = Kept(day=self.day, products=list(self._products.values()))
            storage.write(self._path, kept.model_dump_json())

    @property
    def tasks(self) -> list[Task]:
        return self.day.tasks if self.day else []

    @property
    def warehouses(self) -> list[TerminalPlace]:
        return [place for place in self._places.values() if place.kind == "warehouse"]

    def product(self, product_id: int) -> TerminalProduct | None:
        return self._products.get(product_id)

    def task(self, document_id: int) -> Task | None:
        return next((task for task in self.tasks if task.id == document_id), None)

    def find(self, text: str) -> Found:
        """Our own codes, then barcodes and articles, bins, numbers of planned papers."""
        own = own_code(text)
        if own is not None:
            return self._own(text, own)
        scanned = gs1.read(text)
        product = self._by_code.get(scanned.code) or self._by_code.get(text)
        if product is not None:
            return Found(text, product=product, quantity=Decimal(scanned.count or 1))
        place = self._by_bin.get(text)
        if place is not None:
            return Found(text, place=place)
        task = next((task for task in self.tasks if text == task.number or task.number.endswith(f" {text}")), None)
        return Found(text, task=task)

    def search(self, words: str) -> Sequence[TerminalProduct]:
        """Products with all words in the name or article, the first thirty by name."""
        parts = words.casefold().replace("ё", "е").split()
        hits = [product for product in self._products.values()
                if all(part in f"{product.sku} {product.name}".casefold().replace("ё", "е") for part in parts)]
        return sorted(hits, key=lambda product: product.name)[:30]

    def _own(self, text: str, own: OwnCode) -> Found:
        match own.kind:
            case CodeKind.PRODUCT:
                return Found(text, own, product=self._products.get(own.id))
            case CodeKind.PLACE:
                return Found(text, own, place=self._places.get(own.id))
            case CodeKind.DOCUMENT:
                return Found(text, own, task=self.task(own.id))
            case CodeKind.BADGE | CodeKind.COMMAND:
                return Found(text, own)


def load(api: ApiClient) -> Kept:
    """Blocking: everything anew from the server."""
    products: list[TerminalProduct] = []
    while page := api.get("/api/stock/terminal/products", list[TerminalProduct],
                          {"after": products[-1].id if products else 0}):
        products += page
    return Kept(day=load_day(api), products=products)


def load_day(api: ApiClient) -> TerminalDay:
    return api.get("/api/stock/terminal/day", TerminalDay)

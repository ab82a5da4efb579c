"""All goods in memory: found by a code in microseconds, by words in some milliseconds."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from itertools import accumulate

from crm_contract.terminal import TerminalProduct

FOUND_BY_WORDS = 30

_Entry = tuple[str, int, str]  # name, id, what words are looked for in


class Goods:
    """To make one of 30,000 products takes a part of a second: that is work for a thread. Changes are taken at once."""

    def __init__(self, products: Iterable[TerminalProduct]) -> None:
        self._products = {product.id: product for product in products}
        self._by_code: dict[str, int] = {}
        self._by_lot: dict[str, int] = {}
        for product in self._products.values():
            self._learn(product)
        self._words = sorted(_entry(product) for product in self._products.values())
        # All of them as one text, where its lines begin: the rarest word is looked for in it, not in each.
        self._text: str | None = None
        self._starts: list[int] = []

    def __len__(self) -> int:
        return len(self._products)

    def all(self) -> list[TerminalProduct]:
        return list(self._products.values())

    def get(self, product_id: int | None) -> TerminalProduct | None:
        return self._products.get(product_id) if product_id is not None else None

    def by_code(self, code: str) -> TerminalProduct | None:
        """By a barcode or an article."""
        return self.get(self._by_code.get(code))

    def by_lot(self, code: str) -> TerminalProduct | None:
        """By a serial number or lot that lies on a warehouse."""
        return self.get(self._by_lot.get(code))

    def search(self, words: str) -> Sequence[TerminalProduct]:
        """Products with all words in the name or article, the first thirty by name."""
        if self._text is None:
            self._text = "\n".join(entry[2] for entry in self._words)
            self._starts = [0, *accumulate(len(entry[2]) + 1 for entry in self._words)]
        text, found = self._text, list[_Entry]()
        parts = sorted(_plain(words).split(), key=text.count)
        at = text.find(parts[0]) if parts else -1
        while at >= 0 and len(found) < FOUND_BY_WORDS:
            number = bisect_right(self._starts, at) - 1
            entry = self._words[number]
            if all(part in entry[2] for part in parts):
                found.append(entry)
            at = text.find(parts[0], self._starts[number + 1])
        return [self._products[entry[1]] for entry in (found if parts else self._words[:FOUND_BY_WORDS])]

    def merge(self, asked: Iterable[int], products: Iterable[TerminalProduct]) -> None:
        """Some goods as they are now; those of `asked` that did not come are there no more."""
        fresh = {product.id: product for product in products}
        for product_id in {*asked, *fresh}:
            old, new = self._products.pop(product_id, None), fresh.get(product_id)
            if old is not None:
                self._forget(old)
            if new is not None:
                self._products[product_id] = new
                self._learn(new)
            before, after = old and _entry(old), new and _entry(new)
            if before != after:
                self._text = None
                if before is not None:
                    del self._words[bisect_left(self._words, before)]
                if after is not None:
                    insort(self._words, after)

    def _learn(self, product: TerminalProduct) -> None:
        """A barcode is surer than the article of another product."""
        if product.sku:
            self._by_code.setdefault(product.sku, product.id)
        self._by_code |= dict.fromkeys(product.barcodes, product.id)
        self._by_lot |= dict.fromkeys(product.lots, product.id)

    def _forget(self, product: TerminalProduct) -> None:
        for known, codes in ((self._by_code, [product.sku, *product.barcodes]), (self._by_lot, product.lots)):
            for code in codes:
                if known.get(code) == product.id:
                    del known[code]


def _entry(product: TerminalProduct) -> _Entry:
    return product.name, product.id, _plain(f"{product.sku} {product.name}")


def _plain(text: str) -> str:
    return text.casefold().replace("ё", "е")

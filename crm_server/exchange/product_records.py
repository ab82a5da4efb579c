"""Products of a price list against products of the database: by article, by barcode, by name."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from crm_contract.base import Ref
from crm_contract.catalog import ProductBody, ProductUpdate
from crm_contract.exchange import PRICE_FIELDS, ImportOptions, MatchBy, ResolutionAction, Severity
from crm_contract.vat import TaxMode, VatKind, rate_for, vat_rate
from crm_server.catalog import bulk
from crm_server.exchange.excel.bodies import product_body
from crm_server.exchange.excel.cells import Finding
from crm_server.exchange.excel.updates import product_change
from crm_server.exchange.excel.values import ParsedRow, ProductValues
from crm_server.exchange.records import Match, Questions
from crm_server.kit.context import Ctx
from crm_server.kit.errors import invalid

_KNOWN = """
SELECT 'sku' AS by, p.sku AS key, p.id, p.name, p.sku, p.archived FROM product p
WHERE p.sku = ANY(%(skus)s::text[]) AND p.sku <> '' AND NOT p.archived AND p.import_batch_id IS DISTINCT FROM %(batch)s
UNION ALL
SELECT 'barcode', b.code, p.id, p.name, p.sku, p.archived FROM barcode b JOIN product p ON p.id = b.product_id
WHERE b.code = ANY(%(barcodes)s::text[])
UNION ALL
SELECT 'name', p.name, p.id, p.name, p.sku, p.archived FROM product p
WHERE p.sort = ANY(SELECT sort_key(n) FROM unnest(%(names)s::text[]) AS n) AND NOT p.archived
AND p.import_batch_id IS DISTINCT FROM %(batch)s
ORDER BY id
"""
#: Words in the title of a price kind that a column of that kind goes to.
_KIND_WORDS = {"price_retail": "розн", "price_wholesale": "опт", "price_purchase": "закуп"}
_CENT = Decimal("0.01")
#: Stands for a group that a load would make.
NEW_GROUP = -1


class ProductRecords:
    """See `records.Records`. A load makes missing groups; before it they all look like one that nobody has yet."""

    entity = "product"

    def __init__(self, ctx: Ctx, options: ImportOptions, batch_id: int = 0) -> None:
        self._ctx = ctx
        self._batch_id = batch_id
        self._options = options
        self._by = options.match_by or MatchBy.SKU_THEN_BARCODE
        self._questions = Questions(options)
        self._known: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._makes_groups = ""
        self.groups_made: list[int] = []

    def match(self, rows: Sequence[ParsedRow]) -> Mapping[int, Match]:
        self._find([_values(row) for row in rows])
        return {row.number: self._match(row, _values(row)) for row in rows}

    def _find(self, values: Sequence[ProductValues]) -> None:
        self._known.clear()
        skus = {spelling for one in values if one.sku for spelling in (one.sku, one.sku.upper(), one.sku.lower())}
        nameless = self._by is MatchBy.NAME
        rows = self._ctx.sql.all(_KNOWN, {
            "batch": self._batch_id, "skus": list(skus),
            "barcodes": list({code for one in values for code in one.barcodes}),
            "names": list({one.name for one in values if nameless or not one.sku})})
        for row in rows:
            self._known.setdefault((row["by"], row["key"].casefold()), []).append(row)

    def _match(self, row: ParsedRow, values: ProductValues) -> Match:
        match = Match(values)
        found = self._found(values)
        if found:
            match.record = Ref(id=found["id"], title=found["name"])
        for code in values.barcodes:
            for owner in self._known.get(("barcode", code.casefold()), ()):
                if found is None or owner["id"] != found["id"]:
                    self._ask_about_barcode(row, match, code, owner)
        return match

    def _found(self, values: ProductValues) -> Mapping[str, Any] | None:
        """The first key that says anything decides; a row without article and barcode goes by its name."""
        if self._by is MatchBy.NAME:
            return self._first("name", values.name)
        if self._by is not MatchBy.BARCODE and values.sku:
            return self._first("sku", values.sku)
        if self._by is not MatchBy.SKU and values.barcodes:
            live = (self._first("barcode", code) for code in values.barcodes)
            return next((one for one in live if one and not one["archived"]), None)
        named = self._known.get(("name", values.name.casefold()), ())
        return next((one for one in named if not one["sku"]), None) if not values.sku else None

    def _first(self, by: str, key: str) -> Mapping[str, Any] | None:
        known = self._known.get((by, key.casefold()))
        return known[0] if known else None

    def _ask_about_barcode(self, row: ParsedRow, match: Match, code: str, owner: Mapping[str, Any]) -> None:
        where = " из архива" if owner["archived"] else f" (арт. {owner['sku']})" if owner["sku"] else ""
        finding = Finding(Severity.DOUBT, "barcode_taken", f"Штрихкод {code} уже у «{owner['name']}»{where}",
                          "Загрузить без этого штрихкода")
        action = self._questions.ask(row, match, "barcode", finding)
        if action is ResolutionAction.ACCEPT:
            left = [one for one in match.values.barcodes if one != code]
            match.values = replace(match.values, barcodes=left)
        elif action is ResolutionAction.KEEP:
            refused = Finding(Severity.ERROR, "barcode_refused", f"У двух позиций не бывает одного штрихкода: {code}",
                              "Загрузить без этого штрихкода")
            self._questions.ask(row, match, "barcode", refused)

    def read(self, ids: Collection[int], *, lock: bool) -> Mapping[int, ProductUpdate]:
        return bulk.read_products(self._ctx, ids, lock=lock)

    def body(self, values: ProductValues) -> ProductBody:
        return product_body(self._priced(values), self.price_kinds, self._options.on_date, self._group(values.group))

    def change(self, before: ProductUpdate, values: ProductValues) -> ProductUpdate | None:
        return product_change(before, self._priced(values), self.price_kinds, self._options.on_date,
                              self._group(values.group))

    def add(self, bodies: Sequence[ProductBody], batch_id: int, reason: str) -> list[int]:
        return bulk.add_products(self._ctx, bodies, batch_id, reason)

    def save(self, changes: Mapping[int, tuple[ProductUpdate, ProductUpdate]], batch_id: int, reason: str) -> None:
        bulk.save_products(self._ctx, [bulk.ProductChange(key, *pair) for key, pair in changes.items()], batch_id,
                           reason)

    @cached_property
    def price_kinds(self) -> Mapping[str, int]:
        """Field of a price → price kind: the only price column, or the plain one, goes to the chosen kind."""
        chosen = self._chosen()
        fields = [name for name in PRICE_FIELDS if name in self._options.mapping.values()]
        goes: dict[str, int] = {}
        for name in fields:
            word = _KIND_WORDS.get(name, "")
            by_title = next((kind["id"] for kind in self._kinds if word and word in kind["title"].casefold()), None)
            kind_id = chosen if name == "price" or len(fields) == 1 else by_title
            if kind_id is not None and kind_id not in goes.values():
                goes[name] = kind_id
        return goes

    def _chosen(self) -> int | None:
        if self._options.price_kind_id is None:
            return next((kind["id"] for kind in self._kinds if kind["main"]), None)
        if self._options.price_kind_id not in {kind["id"] for kind in self._kinds}:
            raise invalid({"price_kind_id": "Такого вида цен нет"})
        return self._options.price_kind_id

    @cached_property
    def _kinds(self) -> Sequence[Mapping[str, Any]]:
        return self._ctx.sql.all("SELECT id, title, vat_included, main FROM price_kind ORDER BY main DESC, id")

    @cached_property
    def _with_vat(self) -> Mapping[int, bool]:
        return {kind["id"]: kind["vat_included"] for kind in self._kinds}

    def _priced(self, values: ProductValues) -> ProductValues:
        """Prices by the VAT rule of their kinds, where the file has them by the other rule."""
        foreign = {name for name in values.prices if name in self.price_kinds
                   and self._with_vat[self.price_kinds[name]] is not self._options.prices_include_vat}
        if not foreign:
            return values
        code = rate_for(values.vat_kind or VatKind.STANDARD, TaxMode.GENERAL, self._options.on_date)
        factor = 1 + vat_rate(code).percent / 100
        return replace(values, prices={
            name: price if name not in foreign else self._converted(price, factor)
            for name, price in values.prices.items()})

    def _converted(self, price: Decimal, factor: Decimal) -> Decimal:
        return (price / factor if self._options.prices_include_vat else price * factor).quantize(_CENT)

    @cached_property
    def _groups(self) -> dict[str, int]:
        """Title → group; of equal titles the one on the top level wins."""
        rows = self._ctx.sql.all("SELECT id, title FROM product_group ORDER BY parent_id IS NOT NULL, id")
        groups: dict[str, int] = {}
        for row in rows:
            groups.setdefault(row["title"].casefold(), row["id"])
        return groups

    def make_groups(self, reason: str) -> None:
        """From now on a missing group is made."""
        self._makes_groups = reason

    def _group(self, title: str) -> int | None:
        if not title:
            return None
        known = self._groups.get(title.casefold())
        if known is None and self._makes_groups:
            known = bulk.add_group(self._ctx, title, self._makes_groups)
            self._groups[title.casefold()] = known
            self.groups_made.append(known)
        return NEW_GROUP if known is None else known


def _values(row: ParsedRow) -> ProductValues:
    assert isinstance(row.values, ProductValues)
    return row.values

"""The card of a product: fields, prices, and what is on the shelves."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.base import Created, Ref
from crm_contract.catalog import PRODUCT_KINDS, PriceBody, ProductBody, ProductCard, ProductKind, ProductUpdate
from crm_contract.lists import ListQuery, Tone
from crm_contract.lists import Page as ListWindow
from crm_contract.permissions import Permission
from crm_contract.purchases import PRICES_SEEN_BY
from crm_desktop.catalog.api import CatalogApi
from crm_desktop.catalog.form import ProductForm
from crm_desktop.catalog.prices import PricesCard
from crm_desktop.catalog.rules import RulesCard
from crm_desktop.catalog.suppliers import SuppliersCard
from crm_desktop.documents.label_jobs import print_products
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.lists.views import same
from crm_desktop.records.content import RecordContent
from crm_desktop.records.page import RecordPage
from crm_desktop.widgets.buttons import Button, ButtonKind, MenuButton
from crm_desktop.widgets.cards import CARD_GAP, PAGE_EDGE, Card, row
from crm_desktop.widgets.labels import ElidedLabel, Label, Link, caption
from crm_desktop.widgets.menu import Menu
from crm_desktop.widgets.pills import Pill
from crm_desktop.widgets.scrolled import scrolled

BALANCES = "list:balances"


class ProductContent(RecordContent):
    def __init__(self, app: AppContext) -> None:
        self.fields = ProductForm(app)
        self.prices = PricesCard()
        super().__init__(self.fields, {"prices": self.prices})

    def body(self) -> ProductBody:
        return ProductBody(**self._values())

    def update(self, version: int) -> ProductUpdate:
        return ProductUpdate(**self._values(), version=version)

    def _values(self) -> dict[str, Any]:
        prices = [PriceBody(price_kind_id=price.price_kind.id, price=price.price, valid_from=price.valid_from)
                  for price in self.prices.rows()]
        return {**self.fields.body(), "prices": prices}


class ProductPage(RecordPage):
    """`product` by id, or a new one."""

    entity = "product"
    watches = frozenset({"product", "stock", "stock_rule"})

    def __init__(self, app: AppContext, id: int | None, params: Mapping[str, Any]) -> None:
        self.typed = ProductContent(app)
        title = tr("Номенклатура") if id is not None else tr("Новая позиция")
        super().__init__(app, id, params, self.typed, title)
        self.api = CatalogApi(app.api)
        self._name = ElidedLabel(title, FontRole.TITLE)
        self._kind = Pill()
        self._kind.hide()
        self._archived = Pill(tr("В архиве"), Tone.NEUTRAL)
        self._archived.hide()
        self._save = Button(tr("Записать"), ButtonKind.PRIMARY, icon=Icon.FLOPPY, key="Ctrl+S")
        self._save.clicked.connect(lambda checked=False: self.saving.save())
        self.busy = self._save
        self._more = MenuButton(name=tr("Ещё"))
        self._more.clicked.connect(self._open_more)
        self._stock = Card(tr("На складах"), ruled=True)
        self._stock.setVisible(False)
        self._suppliers = SuppliersCard(app.navigator.open)
        self._rules = RulesCard(app)
        self._rules.saved.connect(self._load_rules)
        self._cost = Label("", FontRole.STRONG)
        self._lay_out()
        self._save.setVisible(id is None)
        self._more.setVisible(id is not None)
        if id is None:
            self.typed.fields.show_new()

    # --- RecordPage ------------------------------------------------------------------------------------------------

    def read(self, id: int) -> ProductCard:
        return self.api.get(id)

    def sending(self, *, forced: bool) -> Callable[[], Created]:
        if self.id is None or self.version is None:
            return partial(self.api.create, self.typed.body())
        return partial(self.api.update, self.id, self.typed.update(self.version))

    def load_more(self) -> None:
        id = self.id
        self.app.tasks.run(self, self.api.price_kinds, self.typed.prices.set_kinds, key="kinds")
        if id is not None and self.app.session.can(Permission.STOCK_VIEW):
            query = ListQuery(conditions=[same("product", id)], columns=["place", "on_hand", "reserved", "free"])
            self.app.tasks.run(self, lambda: self.app.api.query("/api/lists/balances", ListWindow, query),
                               self._show_stock, key="stock")
        if id is not None and self.app.session.can(PRICES_SEEN_BY):
            self.app.tasks.run(self, lambda: self.api.suppliers(id), self._suppliers.show_items, key="suppliers")

    def _load_rules(self) -> None:
        card: ProductCard | None = self.card
        if card is not None and card.kind in (ProductKind.GOODS, ProductKind.KIT) and self.app.session.can(
                Permission.STOCK_VIEW):
            product = Ref(id=card.id, title=card.name)
            self.app.tasks.run(self, lambda: self.api.rules(product.id),
                               lambda rules: self._rules.show_rules(product, rules), key="rules")

    def show_saved(self, card: ProductCard) -> None:
        self._load_rules()
        self.content.set_read_only(card.archived or not self.app.session.can(Permission.PRODUCT_EDIT))
        kind = next(choice for choice in PRODUCT_KINDS if choice.code == card.kind)
        self._name.set_text(card.name)
        self._kind.set(kind.title, kind.tone)
        self._kind.show()
        self._archived.setVisible(card.archived)
        self._more.show()
        self._cost.setText(tr("Себестоимость {sum}").format(sum=formatting.money(card.cost, "RUB"))
                           if card.cost is not None else "")
        self.set_title(card.name)
        self.set_status(tr("Карточка создана {made} · изменена {changed}").format(
            made=formatting.day(formatting.local(card.created_at).date()),
            changed=formatting.moment_near(card.updated_at)))

    def show_dirty(self, on: bool) -> None:
        self._save.setVisible(on)

    def draft_title(self) -> str:
        return str(self.content.form.field("name").value()) or self.title

    def focus_start(self) -> None:
        self.content.form.field("name").setFocus()

    # --- inside ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        head = row(self._name, self._kind, self._archived, None, self._cost, self._more, self._save, gap=12)
        fields = Card(tr("Описание"), margins=False)
        holder = QWidget()
        around = QVBoxLayout(holder)
        around.setContentsMargins(15, 4, 15, 12)
        around.addWidget(self.content.form)
        fields.add(scrolled(holder), 1)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(CARD_GAP)
        column.addWidget(self.typed.prices)
        column.addWidget(self._stock)
        column.addWidget(self._rules)
        column.addWidget(self._suppliers)
        column.addStretch(1)
        columns = QHBoxLayout()
        columns.setSpacing(CARD_GAP)
        columns.addWidget(fields, 6)
        columns.addWidget(scrolled(side), 5)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(PAGE_EDGE, 12, PAGE_EDGE, 8)
        outer.setSpacing(CARD_GAP)
        outer.addLayout(head)
        outer.addWidget(self.messages)
        outer.addLayout(columns, 1)

    def _show_stock(self, window: ListWindow) -> None:
        while (item := self._stock.body.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._stock.setVisible(bool(window.rows))
        for balance in window.rows:
            free, on_hand = Decimal(balance["free"]), Decimal(balance["on_hand"])
            place = Link(balance["place"]["title"])
            place.clicked.connect(self._open_balances)
            words = tr("на складе {all}, в резерве {held}").format(
                all=formatting.quantity(on_hand), held=formatting.quantity(on_hand - free))
            line = QWidget()
            line.setLayout(row(place, caption(words), None, Label(
                tr("свободно {free}").format(free=formatting.quantity(free)), FontRole.STRONG,
                "ok" if free > 0 else "error")))
            self._stock.add(line)

    def _open_balances(self) -> None:
        if self.card is not None and self.app.navigator.knows(BALANCES):
            self.app.navigator.open(BALANCES, None, conditions=[same("product", self.card.id)],
                                    titles={("product", self.card.id): self.card.name})

    def _open_more(self) -> None:
        card: ProductCard | None = self.card
        if card is None:
            return
        menu = Menu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.add(tr("Прочитать заново"), self.refresh, icon=Icon.ARROWS_CLOCKWISE, key="F5")
        menu.add(tr("Этикетки…"), lambda: print_products(self.app, [{"id": card.id}], self), icon=Icon.BARCODE)
        menu.addSeparator()
        may = self.app.session.can(Permission.PRODUCT_EDIT)
        menu.add(tr("Вернуть из архива") if card.archived else tr("В архив"), lambda: self._set_archived(card),
                 icon=Icon.TRAY, why_not="" if may else tr("Нет права изменять номенклатуру"))
        menu.open_below(self._more, align_right=True)

    def _set_archived(self, card: ProductCard) -> None:
        self.app.tasks.run(self, lambda: self.api.set_archived(card.id, card.version, archived=not card.archived),
                           lambda _: self.load(), self.saving.show_error)


def open_product(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> ProductPage:
    return ProductPage(app, id, params)

"""УПД of format 5.03 as a supplier's program writes them, one line or thousands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import quoteattr

from crm_contract.totals import money
from tests.server.conftest import Person

SELLER = '<СвЮЛУч НаимОрг="АО &quot;Завод&quot;" ИННЮЛ="5024002119" КПП="502401001"/>'
BUYER = '<СвЮЛУч НаимОрг="ООО &quot;Окно&quot;" ИННЮЛ="7707083893" КПП="770701001"/>'


@dataclass(frozen=True)
class Row:
    """A line; empty sums are those of quantity, price and rate."""

    name: str
    quantity: str = "3"
    price: str = "1000"
    rate: str = "22%"
    code: str = ""
    article: str = ""
    barcode: str = ""
    unit: str = "796"
    net: str = ""
    vat: str = ""
    gross: str = ""

    def whole(self) -> "Row":
        net = Decimal(self.net or money(Decimal(self.quantity) * Decimal(self.price)))
        percent = Decimal(self.rate.rstrip("%")) if self.rate.endswith("%") else Decimal(0)
        vat = Decimal(self.vat or money(net * percent / 100))
        return replace(self, net=str(net), vat=str(vat), gross=self.gross or str(net + vat))


@dataclass(frozen=True)
class Upd:
    """The file; `head` replaces texts of the finished XML."""

    rows: Sequence[Row]
    number: str = "15"
    day: str = "24.11.2026"
    function: str = "СЧФДОП"
    seller: str = SELLER
    buyer: str = BUYER
    totals: Sequence[str] = ()

    def text(self) -> str:
        rows = [row.whole() for row in self.rows]
        net, vat, gross = self.totals or [
            str(sum(Decimal(getattr(row, name)) for row in rows)) for name in ("net", "vat", "gross")]
        lines = "".join(_line(row, number) for number, row in enumerate(rows, 1))
        return (
            '<Файл ИдФайл="ON_NSCHFDOPPR_x" ВерсФорм="5.03" ВерсПрог="test">'
            f'<Документ КНД="1115131" Функция="{self.function}" ДатаИнфПр="{self.day}" ВремИнфПр="10.00.00">'
            f'<СвСчФакт НомерДок={quoteattr(self.number)} ДатаДок="{self.day}">'
            f"<СвПрод><ИдСв>{self.seller}</ИдСв><Адрес><АдрИнф КодСтр=\"643\" НаимСтран=\"Россия\""
            " АдрТекст=\"г. Королёв, ул. Заводская, д. 1\"/></Адрес></СвПрод>"
            f"<СвПокуп><ИдСв>{self.buyer}</ИдСв></СвПокуп>"
            '<ДенИзм КодОКВ="643" НаимОКВ="Российский рубль"/></СвСчФакт>'
            f'<ТаблСчФакт>{lines}<ВсегоОпл СтТовБезНДСВсего="{net}" СтТовУчНалВсего="{gross}">'
            f"<СумНалВсего><СумНал>{vat}</СумНал></СумНалВсего></ВсегоОпл></ТаблСчФакт></Документ></Файл>")

    def data(self, encoding: str = "windows-1251") -> bytes:
        declaration = f'<?xml version="1.0" encoding="{encoding}"?>'
        return (declaration + self.text()).encode(encoding, errors="xmlcharrefreplace")


def _line(row: Row, number: int) -> str:
    tax = f"<СумНал>{row.vat}</СумНал>" if row.rate.endswith("%") else "<БезНДС>без НДС</БезНДС>"
    more = "".join(f" {name}={quoteattr(value)}" for name, value in (
        ("АртикулТов", row.article), ("КодТов", row.code), ("ГТИН", row.barcode)) if value)
    return (
        f'<СведТов НомСтр="{number}" НаимТов={quoteattr(row.name)} ОКЕИ_Тов="{row.unit}" НаимЕдИзм="шт"'
        f' КолТов="{row.quantity}" ЦенаТов="{row.price}" СтТовБезНДС="{row.net}" НалСт="{row.rate}"'
        f' СтТовУчНал="{row.gross}"><ДопСведТов ПрТовРаб="1"{more}/><СумНал>{tax}</СумНал></СведТов>')


def upload(person: Person, data: bytes, *, name: str = "ON_NSCHFDOPPR_x.xml", status: int = 200) -> Any:
    return person.call("POST", "/api/upd-files", files={"file": (name, data)}, status=status)


def chosen(read: dict[str, Any], *, create: bool = False) -> list[dict[str, Any]]:
    """Every line as it is proposed; what is unknown is made."""
    return [{"number": line["number"], "product_id": line["candidates"][0]["product"]["id"]}
            if line["candidates"] and not create else {"number": line["number"], "create": True}
            for line in read["lines"]]


def receive(person: Person, shop: dict[str, int], read: dict[str, Any], *, status: int = 200, **more: Any) -> Any:
    body = {"party_id": shop["supplier"], "place_id": shop["place"], "lines": chosen(read), **more}
    return person.post(f"/api/upd-files/{read['file_id']}/receipt", body, status=status)

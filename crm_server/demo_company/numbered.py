"""Goods that are told apart: meters by their serial numbers, a coolant by its lots; received, shipped, moved on."""

from datetime import timedelta
from decimal import Decimal

from crm_contract.catalog import ProductBody, Tracking
from crm_contract.documents import DocumentBody, LineBody, LineLot
from crm_server.catalog.service import create_product
from crm_server.demo_company.customers import Customer
from crm_server.demo_company.office import Office
from crm_server.demo_company.staff import Staff

_METER = ProductBody(name="Теплосчётчик ТС-25 с модемом", sku="С-0001", tracking=Tracking.SERIAL)
_COOLANT = ProductBody(name="Теплоноситель ТН-30, канистра 20 л", sku="С-0002", tracking=Tracking.LOT)
_METERS, _SHIPPED = 6, 2


class Numbered:
    """What the warehouse of Moscow has by numbers, and one paper that still waits for them."""

    def __init__(self, office: Office, staff: Staff, warehouse_id: int, supplier: int) -> None:
        self._office = office
        self._staff = staff
        self._warehouse = warehouse_id
        self._supplier = supplier

    def leave(self, customer: Customer) -> None:
        office, keeper = self._office, self._staff["sklad"]
        with office.desk(self._staff["admin"]) as ctx:
            meter, coolant = (create_product(ctx, body).id for body in (_METER, _COOLANT))
        serials = [LineLot(code=f"ТС25-{26_110_400 + number}") for number in range(_METERS)]
        batches = [LineLot(code="Л-2604", quantity=Decimal(12), expires=office.day + timedelta(days=45)),
                   LineLot(code="Л-2611", quantity=Decimal(20), expires=office.day + timedelta(days=400))]
        lines = [LineBody(product_id=meter, quantity=Decimal(_METERS), price=Decimal(24300), lots=serials),
                 LineBody(product_id=coolant, quantity=Decimal(32), price=Decimal(3150), lots=batches)]
        head = {"date": office.day, "place_id": self._warehouse}
        came = office.draw_up(keeper, "receipt", DocumentBody.model_validate(
            {**head, "party_id": self._supplier, "lines": lines}))
        office.act(keeper, came, "post")
        gone = [lines[0].model_copy(update={"quantity": Decimal(_SHIPPED), "lots": serials[:_SHIPPED]}),
                lines[1].model_copy(update={"quantity": Decimal(4), "lots": [
                    batches[0].model_copy(update={"quantity": Decimal(4)})]})]
        issue = office.draw_up(keeper, "issue", DocumentBody.model_validate(
            {**head, "party_id": customer.id, "lines": gone}))
        office.act(keeper, issue, "post")
        office.draw_up(keeper, "issue", DocumentBody.model_validate({**head, "party_id": customer.id, "lines": [
            lines[0].model_copy(update={"quantity": Decimal(3), "lots": serials[_SHIPPED:_SHIPPED + 1]})],
            "comment": "Номера назвать при сборке"}))

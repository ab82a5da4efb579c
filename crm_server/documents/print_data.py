"""What a printed form is made from, read with the document."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from psycopg import sql

from crm_contract.catalog import Tracking
from crm_contract.codes import CodeKind, OwnCode
from crm_contract.documents import kind_of
from crm_contract.kinds import Accounting, DocumentKind
from crm_contract.permissions import Permission
from crm_contract.printing import PrintBank, PrintBin, PrintDocument, PrintLine, PrintLot, PrintPaper, PrintParty
from crm_contract.totals import money
from crm_contract.units import unit_title
from crm_contract.vat import TaxMode
from crm_server.documents import registry
from crm_server.documents.scope import is_guest
from crm_server.documents.service import read_header
from crm_server.kit.context import Ctx
from crm_server.kit.errors import invalid
from crm_server.kit.listing import trusted

_PARTIES = """
SELECT p.*, (SELECT jsonb_build_object('name', a.bank, 'bic', a.bic, 'account', a.account,
    'corr_account', a.corr_account) FROM bank_account a WHERE a.party_id = p.id AND NOT a.archived
    ORDER BY a.main DESC, a.sequence, a.id LIMIT 1) AS bank_row
FROM party p WHERE p.id = ANY(%s::int8[])
"""
_LINES = """
SELECT l.*, p.sku, p.kind AS product_kind, p.full_name, p.tracking, {cost} AS cost, {bins} AS bins,
    {basis_price} AS basis_price
FROM document d JOIN document_line l ON l.document_id = d.id LEFT JOIN product p ON p.id = l.product_id
WHERE d.id = %s ORDER BY l.position
"""
# Where goods leave and where they come: places, and employees who hold them.
_ENDS = """
SELECT 'place' AS what, p.id, p.name, '' AS keeper, '' AS position FROM place p
WHERE p.id IN (%(place_id)s, %(place_to_id)s)
UNION ALL
SELECT 'employee', e.id, e.name, e.name, e.position FROM employee e WHERE e.id IN (%(employee_id)s, %(employee_to_id)s)
"""
_PAPERS = """
SELECT c.id, c.kind, c.number, c.date, c.extra, c.accounting, k.document_id IS NOT NULL AS is_basis
FROM document c LEFT JOIN document_link k ON k.basis_id = c.id AND k.document_id = %(id)s
WHERE (c.chain_id = %(chain)s OR c.id = %(contract)s) AND c.accounting = 'posted' AND c.id <> %(id)s ORDER BY c.id
"""

_NOWHERE: Mapping[str, Any] = {"name": "", "keeper": "", "position": ""}


def get_print_document(ctx: Ctx, document_id: int) -> PrintDocument:
    """Raises INVALID when the document has no buyer or seller yet."""
    row = read_header(ctx, document_id)
    kind = kind_of(row["kind"])
    party = kind.header("party_id")
    # Where another branch of ours may be the other side, nobody else has to be.
    if row["party_id"] is None and party is not None and not kind.crosses:
        raise invalid({"party_id": f"Заполните «{party.title}», чтобы напечатать"})
    if row["organization_id"] is None:
        raise invalid({"organization_id": "Заполните свою организацию, чтобы напечатать"})
    parties = {p["id"]: p for p in ctx.sql.all(
        _PARTIES, ([row["party_id"], row["organization_id"], row["consignee_id"]],))}
    guest = is_guest(ctx.actor, kind_of(row["kind"]), row)
    papers = [] if guest else ctx.sql.all(
        _PAPERS, {"id": row["id"], "chain": row["chain_id"], "contract": row["contract_id"]})
    author = ctx.sql.one("SELECT name, position, CASE WHEN %(guest)s THEN '' ELSE phone END AS phone,"
                         " CASE WHEN %(guest)s THEN '' ELSE email END AS email FROM employee"
                         " WHERE id = %(responsible_id)s", {**row, "guest": guest})
    site = ctx.sql.one("SELECT name, address FROM site WHERE id = %s", (row["site_id"],)) if row["site_id"] else None
    contract = next((p for p in papers if p["id"] == row["contract_id"]), None)
    seller = parties[row["organization_id"]]
    sender, receiver = _ends(ctx, row)
    exempt = TaxMode(seller["tax_mode"] or TaxMode.GENERAL) in (TaxMode.SIMPLIFIED, TaxMode.PATENT)
    return PrintDocument(
        kind=row["kind"], number=row["number"], date=row["date"], title=row["title"], revision=row["revision"],
        is_draft=row["accounting"] == Accounting.DRAFT, vat_mode=row["vat_mode"], seller=_party(seller),
        buyer=_party(parties.get(row["party_id"], seller)), code=str(OwnCode(CodeKind.DOCUMENT, str(row["id"]))),
        place_from=sender["name"], keeper_from=sender["keeper"], place_to=receiver["name"],
        keeper_to=receiver["keeper"], keeper_from_title=sender["position"],
        keeper_to_title=receiver["position"], reason=_reason(row),
        counts=registry.COUNTS[row["kind"]](ctx, row) if row["kind"] in registry.COUNTS else [],
        place=", ".join(filter(None, site.values())) if site else "",
        consignee=_party(parties[row["consignee_id"]]) if row["consignee_id"] in parties else None,
        seller_pays_vat=not exempt, contract=_paper(contract) if contract else None,
        basis=[_paper(p) for p in papers if p["is_basis"]],
        payments=[_payment(p) for p in papers if p["kind"] == "payment"],
        # Line 5а of УПД names the УПД itself, which is what an empty list prints.
        shipments=[_paper(p) for p in papers if p["kind"] == "issue" and row["kind"] != "upd"],
        lines=[_line(n, r, kind_of(row["kind"])) for n, r in enumerate(_lines(ctx, document_id, guest), 1)],
        net=row["net"], vat=row["vat"], gross=row["gross"], due_date=row["due_date"], valid_until=row["valid_until"],
        delivery=row["extra"].get("delivery", ""), comment=row["comment"],
        author_name=author["name"] if author else "", author_title=author["position"] if author else "",
        author_phone=author["phone"] if author else "", author_email=author["email"] if author else "",
        extra={k: str(v) for k, v in row["extra"].items()})


def _lines(ctx: Ctx, document_id: int, guest: bool) -> list[dict[str, Any]]:
    parts = dict(registry.PRINT_SQL)
    if guest:
        parts["bins"] = "NULL::text[]"
    if not ctx.actor.can(Permission.PRODUCT_COST):
        parts |= {"cost": "NULL::numeric", "basis_price": "NULL::numeric"}
    return ctx.sql.all(sql.SQL(_LINES).format(**{name: trusted(text) for name, text in parts.items()}), (document_id,))


def _ends(ctx: Ctx, row: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Who gives and who takes: of a kind that takes what an employee holds, the employee gives."""
    found = {(end["what"], end["id"]): end for end in ctx.sql.all(_ENDS, row)}

    def end(what: str, name: str) -> Mapping[str, Any]:
        return found.get((what, row[name]), _NOWHERE)

    place, employee = end("place", "place_id"), end("employee", "employee_id")
    if kind_of(row["kind"]).takes_held:
        return employee, end("employee", "employee_to_id") if row["employee_to_id"] else place
    return place, employee if row["employee_id"] else end("place", "place_to_id")


def _reason(row: Mapping[str, Any]) -> str:
    """The words of a declared reason."""
    field = kind_of(row["kind"]).header("reason")
    choices = field.choices if field is not None else ()
    return next((choice.title for choice in choices if choice.code == row["extra"].get("reason")), "")


def _party(row: Mapping[str, Any]) -> PrintParty:
    bank = row["bank_row"]
    return PrintParty(
        kind=row["kind"], name=row["name"], full_name=row["full_name"] or row["name"], inn=row["inn"], kpp=row["kpp"],
        ogrn=row["ogrn"], address=row["legal_address"] or row["actual_address"], phone=row["phone"],
        email=row["email"], bank=PrintBank.model_validate(bank) if bank else None,
        director_title=row["director_title"], director_name=row["director_name"],
        director_basis=row["director_basis"], accountant_name=row["accountant_name"])


def _paper(row: Mapping[str, Any]) -> PrintPaper:
    return PrintPaper(title=kind_of(row["kind"]).title, number=row["number"], date=row["date"])


def _payment(row: Mapping[str, Any]) -> PrintPaper:
    extra = row["extra"]
    return PrintPaper(title="Платёжное поручение", number=extra.get("external_number") or row["number"],
                      date=extra.get("external_date") or row["date"])


def _line(position: int, row: Mapping[str, Any], kind: DocumentKind) -> PrintLine:
    net_price = money(row["net"] / row["quantity"]) if row["quantity"] else Decimal(0)
    condition = next((choice.title for choice in kind.conditions if choice.code == row["condition"]), "")
    return PrintLine(
        position=position, sku=row["sku"] or "", name=row["name"] or row["full_name"] or "",
        is_service=row["product_kind"] in ("service", "work"), unit=unit_title(row["unit"]),
        unit_code=row["unit"], quantity=row["quantity"], paper_quantity=row["paper_quantity"],
        price=row["price"], net_price=net_price,
        discount=row["discount"], net=row["net"], vat_rate=row["vat_rate"], vat=row["vat"], gross=row["gross"],
        note=". ".join(part for part in (condition, row["note"]) if part), cost=row["cost"],
        basis_price=row["basis_price"],
        bins=[PrintBin.model_validate(place) for place in row["bins"] or ()],
        lots=[PrintLot.model_validate(lot) for lot in row["lots"]],
        serials=row["tracking"] == Tracking.SERIAL)

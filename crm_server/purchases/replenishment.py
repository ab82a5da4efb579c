"""What is below its minimum, and from where it comes: the list, and the drafts that are made of it.

Whatever is on its way, ordered or only drafted counts, so that nothing is ordered twice. What a warehouse can give
another one is its free stock above its own minimum; several that lack the same are served in the order of their rules.
"""

from psycopg import sql

from crm_contract.permissions import Permission
from crm_contract.stock_rules import REPLENISHMENT_LIST
from crm_server.catalog.listing import unit_join
from crm_server.documents.scope import visible_condition
from crm_server.kit.actor import Actor
from crm_server.kit.listing import Expr, ListSource, trusted
from crm_server.parties.scope import party_scope
from crm_server.purchases.supply import DRAFTED, LEAD, SUPPLY
from crm_server.stock.expected import EXPECTED
from crm_server.stock.listing import place_condition
from crm_server.stock.transit import COMING

# `{seen}` over the warehouse `w`, `{gives}` over the warehouse `g` that may give, `{party}` over the supplier `p`,
# `{read}` over documents. A row is what is to be done for a rule: an odd `id` buys, an even one moves or does nothing.
_PROPOSED = """
{supply},
rule AS (
    SELECT r.*, w.branch_id, coalesce(s.free, 0) AS free, coalesce(s.way, 0) AS way,
           coalesce(s.ordered, 0) AS ordered, coalesce(s.drafted, 0) AS drafted, coalesce(s.leaving, 0) AS leaving,
           coalesce(s.waiting, 0) AS waiting,
           coalesce(s.free + s.way + s.ordered + s.drafted - s.leaving - s.waiting, 0) AS position
    FROM stock_rule r JOIN place w ON w.id = r.place_id AND NOT w.archived AND {seen}
    JOIN product g ON g.id = r.product_id AND NOT g.archived
    LEFT JOIN supply s ON (s.place_id, s.product_id) = (r.place_id, r.product_id)),
lacking AS (
    SELECT r.*, {need} AS need FROM rule r WHERE r.position < r.minimum),
giver AS (
    SELECT DISTINCT ON (l.id) l.id, g.id AS donor_id,
           s.free - s.leaving - s.waiting - coalesce(o.minimum, p.min_stock, 0) AS spare
    FROM lacking l JOIN supply s ON s.product_id = l.product_id AND s.place_id <> l.place_id
    JOIN place g ON g.id = s.place_id AND g.kind = 'warehouse' AND NOT g.archived AND {gives}
        AND (g.branch_id IS NULL OR l.branch_id IS NULL OR g.branch_id = l.branch_id)
    JOIN product p ON p.id = l.product_id
    LEFT JOIN stock_rule o ON (o.place_id, o.product_id) = (s.place_id, s.product_id)
    WHERE s.free - s.leaving - s.waiting > coalesce(o.minimum, p.min_stock, 0)
    AND CASE WHEN l.donor_id IS NOT NULL THEN g.id = l.donor_id ELSE l.supplier_id IS NULL END
    ORDER BY l.id, spare DESC, g.id),
served AS (
    SELECT l.*, v.donor_id AS giver_id, greatest(0, least(l.need, coalesce(v.spare, 0) - coalesce(sum(l.need) OVER (
               PARTITION BY v.donor_id, l.product_id ORDER BY l.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
               0))) AS given
    FROM lacking l LEFT JOIN giver v USING (id)),
bought AS (
    SELECT r.*, CASE WHEN r.position + r.given < r.minimum THEN {rest} ELSE 0 END AS buy FROM served r),
sold AS (
    SELECT DISTINCT ON (r.id) r.id, i.party_id, i.price, {lead} AS lead
    FROM bought r JOIN supplier_item i ON i.product_id = r.product_id
        AND (r.supplier_id IS NULL OR i.party_id = r.supplier_id)
    JOIN party p ON p.id = i.party_id AND NOT p.archived AND NOT p.is_own AND {party}
    WHERE r.buy > 0 ORDER BY r.id, i.date DESC NULLS LAST, i.id DESC),
named AS (
    SELECT r.id, p.id AS party_id FROM bought r JOIN party p ON p.id = r.supplier_id AND NOT p.archived AND {party}
    WHERE r.buy > 0),
coming AS (
    SELECT DISTINCT ON (x.place_id, x.product_id) x.place_id, x.product_id, d.id AS document_id, d.number
    FROM (SELECT place_id, product_id, document_id, due_date, 0 AS draft FROM {expected} e
          UNION ALL SELECT place_id, product_id, document_id, due_date, 0 FROM {way} e
          UNION ALL SELECT place_id, product_id, document_id, due_date, 1 FROM {drafted} e) x
    JOIN document d ON d.id = x.document_id AND {read}
    ORDER BY x.place_id, x.product_id, x.draft, x.due_date NULLS LAST, x.document_id),
step AS (
    SELECT b.id, 'transfer' AS step, b.given AS quantity, b.giver_id, NULL::int8 AS seller_id, NULL::numeric AS price,
           NULL::date AS arrives FROM bought b WHERE b.given > 0
    UNION ALL
    SELECT b.id, CASE WHEN coalesce(n.party_id, s.party_id) IS NULL THEN 'unknown' ELSE 'purchase' END, b.buy, NULL,
           coalesce(n.party_id, s.party_id), s.price, current_date + coalesce(s.lead, {usual})
    FROM bought b LEFT JOIN sold s USING (id) LEFT JOIN named n USING (id) WHERE b.buy > 0
    UNION ALL
    SELECT r.id, CASE WHEN r.position > r.maximum THEN 'over'
                      WHEN r.free - r.leaving - r.waiting < r.minimum THEN 'coming' ELSE 'enough' END,
           NULL, NULL, NULL, NULL, NULL FROM rule r WHERE r.position >= r.minimum)
SELECT r.id * 2 + (t.step IN ('purchase', 'unknown'))::int AS id, r.id AS rule_id, r.product_id, r.place_id,
       r.branch_id, r.minimum, r.target, r.maximum, r.pack, r.free, r.way, r.ordered, r.drafted, r.leaving, r.waiting,
       r.position, t.step, t.quantity, t.giver_id, t.seller_id, t.price, t.arrives, c.document_id, c.number
FROM rule r JOIN step t USING (id)
LEFT JOIN coming c ON (c.place_id, c.product_id) = (r.place_id, r.product_id)
"""


#: How much fills the rule `r` up from what is there: to the target in whole packs, not above the maximum unless the
#: minimum asks for it.
_FILL = """least(ceil((r.target - {there}) / r.pack), CASE WHEN r.maximum IS NOT NULL THEN greatest(
    floor((r.maximum - {there}) / r.pack), ceil((r.minimum - {there}) / r.pack)) END) * r.pack"""


def proposed(actor: Actor) -> sql.Composed:
    """A SELECT of what is to be done for each rule that the actor sees."""
    usual = LEAD.replace("r.lead_days", "b.lead_days").replace("i.lead_days", "NULL")
    return sql.SQL(_PROPOSED).format(
        supply=trusted(SUPPLY), expected=trusted(EXPECTED), way=trusted(COMING),
        drafted=trusted(DRAFTED), lead=trusted(LEAD),
        need=trusted(_FILL.replace("{there}", "r.position")),
        rest=trusted(_FILL.replace("{there}", "(r.position + r.given)")),
        usual=trusted(usual), party=party_scope(actor), read=visible_condition(actor),
        seen=place_condition(actor, "w.branch_id"), gives=place_condition(actor, "g.branch_id"))


REPLENISHMENT = ListSource(
    REPLENISHMENT_LIST, Permission.STOCK_VIEW,
    "counted t JOIN product p ON p.id = t.product_id JOIN place w ON w.id = t.place_id", "t.id",
    {
        "sku": Expr("p.sku"), "product": Expr("t.product_id", "p.name", sort="p.sort"),
        "group": Expr("p.group_id", "g.title", ("group",)),
        "unit": Expr("coalesce(unit.short, p.unit)", joins=("unit",)), "place": Expr("t.place_id", "w.name"),
        "position": Expr("t.position"), "step": Expr("t.step"), "quantity": Expr("t.quantity", nullable=True),
        "source": Expr("coalesce(o.name, v.name, '')", joins=("donor", "supplier")),
        "supplier": Expr("t.seller_id", "v.name", ("supplier",)),
        "donor": Expr("t.giver_id", "o.name", ("donor",)), "arrives": Expr("t.arrives", nullable=True),
        "free": Expr("t.free"), "coming": Expr("(t.way + t.ordered + t.drafted)"), "waiting": Expr("t.waiting"),
        "document": Expr("t.document_id", "t.number"), "minimum": Expr("t.minimum"), "target": Expr("t.target"),
        "maximum": Expr("t.maximum", nullable=True), "pack": Expr("t.pack"), "price": Expr("t.price", nullable=True),
        "amount": Expr("round(t.quantity * t.price, 2)", nullable=True), "rule": Expr("t.rule_id"),
    },
    lambda actor: sql.SQL("true"), ("p.search",),
    {"group": "LEFT JOIN product_group g ON g.id = p.group_id", "unit": unit_join,
     "supplier": "LEFT JOIN party v ON v.id = t.seller_id", "donor": "LEFT JOIN place o ON o.id = t.giver_id"},
    counted=proposed)

"""Work with papers: the product's own commands, each done as an employee at a moment of the past."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from crm_contract.documents import ActionBody, DocumentBody, DocumentRead, DocumentUpdate, LineBody, kind_of
from crm_contract.kinds import Accounting
from crm_server.documents import based_on, queries, service, workflow
from crm_server.kit.actor import Actor
from crm_server.kit.context import Ctx
from crm_server.kit.days import zone
from crm_server.kit.errors import Refusal
from crm_server.kit.sql import Sql

OPENS, STEP = time(9, 5), timedelta(minutes=4)

#: The database dates a new row by its own clock; `now()` is the value of those that nobody has touched since.
_DATE = """
UPDATE document d SET created_at = t.at, updated_at = CASE WHEN d.updated_at = now() THEN t.at ELSE d.updated_at END
FROM unnest(%s::int8[], %s::timestamptz[]) AS t (id, at) WHERE d.id = t.id
"""
_DRAFT_OF = "SELECT date FROM document WHERE id = %s AND accounting = 'draft'"
#: What an action has made beside its document, such as an act of discrepancy.
_MADE_WITH = """
SELECT x.id FROM document_link k JOIN document x ON x.id = k.document_id
WHERE k.basis_id = %s AND x.created_at = now()
"""


class Clock:
    """The company's time: each step of a day is some minutes after the one before, and never after now."""

    def __init__(self, today: date) -> None:
        self.now = datetime.now(UTC)
        self.open(today)

    def open(self, day: date) -> None:
        self.day = day
        self.now = datetime.combine(day, OPENS, zone()).astimezone(UTC)

    def tick(self) -> datetime:
        later = self.now + STEP
        if later.astimezone(zone()).date() == self.day and later < datetime.now(UTC):
            self.now = later
        return min(self.now, datetime.now(UTC))


@dataclass
class Paper:
    """A document in the hands of the company; `version` follows what was done to it."""

    id: int
    kind: str
    version: int


class Office:
    """Runs commands on one connection. What the edge does for a request is done here for a step of the past."""

    def __init__(self, sql: Sql, clock: Clock) -> None:
        self.sql = sql
        self.clock = clock
        self._new: dict[int, datetime] = {}

    @contextmanager
    def open_on(self, day: date) -> Iterator[None]:
        """A day of work, in a transaction of its own: in one for all, every row would drag its old versions along."""
        self.clock.open(day)
        with self.sql.connection.transaction():
            yield
            self.sql.run(_DATE, (list(self._new), list(self._new.values())))
            self._new.clear()

    @property
    def day(self) -> date:
        return self.clock.day

    @contextmanager
    def desk(self, actor: Actor) -> Iterator[Ctx]:
        """The context of one command: journal and changes are written at its end; a refusal writes nothing."""
        ctx = Ctx(self.sql, actor, request_id="demo", now=self.clock.tick())
        yield ctx
        ctx.flush()

    def draw_up(self, actor: Actor, kind: str, body: DocumentBody) -> Paper:
        with self.desk(actor) as ctx:
            return self._made(ctx, kind, service.create_document(ctx, kind, body).id)

    def follow(self, actor: Actor, basis: Paper, kind: str) -> Paper:
        """«На основании»"""
        with self.desk(actor) as ctx:
            return self._made(ctx, kind, based_on.create_based_on(ctx, basis.id, kind).id)

    def note(self, ctx: Ctx, document_id: int) -> None:
        """A paper that a command has made by itself is of this moment."""
        self._new[document_id] = ctx.now

    def _made(self, ctx: Ctx, kind: str, document_id: int) -> Paper:
        self._new[document_id] = ctx.now
        return Paper(document_id, kind, 1)

    def act(self, actor: Actor, paper: Paper, action: str, reason: str = "",
            params: Mapping[str, Any] | None = None) -> Paper:
        with self._moved_today(paper, action), self.desk(actor) as ctx:
            body = ActionBody(version=paper.version, reason=reason, params=dict(params or {}))
            paper.version = workflow.run_action(ctx, paper.id, action, body).version
            for row in self.sql.all(_MADE_WITH, (paper.id,)):
                self._new.setdefault(row["id"], ctx.now)
        return paper

    @contextmanager
    def _moved_today(self, paper: Paper, action: str) -> Iterator[None]:
        """Goods move on the day they move, however long ago the paper over them was begun."""
        kind = kind_of(paper.kind)
        to = kind.workflow.action(action).target
        if not kind.moves_goods or not to or kind.workflow.state(to).accounting is not Accounting.POSTED:
            yield
            return
        written = self.sql.one(_DRAFT_OF, (paper.id,))
        try:
            self._set_date(paper, self.day if written else None)
            yield
        except Refusal:
            self._set_date(paper, written["date"] if written else None)
            raise

    def _set_date(self, paper: Paper, day: date | None) -> None:
        if day is not None:
            self.sql.run("UPDATE document SET date = %s WHERE id = %s", (day, paper.id))

    def read(self, actor: Actor, paper: Paper) -> DocumentRead:
        with self.desk(actor) as ctx:
            return queries.get_document(ctx, paper.id)

    def edit(self, actor: Actor, paper: Paper, change: Callable[[DocumentBody], None]) -> None:
        """Saves a draft with what `change` did to it."""
        body = typed(self.read(actor, paper))
        change(body)
        with self.desk(actor) as ctx:
            paper.version = service.update_document(ctx, paper.id, body).version

    def date_today(self, actor: Actor, paper: Paper) -> bool:
        """Goods are dated of the day they move, not of that when the paper was drawn up; False for a paper of last
        year, whose number stays there."""
        old = self.sql.value("SELECT date FROM document WHERE id = %s", (paper.id,))
        if old.year != self.day.year:
            return False
        if old < self.day:
            self.edit(actor, paper, self._set_day)
        return True

    def _set_day(self, body: DocumentBody) -> None:
        body.date = self.day

    def comment(self, actor: Actor, paper: Paper, text: str) -> None:
        with self.desk(actor) as ctx:
            comment_id = service.add_comment(ctx, paper.id, text).id
            self.sql.run("UPDATE document_comment SET at = %s WHERE id = %s", (ctx.now, comment_id))


def typed(read: DocumentRead) -> DocumentUpdate:
    """A document as its editor would send it back."""
    refs = ("party", "contact", "organization", "consignee", "site", "contract", "place", "place_to", "employee",
            "employee_to", "responsible", "price_kind")
    values = {f"{name}_id": ref.id if (ref := getattr(read, name)) else None for name in refs}
    values |= {name: getattr(read, name) for name in (
        "date", "vat_mode", "due_date", "valid_until", "title", "comment", "amount", "extra", "version")}
    lines = [LineBody(
        id=line.id, product_id=line.product.id if line.product else None, name=line.name, quantity=line.quantity,
        paper_quantity=line.paper_quantity, unit=line.unit, price=line.price, discount=line.discount,
        vat_rate=line.vat_rate, basis_line_id=line.basis_line_id, condition=line.condition, note=line.note)
        for line in read.lines]
    return DocumentUpdate.model_validate({**values, "lines": lines})

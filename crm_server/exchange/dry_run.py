"""What a load would do: every row in its bucket, what would be added and changed. Nothing is written."""

from collections import Counter
from collections.abc import Iterable
from weakref import WeakKeyDictionary

from crm_contract.exchange import Bucket, DryRun, DryRunQuery, ImportOptions, ImportTarget, PreviewRow
from crm_server.exchange.excel.left_out import LEFT_OUT, LeftOut
from crm_server.exchange.excel.outline import Mark
from crm_server.exchange.excel.plan import ImportPlan, no_collections
from crm_server.exchange.excel.preview import preview_row
from crm_server.exchange.files import open_file
from crm_server.exchange.party_records import PartyRecords
from crm_server.exchange.plans import plan_of
from crm_server.exchange.product_records import ProductRecords
from crm_server.exchange.records import Fate, Judged, foresee
from crm_server.kit.context import Ctx

#: What a judgement depends on besides the file.
_ENTITIES = ("party", "product", "product_group", "price_kind", "contact_role", "employee", "user", "role")
_LAST_CHANGE = """
SELECT id FROM change_log WHERE entity = ANY(%s::text[]) ORDER BY id DESC LIMIT 1
"""


class Judgement:
    """Where every row of the sheet ends up, by the database of one moment."""

    def __init__(self, plan: ImportPlan, judged: Iterable[Judged]) -> None:
        self.marks = plan.marks.copy()
        fates: Counter[Fate | None] = Counter()
        for row in judged:
            number = row.parsed.number
            self.marks.put(number, row.mark(self.marks.of(number)))
            fates[row.fate] += 1
        self.counts = self.marks.counts()
        self.counts.add, self.counts.update = fates[Fate.ADD], fates[Fate.UPDATE]
        self.counts.unchanged, self.counts.unmatched = fates[Fate.UNCHANGED], fates[Fate.UNMATCHED]


#: The last judgement of every plan that is kept (`plans.py`).
_judgements: WeakKeyDictionary[ImportPlan, tuple[tuple[int, int | None, str], Judgement]] = WeakKeyDictionary()


def records_of(ctx: Ctx, options: ImportOptions, batch_id: int = 0) -> PartyRecords | ProductRecords:
    """What `batch_id` has added itself is not found again: rows that are kept apart stay apart in every portion."""
    if options.target is ImportTarget.PARTIES:
        return PartyRecords(ctx, options, batch_id)
    return ProductRecords(ctx, options, batch_id)


def judge_plan(ctx: Ctx, plan: ImportPlan, options: ImportOptions) -> Judgement:
    """Judged once for all pages that somebody looks at, until a record of the kind changes."""
    stamp = ctx.sql.value(_LAST_CHANGE, (list(_ENTITIES),))
    wishes = options.model_dump_json(include={"mode", "match_by", "price_kind_id", "prices_include_vat", "resolutions"})
    key = (ctx.actor.user_id, stamp, wishes)
    known = _judgements.get(plan)
    if known is None or known[0] != key:
        with no_collections():
            known = (key, Judgement(plan, foresee(records_of(ctx, options), plan, options.mode)))
        _judgements[plan] = known
    return known[1]


def dry_run(ctx: Ctx, file_id: int, query: DryRunQuery) -> DryRun:
    """A page of the judged rows and the counts of all."""
    ctx.actor.demand(query.options.target.permission)
    plan = plan_of(ctx, open_file(ctx, file_id), query.options)
    judgement = judge_plan(ctx, plan, query.options)
    numbers = judgement.marks.numbers(lambda mark: _wanted(mark, query))
    page = _matched(ctx, plan, query.options, numbers[query.offset:query.offset + query.limit])
    return DryRun(counts=judgement.counts, rows=[_preview(row) for row in page], rows_total=len(numbers))


def _wanted(mark: Mark, query: DryRunQuery) -> bool:
    if query.only and mark.bucket not in query.only:
        return False
    return not query.code or query.code in mark.codes


def _matched(ctx: Ctx, plan: ImportPlan, options: ImportOptions, numbers: Iterable[int]) -> list[Judged]:
    """Rows with the records they mean."""
    rows = [plan[number] for number in numbers]
    matches = records_of(ctx, options).match([row for row in rows if row.bucket is Bucket.READY])
    return [Judged(row, None, matches.get(row.number)) for row in rows]


def _preview(row: Judged) -> PreviewRow:
    preview = preview_row(row.parsed)
    preview.bucket = row.bucket
    if row.match:
        preview.match = row.match.record
        preview.problems += [problem.as_row_problem(row.parsed.number) for problem in row.match.problems]
    return preview


def report(ctx: Ctx, file_id: int, options: ImportOptions) -> bytes:
    """A workbook of the rows that would not go in, with the reasons beside them."""
    from crm_server.exchange.excel.report import failed_rows

    ctx.actor.demand(options.target.permission)
    plan = plan_of(ctx, open_file(ctx, file_id), options)
    judgement = judge_plan(ctx, plan, options)
    numbers = judgement.marks.numbers(lambda mark: mark.bucket in LEFT_OUT)
    rows = [LeftOut(row.parsed, row.bucket, row.problems) for row in _matched(ctx, plan, options, numbers)]
    return failed_rows(plan, options, rows)

"""Rows that do not go in.

`report` writes them as a workbook; it is imported where one is asked for: its library takes 12 MB of a process.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_contract.exchange import Bucket
from crm_server.exchange.excel.plan import ImportPlan
from crm_server.exchange.excel.values import ParsedRow, Problem

#: The rows of data that do not go in: errors, open questions, skipped ones.
LEFT_OUT = (Bucket.ERROR, Bucket.DOUBT, Bucket.SKIPPED)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that does not go in; `reason` is what stopped it when it was written."""

    parsed: ParsedRow
    bucket: Bucket
    problems: Sequence[Problem]
    reason: str = ""


def left_out(plan: ImportPlan) -> list[LeftOut]:
    """What the file alone leaves out; the database may refuse more."""
    rows = (plan[number] for number in plan.numbers(LEFT_OUT))
    return [LeftOut(parsed, parsed.bucket, parsed.problems) for parsed in rows]

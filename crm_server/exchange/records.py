"""What the rows of a file mean to the database: which record a row is, and what becomes of it."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from crm_contract.base import Ref
from crm_contract.exchange import Bucket, ImportMode, ImportOptions, ResolutionAction, Severity
from crm_server.exchange.excel.answers import Answers
from crm_server.exchange.excel.cells import Finding
from crm_server.exchange.excel.outline import Mark
from crm_server.exchange.excel.plan import ImportPlan
from crm_server.exchange.excel.values import ParsedRow, Placed, Problem
from crm_server.kit.portions import portions


class Fate(StrEnum):
    """What a load does with a row that goes in."""

    ADD = "add"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    UNMATCHED = "unmatched"     # the mode leaves it out


@dataclass(slots=True)
class Match:
    """The record of a row (None: a new one), the row's values, and what the database makes doubtful about it."""

    values: Any
    record: Ref | None = None
    problems: list[Problem] = field(default_factory=list)
    skipped: bool = False

    @property
    def is_open(self) -> bool:
        return any(problem.is_open for problem in self.problems)


@dataclass(slots=True)
class Judged:
    """A row with its fate; `fate` is None for a row that does not go in. A change is from `before` to `body`."""

    parsed: ParsedRow
    fate: Fate | None = None
    match: Match | None = None
    before: Any = None
    body: Any = None

    @property
    def bucket(self) -> Bucket:
        match = self.match
        if match is None:
            return self.parsed.bucket
        if match.skipped:
            return Bucket.SKIPPED
        open_ones = {problem.placed.finding.severity for problem in match.problems if problem.is_open}
        if open_ones:
            return Bucket.ERROR if Severity.ERROR in open_ones else Bucket.DOUBT
        return Bucket.READY

    def mark(self, found_in_file: Mark) -> Mark:
        """The row's mark with what the database added to it."""
        more = tuple([problem.code for problem in self.match.problems]) if self.match else ()
        return Mark(self.bucket, found_in_file.codes + more)

    @property
    def problems(self) -> list[Problem]:
        return [*self.parsed.problems, *(self.match.problems if self.match else ())]


class Records(Protocol):
    """Parties or products, as an import deals with them."""

    entity: str

    def match(self, rows: Sequence[ParsedRow]) -> Mapping[int, Match]:
        """Row number → match, in a few statements for all rows."""
        ...

    def read(self, ids: Collection[int], *, lock: bool) -> Mapping[int, Any]:
        """The present state of records as the bodies that would save them unchanged."""
        ...

    def body(self, values: Any) -> Any:
        """A new record."""
        ...

    def change(self, before: Any, values: Any) -> Any | None:
        """The record as it is to be saved; None when the row says nothing new."""
        ...


class Questions:
    """Puts the database's questions to rows; the answers are those of the options."""

    def __init__(self, options: ImportOptions) -> None:
        self._answers = Answers(options.resolutions)
        self._column = {name: column for column, name in sorted(options.mapping.items(), reverse=True) if name}

    def ask(self, row: ParsedRow, match: Match, name: str, finding: Finding) -> ResolutionAction | None:
        """Notes the question and returns the answer that is already given."""
        placed = Placed(name, self._column.get(name), finding)
        answer = self._answers.to(row.number, placed)
        action = answer.action if answer else None
        match.problems.append(Problem(placed, action))
        match.skipped = match.skipped or action is ResolutionAction.SKIP
        return action


#: Rows whose records are looked for at a time, and cards that are compared at a time.
MATCHED, COMPARED = 5000, 1000
_VANISHED = Finding(Severity.ERROR, "vanished", "Найденную запись только что удалили или закрыли для вас")


def judge(
    records: Records, rows: Sequence[ParsedRow], mode: ImportMode, *, writes: bool = False,
    state: dict[int, Any] | None = None,
) -> list[Judged]:
    """The fate of ready rows, in their order. A record that two rows mean takes the second after the first.

    With `writes` the records are locked. `state` are records as the rows before left them; it is filled further.
    """
    matches = records.match(rows)
    state = {} if state is None else state
    if mode is not ImportMode.ADD:
        ids = {match.record.id for match in matches.values() if match.record} - state.keys()
        if ids:
            state |= records.read(ids, lock=writes)
    return [_judge(records, row, matches[row.number], mode, state) for row in rows]


def foresee(records: Records, plan: ImportPlan, mode: ImportMode) -> Iterator[Judged]:
    """The fate of all ready rows, in no order; nothing is locked and cards are held only while they are compared.

    Whole rows are needed only where there is a card to compare them with.
    """
    known: dict[int, int] = {}      # row → record
    for numbers in portions(plan.numbers({Bucket.READY}), MATCHED):
        rows = {row.number: row for row in plan.identities(numbers)}
        for number, match in records.match(list(rows.values())).items():
            if match.record is not None and mode is not ImportMode.ADD and not (match.is_open or match.skipped):
                known[number] = match.record.id
            else:
                yield _judge(records, rows[number], match, mode, {})
    meant = Counter(known.values())
    state: dict[int, Any] = {}
    for numbers in portions(list(known), COMPARED):
        yield from judge(records, [plan[number] for number in numbers], mode, state=state)
        state = {record: card for record, card in state.items() if meant[record] > 1}


def _judge(records: Records, row: ParsedRow, match: Match, mode: ImportMode, state: dict[int, Any]) -> Judged:
    if match.is_open or match.skipped:
        return Judged(row, None, match)
    if match.record is None:
        return Judged(row, Fate.UNMATCHED if mode is ImportMode.UPDATE else Fate.ADD, match)
    if mode is ImportMode.ADD:
        return Judged(row, Fate.UNMATCHED, match)
    before = state.get(match.record.id)
    if before is None:
        match.problems.append(Problem(Placed("", None, _VANISHED)))
        return Judged(row, None, match)
    after = records.change(before, match.values)
    if after is None:
        return Judged(row, Fate.UNCHANGED, match)
    state[match.record.id] = after
    return Judged(row, Fate.UPDATE, match, before, after)

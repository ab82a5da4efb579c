"""What the rows of a file mean to the database: which record a row is, and what becomes of it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from crm_contract.base import Ref
from crm_contract.exchange import Bucket, ImportMode, ImportOptions, ResolutionAction, Severity
from crm_server.exchange.excel.answers import Answers
from crm_server.exchange.excel.cells import Finding
from crm_server.exchange.excel.values import ParsedRow, Placed, Problem


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


#: Cards that are compared at a time.
CHUNK = 1000
_VANISHED = Finding(Severity.ERROR, "vanished", "Найденную запись только что удалили или закрыли для вас")


def judge(records: Records, rows: Sequence[ParsedRow], mode: ImportMode, *, writes: bool = False) -> list[Judged]:
    """The fate of ready rows, in their order. A record that two rows mean takes the second after the first.

    With `writes` the records are locked and the bodies kept; without, cards are held only while they are compared.
    """
    matches = records.match(rows)
    meant = Counter(match.record.id for match in matches.values() if match.record)
    shared: dict[int, Any] = {}     # records that several rows mean, as the rows before left them
    judged: list[Judged] = []
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start:start + CHUNK]
        state = dict(shared)
        if mode is not ImportMode.ADD and (ids := _records(matches, chunk) - shared.keys()):
            state |= records.read(ids, lock=writes)
        judged += [_judge(records, row, matches[row.number], mode, state) for row in chunk]
        shared |= {record: state[record] for record in state if meant[record] > 1}
        if not writes:
            for row in judged[start:]:
                row.before = row.body = None
    return judged


def _records(matches: Mapping[int, Match], rows: Sequence[ParsedRow]) -> set[int]:
    found = (matches[row.number].record for row in rows)
    return {record.id for record in found if record}


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

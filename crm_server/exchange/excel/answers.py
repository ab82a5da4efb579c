"""People's answers to questions, found quickly by row and by kind of question."""

from collections.abc import Iterable

from crm_contract.exchange import Resolution, ResolutionAction, Severity
from crm_server.exchange.excel.values import Placed

_BY_DEFAULT = Resolution(action=ResolutionAction.ACCEPT)


class Answers:
    """The answers of one run. An answer to a row beats an answer to all questions of a kind."""

    def __init__(self, resolutions: Iterable[Resolution]) -> None:
        self._by_row: dict[int, list[Resolution]] = {}
        self._by_code: dict[str, Resolution] = {}
        for resolution in resolutions:
            if resolution.row is not None:
                self._by_row.setdefault(resolution.row, []).append(resolution)
            elif resolution.code:
                self._by_code[resolution.code] = resolution

    def skips(self, row: int) -> bool:
        """Whether a person left the row out, whatever its questions."""
        return any(answer.action is ResolutionAction.SKIP for answer in self._by_row.get(row, ()))

    def to(self, row: int, placed: Placed) -> Resolution | None:
        """The answer to one question: a person's, else the one that stands by default."""
        finding = placed.finding
        if finding.severity is Severity.NOTE:
            return None
        for answer in self._by_row.get(row, ()):
            if answer.field in ("", placed.field) and answer.code in ("", finding.code):
                return answer
        if finding.code in self._by_code:
            return self._by_code[finding.code]
        return _BY_DEFAULT if finding.by_default else None

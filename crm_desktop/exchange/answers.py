"""What the person answered to the questions of a file."""

from collections.abc import Iterable

from crm_contract.exchange import Resolution, ResolutionAction, RowProblem

_Key = tuple[int | None, str, str]


class Answers:
    """The newest answer to a question counts. An answer to one row beats the answer to all questions of a kind."""

    def __init__(self, given: Iterable[Resolution] = ()) -> None:
        self._given: dict[_Key, Resolution] = {}
        for answer in given:
            self.give(answer)

    def all(self) -> list[Resolution]:
        return list(self._given.values())

    def give(self, answer: Resolution) -> None:
        if answer.row is not None and answer.action is not ResolutionAction.SKIP:
            self.take_back_skip(answer.row)
        self._given[_key(answer)] = answer

    def to_problem(self, problem: RowProblem) -> Resolution | None:
        """The answer given to this very question, not to its kind."""
        return self._given.get((problem.row, problem.field, problem.code))

    def to_kind(self, code: str) -> Resolution | None:
        """The answer given to all questions of a kind at once."""
        return self._given.get((None, "", code))

    def skips(self, row: int) -> bool:
        """Whether the person left this very row out."""
        return (row, "", "") in self._given

    def skip(self, row: int) -> None:
        self.give(Resolution(row=row, action=ResolutionAction.SKIP))

    def take_back_skip(self, row: int) -> None:
        self._given.pop((row, "", ""), None)

    def take_back(self, problem: RowProblem) -> None:
        self._given.pop((problem.row, problem.field, problem.code), None)
        self.take_back_skip(problem.row)

    def take_back_kind(self, code: str) -> None:
        """The answer to the kind and those to its single questions."""
        self._given = {key: answer for key, answer in self._given.items() if answer.code != code}

    def clear(self) -> None:
        self._given = {}


def answer_to(problem: RowProblem, action: ResolutionAction, value: str | None = None) -> Resolution:
    return Resolution(row=problem.row, field=problem.field, code=problem.code, action=action, value=value)


def answer_to_kind(code: str, action: ResolutionAction) -> Resolution:
    return Resolution(code=code, action=action)


def _key(answer: Resolution) -> _Key:
    return answer.row, answer.field, answer.code

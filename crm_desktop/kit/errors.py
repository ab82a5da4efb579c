"""The one door for failures: it decides where a failure is shown and hands it over."""

import logging

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from crm_desktop.kit.problems import Problem, ProblemKind, problem_of

log = logging.getLogger(__name__)


class ErrorDoor(QObject):
    """Give `handle` to `Tasks` as its default handler.

    A failure goes to the nearest of the owner and its parents that has a method for it and returns True:
    `show_field_errors(problem)`, `show_conflict(problem)`, `show_problem(problem)`. What nobody takes, and what
    concerns the whole program, leaves by the signals; the shell shows it.
    """

    login_needed = Signal(object)
    offline = Signal(object)
    update_needed = Signal(object)
    crashed = Signal(object)
    unplaced = Signal(object)

    def handle(self, owner: QObject | None, error: BaseException) -> None:
        """Shows a failure of work that `owner` waited for. Called in the GUI thread."""
        problem = problem_of(error)
        if problem.kind is ProblemKind.CRASH:
            log.error("%s", problem.details, exc_info=error)
        self.show(owner, problem)

    def show(self, owner: QObject | None, problem: Problem) -> None:
        if problem.kind is ProblemKind.LOGIN:
            self.login_needed.emit(problem)
        elif problem.kind is ProblemKind.UPDATE:
            self.update_needed.emit(problem)
        elif problem.kind is ProblemKind.CRASH:
            self.crashed.emit(problem)
        else:
            if problem.kind is ProblemKind.OFFLINE:
                self.offline.emit(problem)
            if not self._place(owner, problem) and problem.kind is not ProblemKind.OFFLINE:
                self.unplaced.emit(problem)

    @staticmethod
    def _place(owner: QObject | None, problem: Problem) -> bool:
        methods = {
            ProblemKind.FIELDS: ("show_field_errors", "show_problem"),
            ProblemKind.CONFLICT: ("show_conflict", "show_problem"),
        }.get(problem.kind, ("show_problem",))
        for name in methods:
            place = owner
            while place is not None and isValid(place):
                method = getattr(place, name, None)
                if callable(method) and method(problem):
                    return True
                place = place.parent()
        return False

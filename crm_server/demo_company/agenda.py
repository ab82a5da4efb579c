"""What happens when: processes that wait some days between their steps, and how many customers a day brings."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from heapq import heappop, heappush
from itertools import count

#: A process is a generator that yields how many days it waits before its next step.
Process = Iterator[int]

#: How busy a month is, per cent of the usual: heat sells air conditioners, the first cold sells heating.
SEASON: Sequence[int] = (72, 80, 94, 108, 124, 132, 122, 104, 108, 116, 104, 92)
_HOLIDAYS = frozenset({(1, day) for day in range(1, 9)} | {(2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)})


class Agenda:
    """Wakes processes up on their days; what waits for a day after the last one is left as it stands."""

    def __init__(self) -> None:
        self._waiting: list[tuple[date, int, Process]] = []
        self._order = count()

    def add(self, process: Process, day: date) -> None:
        heappush(self._waiting, (working(day), next(self._order), process))

    def run(self, day: date) -> None:
        """Continues everything that is due."""
        while self._waiting and self._waiting[0][0] <= day:
            _, _, process = heappop(self._waiting)
            wait = next(process, None)
            if wait is not None:
                self.add(process, day + timedelta(days=max(wait, 0)))


def working(day: date) -> date:
    """The day itself or the next one on which the company works."""
    while is_off(day):
        day += timedelta(days=1)
    return day


def is_off(day: date) -> bool:
    return day.weekday() >= 5 or (day.month, day.day) in _HOLIDAYS


def demand(day: date, start: date, today: date, usual: int) -> int:
    """New deals of the day in hundredths: `usual`, the season, and a company that grows by half in the half-year."""
    growth = 80 + 45 * (day - start).days // max(1, (today - start).days)
    return usual * SEASON[day.month - 1] * growth // 10_000

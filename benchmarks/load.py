"""Closed-loop load: N clients repeat one operation for some seconds, over HTTP or with SQL of their own."""

import selectors
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import psycopg

from benchmarks.connection import TIMEOUT_S, Answer, Connection
from benchmarks.seat import NothingLeft, Seat, WrongAnswer

#: One operation over HTTP: yields requests, is sent their answers, raises WrongAnswer; `Operation` begins one.
Steps = Generator[bytes, Answer, None]
Operation = Callable[[Seat], Steps]
RawConnection = psycopg.Connection[tuple[Any, ...]]
#: The same operation as SQL. Raises what psycopg raises.
RawOperation = Callable[[Seat, RawConnection], None]


@dataclass
class Run:
    """What came of a load: the time of each operation that succeeded, and what was refused."""

    times_ms: list[float] = field(default_factory=list)
    errors: int = 0
    first_error: str = ""
    seconds: float = 0.0

    @property
    def operations(self) -> int:
        return len(self.times_ms)

    @property
    def rate(self) -> float:
        return self.operations / self.seconds if self.seconds else 0.0

    def percentile_ms(self, share: float) -> float:
        ordered = sorted(self.times_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0

    def fail(self, message: str) -> None:
        self.errors += 1
        self.first_error = self.first_error or message


class _Client:
    """One connection at work: where its operation stands and when it began."""

    def __init__(self, seat: Seat, connection: Connection, operation: Operation, run: Run) -> None:
        self._seat = seat
        self._connection = connection
        self._operation = operation
        self._run = run

    def begin(self) -> bool:
        """Starts the next operation; False when there is nothing left to work on."""
        self._began = time.perf_counter()
        self._steps = self._operation(self._seat)
        try:
            self._connection.send(next(self._steps))
        except NothingLeft:
            return False
        return True

    def advance(self) -> bool:
        """Reads what has come; True when the operation is over, well or not."""
        answer = self._connection.receive()
        if answer is None:
            return False
        if answer.status != 200:
            self._run.fail(f"{answer.status} {answer.body.decode()[:300]}")
            return True
        try:
            self._connection.send(self._steps.send(answer))
        except StopIteration:
            self._run.times_ms.append((time.perf_counter() - self._began) * 1000)
            return True
        except WrongAnswer as error:
            self._run.fail(f"wrong answer: {error}")
            return True
        return False


def run_http(url: str, operation: Operation, seats: Sequence[Seat], seconds: float) -> Run:
    """One thread and one selector drive all connections. Ends early when a client has nothing left to work on."""
    run = Run()
    with ExitStack() as stack:
        selector = stack.enter_context(selectors.DefaultSelector())
        began = time.perf_counter()
        until = began + seconds
        for seat in seats:
            connection = stack.enter_context(Connection(url))
            client = _Client(seat, connection, operation, run)
            if not client.begin():
                until = 0.0
                continue
            selector.register(connection, selectors.EVENT_READ, client)
        while selector.get_map():
            ready = selector.select(TIMEOUT_S)
            if not ready:
                raise TimeoutError(f"no answer in {TIMEOUT_S} s")
            for key, _ in ready:
                if not key.data.advance():
                    continue
                if time.perf_counter() < until and key.data.begin():
                    continue
                until = 0.0  # the time is over or the work is: the others finish what they have begun
                selector.unregister(key.fileobj)
        run.seconds = time.perf_counter() - began
    return run


def run_raw(connections: Sequence[RawConnection], operation: RawOperation, seats: Sequence[Seat],
            seconds: float) -> Run:
    """A thread for each connection, as the server has."""
    runs = [Run() for _ in seats]
    began = time.perf_counter()
    until = [began + seconds]

    def work(seat: Seat, connection: RawConnection, run: Run) -> None:
        while (started := time.perf_counter()) < until[0]:
            try:
                operation(seat, connection)
            except NothingLeft:
                until[0] = 0.0
                return
            except psycopg.Error as error:
                run.fail(f"{type(error).__name__} {error}")
                continue
            run.times_ms.append((time.perf_counter() - started) * 1000)

    with ThreadPoolExecutor(len(seats)) as threads:
        list(threads.map(work, seats, connections, runs))  # a bug in an operation is raised here
    return Run([ms for run in runs for ms in run.times_ms], sum(run.errors for run in runs),
               next((run.first_error for run in runs if run.first_error), ""), time.perf_counter() - began)

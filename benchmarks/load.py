"""Closed-loop load: N clients repeat one operation for some seconds."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Measured:
    """Operations per second, the 95th percentile in milliseconds, and what was refused."""

    operations: int = 0
    errors: int = 0
    seconds: float = 0.0
    times_ms: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.operations / self.seconds if self.seconds else 0.0

    @property
    def p95_ms(self) -> float:
        ordered = sorted(self.times_ms)
        return ordered[int(len(ordered) * 0.95)] if ordered else 0.0


def run(make_client: Callable[[int], Callable[[], bool]], clients: int, seconds: float) -> Measured:
    """`make_client(number)` answers an operation that tells whether it succeeded; each client has its own thread."""
    result = Measured()
    lock = threading.Lock()
    start = threading.Barrier(clients + 1)
    until = [0.0]

    def work(number: int) -> None:
        operation = make_client(number)
        operation()
        start.wait()
        times: list[float] = []
        errors = 0
        while time.perf_counter() < until[0]:
            began = time.perf_counter()
            if operation():
                times.append((time.perf_counter() - began) * 1000)
            else:
                errors += 1
        with lock:
            result.operations += len(times)
            result.errors += errors
            result.times_ms.extend(times)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    until[0] = time.perf_counter() + seconds + 3600
    start.wait()
    began = time.perf_counter()
    until[0] = began + seconds
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - began
    return result

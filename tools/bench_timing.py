"""What the benchmarks measure with, and the line they print."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 15


@dataclass(frozen=True)
class Took:
    """Medians in ms: by the clock on the wall, which a busy machine stretches, and of this process's own work."""

    wall: float
    cpu: float


def took(call: Callable[[], object], rounds: int = ROUNDS) -> Took:
    call()
    wall, cpu = [], []
    for _ in range(rounds):
        gc.collect()
        began, worked = time.perf_counter(), time.process_time()
        call()
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - worked) * 1000)
    return Took(statistics.median(wall), statistics.median(cpu))


def line(name: str, value: float, beside: float, unit: str, note: str = "") -> None:
    print(f"{name:<78} {value:>10.2f} {unit:<6} {value / beside:>8.2f}x {note}", flush=True)


def medians_in_turn(*calls: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Median milliseconds of each; they take turns, so that what else runs troubles them alike."""
    took: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, times in zip(calls, took, strict=True):
            gc.collect()
            began = time.perf_counter()
            call()
            times.append((time.perf_counter() - began) * 1000)
    return [statistics.median(times) for times in took]


def in_turn(*calls: Callable[[], None]) -> list[float]:
    """Seconds of processor time of each, the least of three: they take turns, so that what else runs troubles them alike."""
    least = [float("inf")] * len(calls)
    for _ in range(3):
        for at, call in enumerate(calls):
            gc.collect()
            began = time.process_time()
            call()
            least[at] = min(least[at], time.process_time() - began)
    return least

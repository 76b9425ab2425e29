"""From which size does a Dask cluster pay? What the detour costs, by number of lines, as a table.

python docs/scheduler.py [ADDRESS]

Without an address a cluster of two worker processes is started on this machine. The detour
is measured with tasks that carry what the fits carry, and do nothing: connecting, sending
them, and the answers. Times are the least of a few, since a busy machine only adds to them.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial

from distributed import LocalCluster
from joblib import Parallel, delayed

from bot.home import Home
from training import features, scheduler, trainer, utterances
from training.intent_sets import draw
from training.utterances import Utterance

SIZES = (10, 50, 200, 10_000)
"""Lines of each intent; the last is all there are."""
TIMES = 3
SEED = 1
SMALL_TASKS = 200


def main() -> None:
    """Print the table."""
    if sys.argv[1:]:
        table(sys.argv[1])
        return
    started = time.perf_counter()
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        with scheduler.connected(cluster.scheduler_address):
            trainer.cross_validate(lines(5))
        print(f"start of a cluster, to its first result: {time.perf_counter() - started:.1f} s")
        table(cluster.scheduler_address)


def table(address: str) -> None:
    """Print the cost of a small task, and a row for each size."""
    with scheduler.connected(address):
        taken = least(partial(send, [()] * SMALL_TASKS))
    print(f"a task that carries nothing: {taken / SMALL_TASKS * 1_000:.1f} ms\n")
    print("| lines | five folds here, s | detour, s | of the folds |\n|--:|--:|--:|--:|")
    for size in SIZES:
        rows = trainer.in_training_order(lines(size))
        here = least(partial(trainer.cross_validate, rows))
        raw = [row.text for row in rows]
        task = (raw, features.WordReader().transform(raw), [row.intent for row in rows])
        there = least(partial(detour, address, [task] * trainer.EVALUATION_FOLDS))
        print(f"| {len(rows):,} | {here:.1f} | {there:.2f} | {there / here:.0%} |", flush=True)


def least(work: Callable[[], object]) -> float:
    """Return the least time of a few runs."""
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def lines(size: int) -> list[Utterance]:
    """Return so many of the shipped lines of each intent."""
    return draw(utterances.read_folder(Home.shipped().utterances), size, SEED)


def send(tasks: list[tuple[object, ...]]) -> None:
    """Send tasks to wherever joblib sends them, and wait for the answers."""
    Parallel(n_jobs=-1)(delayed(nothing)(*task) for task in tasks)


def nothing(*carried: object) -> int:
    """Do nothing with what a task carries."""
    return len(carried)


def detour(address: str, tasks: list[tuple[object, ...]]) -> None:
    """Connect, send the tasks and wait for them."""
    with scheduler.connected(address):
        send(tasks)


if __name__ == "__main__":
    main()

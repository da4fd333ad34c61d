"""Do a job in a process of its own: pages start it, leave it, and come back to how far it is.

``python -m election.acts.jobs ID`` does the waiting job ``ID`` of ELECTION_HOME. A new kind of job is one line of
``WORKS``: a function that is given the store, the log and a way to say how far it is, and returns the result's bytes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from election.acts import cards
from election.faults import WrongInput
from election.store import jobs
from election.store.database import Store, open_store
from election.words.faults import said

#: so much is done, of so much in all
Progress = Callable[[int, int], None]
Work = Callable[[Store, str, Progress], bytes]

WORKS: dict[str, Work] = {"voter_cards": cards.make}
NICENESS = 10


def run(store: Store, job: str) -> None:
    """Do a job that waits; one that is under way, done or gone is left alone. What fails says so to who looks."""
    found = jobs.described(store, job)
    if found is None:
        return
    log, kind = found

    def progress(done: int, total: int) -> None:
        jobs.advance(store, job, done, total, _now())

    progress(0, 0)
    try:
        result = WORKS[kind](store, log, progress)
    except WrongInput as wrong:
        jobs.fail(store, job, f"{said(wrong)}\n{wrong}", _now())
    except Exception:
        jobs.fail(store, job, "", _now())
        raise
    else:
        jobs.finish(store, job, result, _now())


def launch(store: Store, job: str) -> threading.Thread:
    """Start a process that does the job and outlives the request, and the server too; the thread waits for its end."""
    started = subprocess.Popen(  # noqa: S603 our own program with an id of ours
        [sys.executable, "-m", "election.acts.jobs", job],
        env={**os.environ, "ELECTION_HOME": str(store.home.path.resolve())},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    # somebody must take the process's end, or it stays in the machine's table
    waiting = threading.Thread(target=started.wait, daemon=True)
    waiting.start()
    return waiting


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    os.nice(NICENESS)
    run(open_store(), sys.argv[1])

"""Stories told at once, each in a process of its own, leave nothing behind to whoever is forked later."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SERVER = """
import os, sys, time
from multiprocessing import util
from election.demo import fill
from election.store.database import open_store

def slow_end():  # what the parent waits for is closed well before the process has ended
    os.closerange(3, 256)
    time.sleep(0.5)

def story():
    util.Finalize(None, slow_end, exitpriority=1)
    return 1

assert fill._together(open_store(), story, story) == [1, 1]
if os.fork():
    os.wait()
else:
    sys.exit()
"""


def test_a_server_s_worker_ends_without_a_word_after_the_sample_was_told(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERVER],
        env={"ELECTION_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert done.stderr == ""

"""What takes long to make is made once for all the processes of a run; every test works on a copy."""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")


def once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], T]) -> T:
    """What ``make`` gives for an empty folder; whichever process asks first makes it, the others wait for it."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder, answer = base / f"once-{name}", base / f"once-{name}.answer"
    with (base / f"once-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not answer.exists():
            shutil.rmtree(folder, ignore_errors=True)  # another process failed half way
            folder.mkdir()
            answer.write_bytes(pickle.dumps(make(folder)))
        made: T = pickle.loads(answer.read_bytes())
    return made

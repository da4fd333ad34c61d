"""Folders in which the files of a pack lie while they are read: in memory where there is room, gone with their process."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

#: how the folders are named
SPOOL = "election-scan-"
#: the spools of this process, and what holds each of them locked
_locks: dict[Path, int] = {}


def place() -> Path:
    """Where the files of packs lie while they are read: in memory where the system has a place for it."""
    shared = Path("/dev/shm")  # noqa: S108  mkdtemp makes each folder ours alone
    return shared if shared.is_dir() and os.access(shared, os.W_OK) else Path(tempfile.gettempdir())


def spool() -> Path:
    """A folder of a random name for files that are being read, locked as long as this process lives."""
    sweep()
    while True:
        folder = Path(tempfile.mkdtemp(prefix=SPOOL, dir=place()))
        if (lock := _locked(folder)) is not None:  # another that sweeps has not been there first
            _locks[folder] = lock
            return folder


def remove(folder: Path) -> None:
    """A spool goes, with all that is in it."""
    shutil.rmtree(folder, ignore_errors=True)
    if (lock := _locks.pop(folder, None)) is not None:
        os.close(lock)


def sweep() -> None:
    """Remove the spools of processes that were killed: ours by name and owner, and locked by nobody."""
    for folder in place().glob(f"{SPOOL}*"):
        if (lock := _locked(folder)) is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def _locked(folder: Path) -> int | None:
    """A folder of our own, locked for this process; None where it is no such folder, is gone, or locked already.

    The system gives the lock of a process that dies back; a process that is started from this one does not inherit it.
    """
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        found = os.fstat(lock)
        if found.st_uid == os.getuid() and found.st_nlink:
            return lock
    except OSError:
        pass
    os.close(lock)
    return None

"""What is wrong with something that came from outside, and when the machine cannot."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

#: ``full`` no room on the disk, or it fails; ``read-only``; ``busy`` somebody else holds it; ``conflict`` two were in
#: each other's way and one was sent back; ``away`` it does not answer
Kind = Literal["full", "read-only", "busy", "conflict", "away"]


class WrongInput(Exception):
    """A file, an option or a value that cannot be used.

    ``str()`` is one line that names the file, the place in it (row, key, page) and the mend.
    The command line prints it on standard error and exits 2; a page shows it beside the form, in Chinese where ``zh``
    says the same.
    """

    def __init__(self, what: str, *, place: str = "", mend: str = "", zh: str = "") -> None:
        self.what, self.place, self.mend, self.zh = what, place, mend, zh
        line = ": ".join(part for part in (place, what) if part)
        super().__init__(" ".join(f"{line}{'; ' + mend if mend else ''}".split()))


@contextmanager
def within(path: str | Path) -> Iterator[None]:
    """What is found wrong inside a file is said with the file's name; what is wrong with an option has its own."""
    name = Path(path).name
    try:
        yield
    except WrongInput as wrong:
        if name in wrong.place or wrong.place.startswith("--"):
            raise
        place = ": ".join(part for part in (name, wrong.place) if part)
        raise WrongInput(wrong.what, place=place, mend=wrong.mend) from wrong


def contents(path: str | os.PathLike[str], largest: int) -> bytes:
    """The bytes of a file from outside, never more than ``largest``: a device has no end, whatever its size says.

    Raises WrongInput where it cannot be read or is larger.
    """
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(largest + 1)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    if len(data) > largest:
        raise WrongInput(
            f"is larger than {largest // 1_000_000} MB", place=Path(path).name, mend="give the file that is meant"
        )
    return data


def unreadable(path: str | os.PathLike[str], error: OSError | ValueError) -> WrongInput:
    """What to say of a file that did not open."""
    reason = error.strerror if isinstance(error, OSError) else "no file name"
    return WrongInput(f"cannot be read ({reason})", place=str(path), mend="check the path and its rights")


class Unavailable(Exception):
    """The database cannot do it now. Nothing of the transaction stands; with ``away`` that is not known until it answers."""

    def __init__(self, kind: Kind) -> None:
        self.kind: Kind = kind
        super().__init__(f"the database is {kind}")

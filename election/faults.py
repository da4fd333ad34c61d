"""What is wrong with something that came from outside, and when the machine cannot."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

#: ``full`` no room on the disk, or it fails; ``read-only``; ``busy`` somebody else holds it; ``conflict`` two were in
#: each other's way and one was sent back; ``away`` it does not answer; ``damaged`` its file is not what it wrote
Kind = Literal["full", "read-only", "busy", "conflict", "away", "damaged"]


class WrongInput(Exception):
    """A file, an option or a value that cannot be used.

    ``what``, ``place`` and ``mend`` are literal English templates and ``params`` what is put into them, so that
    ``words.faults`` finds the Chinese of each; a parameter may be another fault. A test holds every place that raises
    one against the catalogue. ``file`` is the name of the file that it was found in, where ``place`` does not say it.

    ``str()`` is one English line that names the file, the place in it (row, key, page) and the mend. The command line
    prints it, or its Chinese, on standard error and exits 2; a page shows it beside the form.
    """

    def __init__(self, what: str, *, place: str = "", mend: str = "", **params: object) -> None:
        super().__init__(what)
        self.what, self.place, self.mend, self.params, self.file = what, place, mend, params, ""

    def __str__(self) -> str:
        line = ": ".join(part for part in (self.where, self.what.format_map(self.params)) if part)
        mend = self.mend.format_map(self.params)
        return " ".join(f"{line}{'; ' + mend if mend else ''}".split())

    @property
    def where(self) -> str:
        """The file and the place in it, in English."""
        return ": ".join(part for part in (self.file, self.place.format_map(self.params)) if part)


@contextmanager
def within(path: str | Path) -> Iterator[None]:
    """What is found wrong inside a file is said with the file's name; what is wrong with an option has its own."""
    name = Path(path).name
    try:
        yield
    except WrongInput as wrong:
        if name not in wrong.where and not wrong.where.startswith("--"):
            wrong.file = ": ".join(filter(None, (name, wrong.file)))
        raise


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
            "is larger than {megabytes} MB",
            place="{file}",
            mend="give the file that is meant",
            megabytes=largest // 1_000_000,
            file=Path(path).name,
        )
    return data


def unreadable(path: str | os.PathLike[str], error: OSError | ValueError) -> WrongInput:
    """What to say of a file that did not open."""
    reason = error.strerror if isinstance(error, OSError) else "no file name"
    return WrongInput(
        "cannot be read ({reason})", place="{path}", mend="check the path and its rights", reason=reason, path=path
    )


class Unavailable(Exception):
    """The database cannot do it now. Nothing of the transaction stands; with ``away`` that is not known until it answers."""

    def __init__(self, kind: Kind) -> None:
        self.kind: Kind = kind
        super().__init__(f"the database is {kind}")

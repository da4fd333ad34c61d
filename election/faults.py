"""What is wrong with something that came from outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class WrongInput(Exception):
    """A file, an option or a value that cannot be used.

    ``str()`` is one line that names the file, the place in it (row, key, page) and the mend.
    The command line prints it on standard error and exits 2; a page shows it beside the form.
    """

    def __init__(self, what: str, *, place: str = "", mend: str = "") -> None:
        self.what, self.place, self.mend = what, place, mend
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


def contents(path: str | Path, largest: int) -> bytes:
    """The bytes of a file from outside, never more than ``largest``: a device has no end, whatever its size says.

    Raises WrongInput where it cannot be read or is larger.
    """
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(largest + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no file name"
        raise WrongInput(f"cannot be read ({reason})", place=str(path), mend="check the path and its rights") from None
    if len(data) > largest:
        raise WrongInput(
            f"is larger than {largest // 1_000_000} MB", place=Path(path).name, mend="give the file that is meant"
        )
    return data

"""What is wrong with something that came from outside."""

from __future__ import annotations


class WrongInput(Exception):
    """A file, an option or a value that cannot be used.

    ``str()`` is one line that names the file, the place in it (row, key, page) and the mend.
    The command line prints it on standard error and exits 2; a page shows it beside the form.
    """

    def __init__(self, what: str, *, place: str = "", mend: str = "") -> None:
        self.what, self.place, self.mend = what, place, mend
        line = ": ".join(part for part in (place, what) if part)
        super().__init__(" ".join(f"{line}{'; ' + mend if mend else ''}".split()))

"""What somebody typed, as it came: names of inputs and their texts. Nothing is interpreted, so nothing is lost.

An input of a row is named ``offices.0.seats``; ``offices.rows`` says how many rows there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from werkzeug.datastructures import MultiDict

from election.names.writing import clean_text, composed, visible
from election.roll.values import NotAValue, date_of
from election.web.words import _

#: most rows of one table, and most names of one list
MOST_ROWS = 500
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


class Typed(dict[str, list[str]]):
    """``{input name: [text]}``."""

    @classmethod
    def of(cls, form: MultiDict[str, str], fields: Iterable[str]) -> Typed:
        """The inputs that belong to ``fields`` (``offices`` takes ``offices.0.seats`` too), and no other."""
        tops = set(fields)
        return cls({name: values for name, values in form.lists() if name.split(".", 1)[0] in tops})

    def one(self, name: str, default: str = "") -> str:
        values = self.get(name)
        return values[0] if values else default

    def put(self, name: str, *values: str) -> None:
        self[name] = list(values)

    def rows(self, name: str, least: int = 0) -> int:
        """How many rows a table has."""
        said = self.one(f"{name}.rows")
        count = int(said) if said.isascii() and said.isdigit() and len(said) < 5 else least
        return min(max(count, least), MOST_ROWS)

    def add_row(self, name: str, values: Mapping[str, str | Sequence[str]] | None = None) -> None:
        """Another row; of what is ticked there are several values."""
        at = self.rows(name)
        if at < MOST_ROWS:
            self.put(f"{name}.rows", str(at + 1))
            for key, value in (values or {}).items():
                self.put(f"{name}.{at}.{key}", *([value] if isinstance(value, str) else value))

    def remove_row(self, name: str, at: int) -> None:
        """Take out one row; the rows below move up."""
        count = self.rows(name)
        if not 0 <= at < count:
            return
        kept = [self._row(name, i) for i in range(count) if i != at]
        for key in [k for k in self if k.startswith(f"{name}.") and k != f"{name}.rows"]:
            del self[key]
        for i, row in enumerate(kept):
            for key, values in row.items():
                self[f"{name}.{i}.{key}"] = values
        self.put(f"{name}.rows", str(count - 1))

    def _row(self, name: str, at: int) -> dict[str, list[str]]:
        start = f"{name}.{at}."
        return {key.removeprefix(start): values for key, values in self.items() if key.startswith(start)}


def line(text: str) -> str:
    """One line of text, without what cannot be seen."""
    return clean_text(text)


def lines(text: str) -> str:
    """Several lines of text; line ends as they are kept, without what cannot be seen."""
    return visible(_LINE_ENDS.sub("\n", text)).strip()


def told(form: Mapping[str, str], name: str, longest: int, errors: dict[str, str], *, long: bool = False) -> str:
    """One answer of a form, on one line unless it is ``long``; nothing is cut off it: too long is an error."""
    text = (lines if long else line)(form.get(name, ""))
    if len(text) > longest:
        errors[name] = _("最多写 {count} 个字", count=longest)
    return text


def number(text: str) -> int | str:
    """A whole number, typed in any width and with or without separators; the text itself where it is none."""
    plain = composed("NFKC", text).strip().replace(",", "").replace("，", "")
    return int(plain) if re.fullmatch(r"-?\d{1,12}", plain, re.ASCII) else text


def day(text: str) -> date | str:
    """A date as people write one; the text itself where it is none."""
    try:
        return date_of(text) or text
    except NotAValue:
        return text


def names(text: str) -> list[str]:
    """Names typed one a line or with marks between."""
    parts = (clean_text(part) for part in re.split(r"[\n\r、，,;；]+", text))
    return [part for part in parts if part]

"""What a visitor typed, made comparable, or the sentence that says what to mend. Nothing typed is ever logged."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from election.names.identity import normalise
from election.names.writing import clean_name, clean_text
from election.web.typed import lines
from election.web.words import _

LONGEST_NAME = 50
LONGEST_TEXT = 4000
SHORTEST_TEXT = 4
_SIX = re.compile(r"[0-9]{5}[0-9X]")
_BLANKS = re.compile(r"[\s\-－]+")
_WHOLE = re.compile(r"[0-9]{15}|[0-9]{17}[0-9X]")
_CODE = re.compile(r"[0-9a-f]{16,64}")


@dataclass
class Asked:
    """Cleaned values, and ``{field: sentence}`` of what is wrong with them."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def one_line(
        self, name: str, text: str, missing: str, *, longest: int = LONGEST_NAME, person: bool = False
    ) -> None:
        """A name, an address, a telephone number."""
        value = (clean_name if person else clean_text)(text)
        self.values[name] = value
        if not value:
            self.errors[name] = missing
        elif len(value) > longest:
            self.errors[name] = _("太长了，最多 {most} 个字", most=longest)

    def several_lines(self, name: str, text: str, missing: str) -> None:
        value = lines(text)
        self.values[name] = value
        if len(value) < SHORTEST_TEXT:
            self.errors[name] = missing
        elif len(value) > LONGEST_TEXT:
            self.errors[name] = _("太长了，最多 {most} 个字", most=LONGEST_TEXT)

    def last_six(self, name: str, text: str) -> None:
        """The last six characters of an identity number, in any width and case."""
        value = normalise(_BLANKS.sub("", clean_text(text)))
        self.values[name] = value
        if not value:
            self.errors[name] = _("请填写身份证号的后六位")
        elif _WHOLE.fullmatch(value):
            self.values[name] = ""
            self.errors[name] = _("只填最后六位，不要填写整个号码")
        elif not _SIX.fullmatch(value):
            self.errors[name] = _("应是六位数字，最后一位可以是 X")


def hexadecimal(text: str) -> str:
    """A printed code without the blanks between its groups; empty where it is none."""
    value = normalise(_BLANKS.sub("", clean_text(text))).lower()
    return value if _CODE.fullmatch(value) else ""


def follow_code(text: str) -> str:
    """The code of an objection as it was given out: capitals and digits, without what stands between its groups."""
    return normalise(_BLANKS.sub("", clean_text(text)))


def whole_number(text: str) -> int:
    """A number of an objection; 0 where it is none."""
    value = normalise(_BLANKS.sub("", clean_text(text)))
    return int(value) if re.fullmatch(r"[0-9]{1,6}", value) else 0

"""Resident identity numbers 公民身份号码 (GB 11643-1999) and age in whole years 周岁.

Eighteen characters: six of the place of first issue, eight of the birth date, three of sequence (odd male,
even female), one check character by ISO 7064 MOD 11-2. The place is never judged: its code may be long
abolished, and it says where the number was issued, not where the person lives.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from operator import mul
from typing import Literal

Sex = Literal["male", "female"]

#: why a number cannot be one
NumberFault = Literal["length", "characters", "check", "date"]

LENGTH = 18
_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
#: 2^17 … 2^1 modulo 11
_WEIGHTS = tuple(pow(2, power, 11) for power in range(17, 0, -1))
_CHECK_CHARACTERS = "10X98765432"
#: full-width ASCII (U+FF01…U+FF5E) to plain, so that digits typed in a Chinese input method count
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


class NotAnIdentityNumber(ValueError):
    """Raised where a number must be good; ``fault`` says what is wrong. The message never holds the number."""

    def __init__(self, fault: NumberFault) -> None:
        self.fault: NumberFault = fault
        super().__init__(f"not an identity number: {fault}")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a good number says."""

    number: str
    birth: date
    sex: Sex


def normalise(text: str) -> str:
    """The number as it is compared and stored: no blanks around it, plain digits, capital X."""
    if text.isascii():
        return text.strip().upper()
    return text.strip("\u200b\u2060\ufeff \t\r\n\u3000\xa0").translate(FULL_WIDTH).strip().upper()


def check_character(first_seventeen: str) -> str:
    """The eighteenth character: with it the weighted sum of all is 1 modulo 11."""
    return _CHECK_CHARACTERS[sum(map(mul, map(int, first_seventeen), _WEIGHTS)) % 11]


def fault(number: str) -> NumberFault | None:
    """What is wrong with a normalised number, or None. The area code is never judged."""
    if len(number) != LENGTH:
        return "length"
    if not _SHAPE.fullmatch(number):
        return "characters"
    if _date(number) is None:
        return "date"
    if check_character(number[:17]) != number[17]:
        return "check"
    return None


def read(text: str) -> Identity:
    """Normalise and take apart. Raises NotAnIdentityNumber."""
    number = normalise(text)
    wrong = fault(number)
    if wrong is not None:
        raise NotAnIdentityNumber(wrong)
    return Identity(number, birth_date(number), sex(number))


def birth_date(number: str) -> date:
    """The birth date in a number without fault."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def sex(number: str) -> Sex:
    """The sex in a number without fault: odd sequence male, even female."""
    return "male" if int(number[16]) % 2 else "female"


def last_six(number: str) -> str:
    """What a voter types beside the name to find the own entry."""
    return number[-6:]


def mask(number: str) -> str:
    """The number for a screen: province and the last two only, so that neither birthday nor last six can be read."""
    return number[:2] + "*" * (len(number) - 4) + number[-2:] if len(number) > 4 else "*" * len(number)


def anniversary(birth: date, years: int) -> date:
    """The day on which someone is ``years`` old.

    Born on 29 February: in a year without one the last day of the month stands for it (Civil Code art. 202: where
    there is no corresponding day, the period ends on the last day of the month).
    """
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:
        return date(birth.year + years, 2, 28)


def age_on(birth: date, day: date) -> int:
    """Whole years on ``day``; the birthday itself counts. Negative before birth."""
    years = day.year - birth.year
    return years - 1 if day < anniversary(birth, years) else years


def _date(number: str) -> date | None:
    try:
        return birth_date(number)
    except ValueError:
        return None

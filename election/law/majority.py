"""Fractions of a number of people, compared in whole numbers.

A float never meets a vote: ``> 1/2`` of 55 is judged as ``2 * n > 55``, so exactly half is never more than half
(《民法典》1259 条: 以上、以下 include the number; 超过、过半数 exclude it).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from election.faults import WrongInput

_TEXT = re.compile(r"\s*(>=|>|≥)\s*([1-9][0-9]{0,5})\s*/\s*([1-9][0-9]{0,5})\s*")
_SHARE = re.compile(r"\s*([0-9]{1,6})\s*/\s*([1-9][0-9]{0,5})\s*")


@dataclass(frozen=True, slots=True)
class Threshold:
    """More than (``strict``) or at least ``num/den`` of a base."""

    strict: bool
    num: int
    den: int

    def met(self, n: int, of: int) -> bool:
        """Whether ``n`` is enough of ``of``."""
        left, right = self.den * n, self.num * of
        return left > right if self.strict else left >= right

    def needed(self, of: int) -> int:
        """The smallest whole number that is enough of ``of``: for a strict one ⌊num·of/den⌋ + 1, else ⌈num·of/den⌉."""
        return self.num * of // self.den + 1 if self.strict else -(-self.num * of // self.den)

    def comparison(self, n: int, of: int) -> str:
        """The comparison as printed, ``2*55 > 58``; a factor of one is not written."""

        def times(factor: int, number: int) -> str:
            return str(number) if factor == 1 else f"{factor}*{number}"

        return f"{times(self.den, n)} {'>' if self.strict else '>='} {times(self.num, of)}"

    def __str__(self) -> str:
        return f"{'>' if self.strict else '>='} {self.num}/{self.den}"


def threshold(text: str) -> Threshold:
    """``"> 4/5"`` or ``">= 4/5"`` as a Threshold. Raises WrongInput for anything else, and for more than the whole."""
    found = _TEXT.fullmatch(text)
    if found is None:
        raise WrongInput('{text!r} is not a threshold; write it like "> 1/2" or ">= 4/5"', text=text)
    num, den = int(found[2]), int(found[3])
    if num > den or (found[1] == ">" and num == den):
        raise WrongInput("{text!r} asks for more than everyone", text=text)
    return Threshold(found[1] == ">", num, den)


def share(text: str) -> tuple[int, int]:
    """``"1/5"`` as ``(1, 5)``. Raises WrongInput for anything else, and for more than the whole."""
    found = _SHARE.fullmatch(text)
    if found is None or int(found[1]) > int(found[2]):
        raise WrongInput('{text!r} is not a share; write it like "1/5"', text=text)
    return int(found[1]), int(found[2])

"""Cards to be cut apart, ten to a sheet: 选民证 with the square that the desk scans. Pure: plain data in, a PDF out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ballots import fonts
from ballots.printing import rendered

from ..faults import WrongInput
from . import rendering, typesetting


@dataclass(frozen=True, kw_only=True)
class Card:
    """``code`` is printed as a square only; ``day`` as printed, blank where it is not fixed."""

    title: str
    election: str
    name: str
    group: str
    day: str
    issuer: str
    code: str


def sheets(cards: Sequence[Card]) -> bytes:
    """The PDF. Raises WrongInput naming the characters that no font has."""
    texts = "".join(f"{c.title}{c.election}{c.name}{c.group}{c.day}{c.issuer}" for c in cards)
    if lacking := fonts.missing_characters(typesetting.without_controls(texts)):
        raise WrongInput(
            "the fonts lack {lacking}", place="cards", mend="install Noto CJK (fonts-noto-cjk)", lacking=lacking
        )
    return rendered(rendering.template("_cards.html").render(cards=cards, faces=fonts.css(), family=fonts.FAMILY))

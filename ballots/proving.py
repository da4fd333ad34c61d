"""Read a ballot before it is printed: the reader must find every page blank, every outline whole and in its place.

What a printer cannot draw, or the reader could not read, is found before the first sheet of paper and not at the count.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ballots.pictures import Grey, Unusable
from ballots.template import template
from election.faults import WrongInput

#: as coarse as scans may be: what is read here is read from every better one
PROOF_DPI = 150
#: share of a printed outline that must be seen on a page that no scanner has touched, and how far it may lie off (mm)
WHOLE, OFF_MM = 0.95, 0.3


def prove(pdf: bytes, layout: Mapping[str, Any]) -> None:
    """Read the first copy in ``pdf`` with its own ``layout``. Raises WrongInput naming the page and what is not right.

    A proof copy must be one that the reader refuses.
    """
    from ballots.looking import look

    known = template(layout)
    for number in range(1, known.pages + 1):
        page = rasterised(pdf, number, PROOF_DPI)
        try:
            seen = look(known, page)
        except Unusable as unusable:
            if known.proof and unusable.why == "proof-copy":
                continue
            _refuse(number, unusable.why)
        if known.proof:
            _refuse(number, WrongInput("a proof copy that the reader takes"))
        if seen.placed.page != number:
            _refuse(number, WrongInput("read as page {other}", other=seen.placed.page))
        for box in seen.boxes:
            here, one = f"{box.mark.contest} {box.mark.candidate or box.mark.row} {box.mark.choice}", box.seen
            if box.why or one.state != "absent":
                _refuse(number, WrongInput("{box} is not blank", box=here))
            if one.beside:
                _refuse(number, WrongInput("something is printed too near {box}", box=here))
            if one.outline < WHOLE or one.shift_mm > OFF_MM:
                _refuse(number, WrongInput("the outline of {box} is not whole", box=here))
        for (contest, row), share in seen.fields.items():
            if share:
                _refuse(number, WrongInput("the write-in field {contest} {row} is not blank", contest=contest, row=row))
        for contest, candidate in seen.strays:
            _refuse(
                number,
                WrongInput(
                    "something is printed in the row of {contest} {candidate}", contest=contest, candidate=candidate
                ),
            )


def rasterised(pdf: bytes, number: int, dpi: float) -> Grey:
    """Page ``number`` of a PDF as grey pixels."""
    import numpy as np
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        drawn = document[number - 1].render(scale=dpi / 72, grayscale=True).to_numpy()
        return np.asarray(drawn, np.uint8).squeeze().copy()


def _refuse(page: int, reason: WrongInput | str) -> None:
    raise WrongInput(
        "the reader does not take this ballot ({reason})",
        place="page {page} of the ballot",
        mend="do not print it: what this machine draws is not what was laid out; take other paper or another form, and report it",
        reason=reason,
        page=page,
    )

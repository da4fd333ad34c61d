"""Numbered stubs: the ballot under each is the one drawing, and reads like any other once the strip is torn off."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest

from ballots import workers
from ballots.geometry import PAPERS, Paper
from ballots.looking import look
from ballots.proving import rasterised
from ballots.stubs import STRIP_MM, sheet, with_stubs
from election.faults import WrongInput

from . import samples

DOCS = Path(__file__).parents[2] / "docs" / "ballots.md"


def test_strips_are_numbered_and_every_ballot_is_the_one_drawing() -> None:
    pdf, _ = samples.printed()
    made = with_stubs(pdf, 1, 12, samples.TITLE)
    with pikepdf.open(io.BytesIO(made)) as stubs:
        assert len(stubs.pages) == 12
        assert len({page.obj.Resources.XObject.Ballot.objgen for page in stubs.pages}) == 1
    with pypdfium2.PdfDocument(made) as document:
        text = ["".join(page.get_textpage().get_text_bounded().split()) for page in document]
    assert "编号" in text[0]
    assert "000001" in text[0]
    assert "000012" in text[11]
    assert with_stubs(pdf, 1, 12, samples.TITLE) == made


def test_what_is_left_of_the_paper_is_the_ballot() -> None:
    pdf, layout = samples.printed()
    page = rasterised(with_stubs(pdf, 1, 2, samples.TITLE), 2, 200)
    torn = np.ascontiguousarray(page[round(STRIP_MM * 200 / 25.4) :])
    assert abs(torn.shape[0] - layout["page"]["height_mm"] * 200 / 25.4) < 3
    difference = np.abs(torn[:2300].astype(int) - rasterised(pdf, 1, 200)[:2300].astype(int))
    assert np.mean(difference > 128) < 0.005
    assert workers.answer(samples.checked(), "scan.png", 1, look(samples.checked(), torn))["status"] == "read"


def test_back_pages_have_an_empty_strip() -> None:
    pdf, layout = samples.printed(paper="A5")
    assert layout["pages"] == 2
    with pikepdf.open(io.BytesIO(with_stubs(pdf, 2, 3, samples.TITLE))) as stubs:
        assert ["/Strip" in page.obj.Resources.XObject for page in stubs.pages] == [True, False] * 3


def test_a_number_of_copies_out_of_range_is_refused() -> None:
    with pytest.raises(WrongInput):
        with_stubs(samples.printed()[0], 1, 0, samples.TITLE)


def test_a_title_that_no_font_can_print_is_refused() -> None:
    with pytest.raises(WrongInput, match="title: the fonts lack \U000323af"):
        with_stubs(samples.printed()[0], 1, 1, "选票\U000323af")


@pytest.mark.parametrize("paper", PAPERS)
def test_a_sheet_is_cut_from_paper_that_is_sold_and_large_enough(paper: Paper) -> None:
    sold = PAPERS | {"SRA3": (320.0, 450.0)}
    made = sheet(paper)
    width, height = sold[made.stock]
    assert made.width <= width
    assert made.height <= height
    assert f"{made.width} × {made.height} mm | {made.stock}" in DOCS.read_text(encoding="utf-8")


def test_a_sheet_is_as_large_as_the_page() -> None:
    with pikepdf.open(io.BytesIO(with_stubs(samples.printed()[0], 1, 1, samples.TITLE))) as made:
        _, _, width, height = (round(float(edge) * 25.4 / 72) for edge in made.pages[0].mediabox)
    assert (width, height) == (sheet("A4").width, sheet("A4").height) == (210, 323)

"""The reader reads a ballot before it is printed; what it would not take is not printed."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pikepdf
import pytest

from ballots import looking, registration
from ballots.design import design
from ballots.geometry import Example, Form, Layout, Line, Mark, Rectangle
from ballots.pictures import Grey
from ballots.printing import draw, replicate
from ballots.proving import prove
from ballots.registration import Registered
from ballots.template import Template
from election.faults import WrongInput

from . import samples


def proved(drawn: Layout, described: Layout) -> None:
    prove(replicate(draw(drawn), 1), described.to_json())


def test_a_sound_ballot_and_its_proof_copy_pass() -> None:
    for proof in (False, True):
        layout = design(samples.WHOLE, samples.TITLE, proof=proof)
        proved(layout, layout)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda one: replace(one, marks=one.marks[1:]), "member|chair"),
        (lambda one: replace(one, marks=(_moved(one.marks[0]), *one.marks[1:])), "outline of chair"),
        (lambda one: replace(one, fiducials=()), "no-markers"),
        (lambda one: replace(one, examples=(*one.examples, _in(one.marks[3].box))), "not blank"),
        (lambda one: replace(one, examples=(*one.examples, _in(one.write_ins[0].box))), "write-in field"),
        (
            lambda one: replace(one, lines=(*one.lines, _under(one.marks[3].box))),
            "printed too near (member|chair|deputy) .*another form",
        ),
    ],
    ids=["outline-missing", "outline-moved", "markers-missing", "box-inked", "field-inked", "line-near"],
)
def test_a_page_that_is_not_what_its_layout_says_is_refused(change: Any, said: str) -> None:
    layout = design(samples.WHOLE, samples.TITLE)
    with pytest.raises(WrongInput, match=said) as refused:
        proved(change(layout), layout)
    assert re.search("page 1 of the ballot", str(refused.value))


@pytest.mark.parametrize(("form", "count", "rows"), [("columns", 40, 9), ("columns", 36, 9), ("sign", 48, 12)])
def test_the_tightest_large_ballots_pass(form: Form, count: int, rows: int) -> None:
    """A rule between two rows of circles was taken for ink beside them, and the fonts were blamed."""
    names = [
        f"{chr(0x4E01 + n)}依明江买买提吐尔逊一力" if form == "columns" else f"王{chr(0x4E00 + n)}"
        for n in range(count)
    ]
    made = [samples.contest("k", "委员", 5, names, rows)]
    layout = design(made, samples.TITLE, form=form, paper="A3", large=True)
    proved(layout, layout)


def test_a_proof_copy_that_the_reader_would_take_is_refused() -> None:
    proof = design(samples.WHOLE, samples.TITLE, proof=True)
    with pytest.raises(WrongInput, match="other-design"):
        proved(design(samples.WHOLE, samples.TITLE), proof)


def test_the_reader_is_not_believed_to_refuse_a_proof_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(grey: Grey, template: Template) -> Registered:
        return registration.register(grey, replace(template, proof=False))

    monkeypatch.setattr(looking, "register", careless)
    proof = design(samples.WHOLE, samples.TITLE, proof=True)
    with pytest.raises(WrongInput, match="a proof copy that the reader takes"):
        proved(proof, proof)


def test_a_page_in_the_place_of_another_is_refused() -> None:
    pdf, layout = samples.printed((samples.CHAIR, samples.MEMBER), "sign", "A5")
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.pages.reverse()
        turned = io.BytesIO()
        document.save(turned)
    with pytest.raises(WrongInput, match=r"page 1 of the ballot: .*read as page 2"):
        prove(turned.getvalue(), layout)


def _moved(mark: Mark) -> Mark:
    return replace(mark, box=replace(mark.box, x=mark.box.x + 0.8))


def _under(box: Rectangle) -> Line:
    return Line(1, box.x, box.bottom + 0.8, box.right, box.bottom + 0.8, 0.4)


def _in(box: Rectangle) -> Example:
    return Example(1, Rectangle(box.x + 1, box.y + 1, 5.0, 5.0), "cross")

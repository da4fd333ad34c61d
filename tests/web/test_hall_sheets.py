"""A tally sheet as it is typed: digits of any width, nothing lost, nothing taken for what it is not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from election.web.hall.differences import figures_of, flat
from election.web.hall.sheets import LARGEST, MARKS, MOST_WRITE_INS, Line, Sheet, digits, number_of

LINES = (Line("a", "王建国"), Line("b.c", "李秀英", "女"))


@pytest.fixture(autouse=True)
def speaking() -> Iterator[None]:
    """Sentences are asked of a page."""
    with Flask(__name__).test_request_context():
        yield


@given(st.integers(min_value=0, max_value=10**12), st.booleans())
def test_every_number_is_read_in_both_widths(number: int, wide: bool) -> None:
    text = str(number)
    if wide:
        text = "".join(chr(ord(c) + 0xFEE0) for c in text)
    assert digits(f" {text} ") == number


@given(st.text(max_size=12))
def test_what_is_read_was_written_in_digits(text: str) -> None:
    found = digits(text)
    if found is not None:
        assert set(text.strip()) <= set("0123456789０１２３４５６７８９")


@pytest.mark.parametrize("text", ["", " ", "-1", "+1", "1.0", "²", "①", "٣", "१", "1e3", "0x1", "9" * 31, "1 2"])
def test_nothing_else_is_a_number(text: str) -> None:
    assert digits(text) is None
    assert number_of(text)[1]


def test_a_number_that_cannot_be_ballots_is_said() -> None:
    assert number_of(str(LARGEST)) == (LARGEST, "")
    assert number_of(str(LARGEST + 1)) == (None, "数太大，请核对")


@given(
    st.dictionaries(
        st.sampled_from(["valid", "r.0.for", "r.1.abstain", "w.0.name", "w.7.for", "w.rows", "x", "r.9.for", "stamp"]),
        st.text(max_size=80),
    )
)
def test_any_form_is_a_sheet(form: dict[str, str]) -> None:
    with Flask(__name__).test_request_context():
        sheet = Sheet.of(LINES, form, write_ins=True)
        sheet.read()
        assert 0 <= sheet.write_in_rows <= MOST_WRITE_INS
        assert "x" not in sheet.typed
        for at in range(len(LINES)):
            sheet.left(at)
        sheet.add_write_in()
        sheet.remove_write_in(0)
        assert sheet.write_in_rows >= 1


numbers = st.integers(min_value=0, max_value=LARGEST)
rows = st.tuples(numbers, numbers, numbers)


@given(
    rows, rows, numbers, st.dictionaries(st.sampled_from(["赵六", "钱七", "孙八"]), st.integers(1, LARGEST), max_size=3)
)
def test_figures_come_back_from_their_cells(
    first: tuple[int, int, int], second: tuple[int, int, int], valid: int, written: dict[str, int]
) -> None:
    form = {"returned": "5", "valid": str(valid), "invalid": "0", "w.rows": "3"}
    for at, votes in enumerate((first, second)):
        form |= {f"r.{at}.{mark}": str(n) for mark, n in zip(MARKS, votes, strict=True)}
    for at, (name, n) in enumerate(written.items()):
        form |= {f"w.{at}.name": name, f"w.{at}.for": str(n)}
    with Flask(__name__).test_request_context():
        figures = Sheet.of(LINES, form, write_ins=True).read()
    assert figures is not None
    assert figures_of(flat(figures.model_dump()), LINES) == figures


def test_sums_stand_beside_a_line() -> None:
    sheet = Sheet.of(LINES, {"valid": "10", "r.0.for": "7", "r.0.against": "x", "r.1.for": "12"}, write_ins=False)
    assert (sheet.row_sum(0), sheet.left(0)) == (7, 3)
    assert (sheet.row_sum(1), sheet.left(1)) == (12, -2)
    assert sheet.left(1, 12) == 0
    assert Sheet.of(LINES, {}, write_ins=False).left(0) is None


def test_a_place_of_the_count_is_an_input_of_the_page() -> None:
    sheet = Sheet.of(LINES, {"w.rows": "3", "w.2.name": "赵六", "w.2.for": "1"}, write_ins=True)
    sheet.read()
    assert sheet.input_of("votes.a.for") == "r.0.for"
    assert sheet.input_of("votes.b.c.abstain") == "r.1.abstain"
    assert sheet.input_of("votes.nobody.for") == ""
    assert sheet.input_of("write_ins[0].name") == "w.2.name"
    assert sheet.input_of("write_ins") == "w.2.name"
    assert sheet.input_of("valid") == "valid"
    assert sheet.input_of("votes") == ""


def test_a_ballot_without_room_for_other_names_takes_none() -> None:
    sheet = Sheet.of(LINES, {"w.rows": "2", "w.0.name": "赵六", "w.0.for": "1"}, write_ins=False)
    assert sheet.write_in_rows == 0
    assert not any(name.startswith("w.0") for name in sheet.typed)

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballots.typeset import ROUNDING, balanced, broken, name, width

TEXT = st.text(alphabet="选举社区，。（）“”abc 123·", min_size=1, max_size=60)


@given(TEXT, st.integers(2, 30))
def test_no_line_is_wider_than_its_space_and_nothing_is_lost(text: str, ems: int) -> None:
    for lines in (broken(text, ems), balanced(text, ems)):
        assert all(width(line) <= ems + 1e-5 for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_punctuation_does_not_begin_a_line_nor_a_bracket_end_one() -> None:
    assert broken("在圆圈内画钩。另选", 6) == ("在圆圈内画", "钩。另选")
    assert broken("姓名后（符号）", 4) == ("姓名后", "（符号）")


def test_words_and_numbers_stay_whole() -> None:
    assert broken("王建国 Wang 1990", 6)[0] == "王建国 "


def test_balanced_lines_are_about_equally_long() -> None:
    assert balanced("某某社区换届选举工作委员会", 12) == ("某某社区换届选", "举工作委员会")
    size = 154 / width("某某社区居民委员会换届选举选票")
    assert len(balanced("某某社区居民委员会换届选举选票", 154 / size)) == 1


def test_a_combining_mark_takes_no_room() -> None:
    assert width("Nurgu\u0308l") == width("Nurgul")
    assert balanced("e\u0301" * 4, width("e" * 4)) == ("e\u0301" * 4,)


@pytest.mark.parametrize(
    "lines",
    [
        ("某某社区居民委员会", "选举领导小组"),
        ("某某街道某某社区", "换届选举工作领导小组"),
        ("某某社区党组织", "换届选举工作委员会"),
        ("某某市某某区", "某家村村民委员会"),
        ("2010年12月26日",),
    ],
)
def test_an_offices_name_is_broken_between_its_words(lines: tuple[str, ...]) -> None:
    assert name("".join(lines), 10) == lines


@given(st.text(alphabet="某社区居民委员会换届选举工作领导小组村a（）", min_size=1, max_size=60), st.integers(1, 20))
def test_a_name_broken_between_words_loses_nothing_and_takes_no_more_room(text: str, ems: int) -> None:
    lines, plain = name(text, ems), balanced(text, ems)
    assert "".join(lines) == "".join(plain)
    assert len(lines) <= len(plain)
    assert all(width(line) <= ems + ROUNDING for line in lines) or lines == plain

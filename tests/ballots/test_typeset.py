from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ballots.typeset import balanced, broken, width

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

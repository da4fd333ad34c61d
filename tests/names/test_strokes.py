import random
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from election.names import strokes
from election.names.build_strokes import by_hand

IN_ORDER = (
    "丁 王 毛 邓 卢 叶 冯 司马 𠮷 㐂 刘 关 江 许 孙 李 杨 吴 何 余 张 陈 林 欧阳 周 郑 赵 胡 徐 高 郭 黄 谢 魏".split()  # noqa: SIM905
)
#: how many characters stand in the three tiers of the standard table
TIERS = (3500, 3000, 1605)


def whole_table() -> dict[str, str]:
    lines = files("election.names").joinpath("strokes.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines)


def standard_table() -> list[str]:
    return list(whole_table())[:8105]


def test_surnames_of_the_reference_stand_in_their_order() -> None:
    shuffled = random.Random(2010).sample(IN_ORDER, len(IN_ORDER))
    assert strokes.in_order(shuffled) == IN_ORDER


#: whose place in the table contradicts their own strokes, as the characters are printed
OUT_OF_PLACE = {"𨱇", "𦝼", "鄜"}


def test_the_standard_table_is_in_order_inside_each_tier() -> None:
    """The table is the independent truth: whoever made it sorted by GF 3003; no pair of neighbours is out of order."""
    table, start = standard_table(), 0
    for size in TIERS:
        tier = [character for character in table[start : start + size] if character not in OUT_OF_PLACE]
        keys = [(len(strokes.strokes_of(c) or ""), strokes.strokes_of(c)) for c in tier]
        assert [pair for pair, (a, b) in zip(pairwise(tier), pairwise(keys), strict=True) if a > b] == []
        start += size


def test_every_character_of_the_standard_table_is_known() -> None:
    table = standard_table()
    assert len(set(table)) == 8105 == sum(TIERS)
    assert [character for character in table if not strokes.strokes_of(character)] == []


def test_the_strokes_read_by_hand_are_those_of_the_table() -> None:
    spelled = by_hand(whole_table())
    assert len(spelled) > 1300
    assert {character: strokes.strokes_of(character) for character in spelled} == spelled


@pytest.mark.parametrize(("single_given", "expected"), [("first", ["田富", "田大利"]), ("plain", ["田大利", "田富"])])
def test_a_single_given_name(single_given: strokes.SingleGiven, expected: list[str]) -> None:
    assert strokes.in_order(["田大利", "田富"], single_given) == expected
    assert strokes.in_order(["田富", "田大利"], single_given) == expected


def test_after_a_compound_surname_too() -> None:
    names = ["欧阳大利", "欧阳富", "欧大利", "欧富"]
    assert strokes.in_order(names, "first") == ["欧富", "欧大利", "欧阳富", "欧阳大利"]
    assert strokes.in_order(names, "plain") == ["欧大利", "欧阳大利", "欧阳富", "欧富"]


def test_a_bare_surname_comes_before_its_longer_names() -> None:
    assert strokes.in_order(["司马光", "司马", "司徒"]) == ["司马", "司马光", "司徒"]


def test_the_middle_dot_is_not_compared() -> None:
    assert strokes.sort_key("阿依·古丽") == strokes.sort_key("阿依古丽")
    assert strokes.unknown_characters("阿依·古丽") == ()


def test_an_unknown_character_is_never_guessed() -> None:
    with pytest.raises(strokes.UnknownStrokes) as refusal:
        strokes.sort_key("王𰻝")
    assert refusal.value.character == "𰻝"
    assert strokes.unknown_characters("𰻝王𰻝A") == ("𰻝", "A")
    assert strokes.unknown_characters("王英") == ()


def test_strokes_given_by_a_clerk() -> None:
    extra = {"𰻝": "445" * 14}
    assert strokes.unknown_characters("王𰻝", extra) == ()
    assert strokes.in_order(["王𰻝", "王富"], extra=extra) == ["王富", "王𰻝"]


@pytest.mark.parametrize("given_strokes", ["", "16", "横竖", "1 2", "٣", "1" * 65])
def test_strokes_that_are_none_are_refused(given_strokes: str) -> None:
    with pytest.raises(ValueError, match="digits 1 to 5"):
        strokes.sort_key("𰻝", extra={"𰻝": given_strokes})


def test_for_a_known_character_the_table_stands() -> None:
    assert strokes.sort_key("王", extra={"王": "5"}) == strokes.sort_key("王")


def test_equal_strokes_go_by_their_place_in_the_table() -> None:
    assert strokes.strokes_of("八") == strokes.strokes_of("人") == strokes.strokes_of("入")
    assert strokes.in_order("入人八") == ["八", "人", "入"]


@given(
    st.lists(st.text(alphabet="王李张田富大利欧阳司马𠮷", min_size=1, max_size=4)), st.sampled_from(["first", "plain"])
)
def test_the_order_does_not_depend_on_the_order_given(names: list[str], single_given: strokes.SingleGiven) -> None:
    ordered = strokes.in_order(names, single_given)
    assert strokes.in_order(reversed(names), single_given) == ordered
    assert sorted(ordered) == sorted(names)

import pytest

from election.names.pinyin import SURNAMES, initials, search_text, syllables


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("王建国", "wang jian guo"),
        ("单小英", "shan xiao ying"),
        ("仇大利", "qiu da li"),
        ("解富", "xie fu"),
        ("曾华", "zeng hua"),
        ("朴英", "piao ying"),
        ("盖英", "ge ying"),
        ("覃英", "qin ying"),
        ("万俟英", "mo qi ying"),
        ("尉迟英", "yu chi ying"),
        ("欧阳英", "ou yang ying"),
        ("吕英", "lv ying"),
        ("阿依·古丽", "a yi gu li"),
    ],
)
def test_syllables(name: str, expected: str) -> None:
    assert " ".join(syllables(name)) == expected


def test_a_surname_character_inside_a_given_name_keeps_its_common_reading() -> None:
    assert syllables("王单") == ("wang", "dan")


def test_initials_and_search_text() -> None:
    assert initials("单小英") == "sxy"
    assert search_text("王建国") == "wangjianguo wjg"


def test_the_surname_table_gives_one_syllable_a_character() -> None:
    assert all(len(surname) == len(reading.split()) for surname, reading in SURNAMES.items())

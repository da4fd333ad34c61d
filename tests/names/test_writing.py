from typing import Literal
from unicodedata import combining, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from election.names.writing import clean_name, clean_text, composed, mask_name


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("王英", "王英"),
        ("  王 英\u3000", "王英"),
        ("王　　英", "王英"),
        ("王\u202e英\u202c", "王英"),
        ("王\u200b英\ufeff", "王英"),
        ("王\x00英\x7f", "王英"),
        ("王英\ufe00", "王英"),
        ("阿依・古丽", "阿依·古丽"),
        ("阿依 • 古丽", "阿依·古丽"),
        ("Anna  Maria", "Anna Maria"),
        ("Ma\u0301ria", "Mária"),
        ("𠮷 㐂", "𠮷㐂"),
        ("王\r\n英", "王英"),
    ],
)
def test_clean_name(written: str, clean: str) -> None:
    assert clean_name(written) == clean


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean_name(clean_name(text)) == clean_name(text)
    assert clean_text(clean_text(text)) == clean_text(text)


@given(st.text(), st.sampled_from(["NFC", "NFKC"]))
def test_a_text_is_composed_as_unicode_has_it(text: str, form: Literal["NFC", "NFKC"]) -> None:
    assert composed(form, text * 30) == normalize(form, text * 30) or longest_run(text * 30) > 30


@pytest.mark.parametrize("marks", ["\u0300\u0327", "\u0f71\u0f73", "\u0344\u0f75", "\u3099\u0323\u302a"])
@pytest.mark.parametrize("form", ["NFC", "NFKC"])
def test_endless_marks_on_a_letter_are_cut_off(form: Literal["NFC", "NFKC"], marks: str) -> None:
    """Put in order one by one, so many would keep the machine for hours."""
    made = composed(form, "王" + marks * 500_000 + "英")
    assert (made[0], made[-1]) == ("王", "英")
    assert len(made) < 100
    assert composed(form, made) == made


def longest_run(text: str) -> int:
    longest = run = 0
    for one in text:
        run = run + 1 if combining(normalize("NFKD", one)[0]) else 0
        longest = max(longest, run)
    return longest


@pytest.mark.parametrize(
    ("name", "masked"),
    [("", ""), ("王", "*"), ("王英", "王*"), ("王小英", "王*英"), ("欧阳小英", "欧**英"), ("𠮷小英", "𠮷*英")],
)
def test_mask_name(name: str, masked: str) -> None:
    assert mask_name(name) == masked

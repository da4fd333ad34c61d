import pytest
from hypothesis import given
from hypothesis import strategies as st

from election.names.writing import clean_name, clean_text, mask_name


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


@pytest.mark.parametrize(
    ("name", "masked"),
    [("", ""), ("王", "*"), ("王英", "王*"), ("王小英", "王*英"), ("欧阳小英", "欧**英"), ("𠮷小英", "𠮷*英")],
)
def test_mask_name(name: str, masked: str) -> None:
    assert mask_name(name) == masked

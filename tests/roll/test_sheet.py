from pathlib import Path

import openpyxl
import pytest

from election import roll
from election.faults import WrongInput
from tests.roll.making import DAY, NO_RESIDENCE


def drop_downs(path: Path) -> dict[str, str]:
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    titles = {cell.column_letter: cell.value for cell in sheet[1]}
    return {
        titles[str(rule.sqref)[0]]: rule.formula1
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    }


def test_the_template_has_its_headers_and_drop_downs(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    roll.template(path, members=True)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == list(roll.MEMBER_HEADERS.values())
    assert drop_downs(path) == {
        "性别": '"男,女"',
        "户籍": '"本社区,外地"',
        "剥夺政治权利": '"否,是"',
        "党员类别": '"正式,预备"',
    }


def test_the_voters_template_has_no_column_for_members(tmp_path: Path) -> None:
    roll.template(tmp_path / "t.xlsx")
    assert set(drop_downs(tmp_path / "t.xlsx")) == {"性别", "户籍", "剥夺政治权利"}


def test_the_template_is_read_back_as_an_empty_roll(tmp_path: Path) -> None:
    roll.template(tmp_path / "t.xlsx", help_texts={"name": "与身份证一致"})
    answer = roll.check(roll.read(tmp_path / "t.xlsx"), DAY, NO_RESIDENCE)
    assert (answer.rows, answer.rejected) == ((), ())


def test_identity_numbers_are_a_column_of_text(tmp_path: Path) -> None:
    roll.template(tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert sheet is not None
    assert sheet.column_dimensions["C"].number_format == "@"
    assert sheet.column_dimensions["D"].number_format == "yyyy-mm-dd"


def test_two_templates_are_the_same_bytes(tmp_path: Path) -> None:
    roll.template(tmp_path / "a.xlsx")
    roll.template(tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_template_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match="cannot be written"):
        roll.template(tmp_path / "none" / "t.xlsx")


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@x", "＝1", "＋1", "－1", "＠x", "\t=1", "\r=1"])
def test_what_a_spreadsheet_would_run_is_disarmed(text: str) -> None:
    assert roll.safe_cell(text) == "'" + text


@pytest.mark.parametrize("text", ["", "王英", "620103", "a=b", "'x"])
def test_other_text_stays(text: str) -> None:
    assert roll.safe_cell(text) == text

"""Tables as xlsx and csv: text stays text, the same table is the same bytes."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import openpyxl
import pytest

from election.documents import sheets
from election.documents.sheets import Cell, table_to_csv, table_to_xlsx
from election.faults import WrongInput

HEADERS = ("姓名", "票数", "日期")
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "\t=1+1", " =1", '=HYPERLINK("http://example.invalid")']
ROWS: list[tuple[Cell, ...]] = [("王喆", 30, date(2010, 12, 26)), *((text, None, None) for text in FORMULAS)]


def test_xlsx_holds_text_numbers_and_days():
    sheet = openpyxl.load_workbook(BytesIO(table_to_xlsx("选举结果[1/2]", HEADERS, ROWS))).active
    assert sheet is not None
    assert sheet.title == "选举结果 1 2"
    assert sheet["A1"].value == "选举结果[1/2]"
    assert [cell.value for cell in sheet[2]] == list(HEADERS)
    assert sheet["B3"].value == 30
    assert sheet["C3"].value.date() == date(2010, 12, 26)
    assert sheet.freeze_panes == "A3"


def test_xlsx_never_holds_a_formula():
    sheet = openpyxl.load_workbook(BytesIO(table_to_xlsx("表", FORMULAS, [FORMULAS]))).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert len(cells) == 2 * len(FORMULAS) + 1
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)


def test_csv_opens_in_a_spreadsheet_and_is_inert():
    data = table_to_csv(HEADERS, ROWS)
    assert data.startswith(b"\xef\xbb\xbf")
    lines = data.decode("utf-8-sig").split("\r\n")
    assert lines[0] == "姓名,票数,日期"
    assert lines[1] == "王喆,30,2010-12-26"
    for line in lines[2:-1]:
        assert line.lstrip('"').startswith("'")
    assert lines[-1] == ""


def test_csv_keeps_negative_numbers_as_numbers():
    assert table_to_csv(["增减"], [[-3]]).endswith(b"\r\n-3\r\n")


def test_csv_formula_in_a_header_is_inert():
    assert table_to_csv(["=A1"], []).decode("utf-8-sig") == "'=A1\r\n"


def test_same_table_same_bytes():
    first = table_to_xlsx("表", HEADERS, ROWS, day=date(2010, 12, 26))
    assert table_to_xlsx("表", HEADERS, iter(ROWS), day=date(2010, 12, 26)) == first


def test_control_characters_are_left_out():
    sheet = openpyxl.load_workbook(BytesIO(table_to_xlsx("表", ["名"], [["王\x00喆\u202e"]]))).active
    assert sheet is not None
    assert sheet["A3"].value == "王喆"


@pytest.mark.parametrize("title", ["'", "[]", "长" * 40])
def test_any_title_makes_a_sheet(title: str):
    assert openpyxl.load_workbook(BytesIO(table_to_xlsx(title, ["名"], []))).sheetnames[0]


def test_row_of_another_length_is_refused():
    with pytest.raises(WrongInput, match="row 2: has 1 cells under 3 headers"):
        table_to_xlsx("表", HEADERS, [("王喆", 1, None), ("李秀英",)])


def test_cell_that_excel_cannot_hold_is_refused():
    with pytest.raises(WrongInput, match="a cell of more than 32767 characters"):
        table_to_csv(["名"], [["长" * 32_768]])


def test_table_that_excel_cannot_hold_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    with pytest.raises(WrongInput, match="more than 2 rows"):
        table_to_csv(["名"], [["甲"], ["乙"], ["丙"]])

"""Files as offices send them, and files that are no roll or mean harm: each is one line, never a traceback."""

import io
import resource
import struct
import sys
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import orjson
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from election import roll
from election.faults import WrongInput
from election.roll import gate, open_workbook
from election.roll import table as tables
from election.words.faults import said
from tests.roll.making import DAY, NO_RESIDENCE, codes, csv_text, number, person, workbook

HEADER = ["姓名", "身份证号"]
LINE = ["王建国", number()]
PLAIN = workbook(HEADER, LINE)


def names(source: bytes | Path) -> list[str]:
    return [row.name for row in roll.check(roll.read(source, "roll"), DAY, NO_RESIDENCE).rows]


def refusal(data: bytes) -> str:
    with pytest.raises(WrongInput) as refused:
        roll.read(data, "roll.xlsx")
    assert "roll.xlsx" in str(refused.value)
    assert "\n" not in str(refused.value)
    return said(refused.value)


def read_or_refused(data: bytes) -> None:
    """Anything but WrongInput fails the test."""
    with suppress(WrongInput):
        roll.check(roll.read(data, "roll"), DAY, NO_RESIDENCE)


def repacked(data: bytes, change: dict[str, bytes | None], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The workbook with members replaced, added or (None) left out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", compression) as new:
        members = {name: old.read(name) for name in old.namelist()} | change
        for name, content in members.items():
            if content is not None:
                new.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_csv_encodings(encoding: str) -> None:
    assert names(csv_text([person()]).encode(encoding)) == ["王建国"]


def test_rare_characters_in_both_encodings() -> None:
    text = csv_text([person(name="𠮷㛃䶮")])
    assert names(text.encode("utf-8")) == names(text.encode("gb18030")) == ["𠮷㛃䶮"]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_delimiters(delimiter: str) -> None:
    assert names(csv_text([person()]).replace(",", delimiter).encode()) == ["王建国"]


def test_the_suffix_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(workbook(HEADER, LINE))
    (tmp_path / "b.xlsx").write_bytes(csv_text([person()]).encode())
    assert names(tmp_path / "a.csv") == names(tmp_path / "b.xlsx") == ["王建国"]


def test_rows_are_numbered_as_a_person_sees_them() -> None:
    title, blank = ["选民名册", ""], ["", ""]
    expected = [(6, "missing-birth"), (8, "missing-name")]
    lines = [title, blank, HEADER, LINE, blank, ["李四", ""], blank, ["", number(sequence=7)]]
    as_csv = "\n".join(",".join(line) for line in lines).encode()
    for data in (workbook(*lines), as_csv):
        answer = roll.check(roll.read(data, "roll"), DAY, NO_RESIDENCE)
        assert codes(answer.rejected) == expected
        assert len(answer.rows) == 3


def test_a_line_break_inside_a_cell_is_not_a_row() -> None:
    text = f'姓名,身份证号,备注\r\n王建国,{number()},"一\n二"\r\n李四,,\r\n'
    answer = roll.check(roll.read(text.encode(), "roll"), DAY, NO_RESIDENCE)
    assert codes(answer.rejected) == [(3, "missing-birth")]
    assert answer.rows[0].notes == {"备注": "一 二"}


def test_empty_lines_of_a_csv_are_counted() -> None:
    text = f"姓名,身份证号\n\n\n李四,\n王建国,{number()}\n"
    assert codes(roll.check(roll.read(text.encode(), "roll"), DAY, NO_RESIDENCE).rejected) == [(4, "missing-birth")]


def test_merged_titles_above_the_header_and_columns_in_any_order() -> None:
    lines: list[list[object]] = [
        ["七号社区选民名册", None],
        ["基本信息", None, "其他"],
        ["电话", " *姓　名", "身份证号码(必填)"],
        ["1", "王建国", number()],
    ]
    assert names(workbook(*lines)) == ["王建国"]


@pytest.mark.parametrize("header", ["姓名", "姓 名", "姓名*", "姓名（必填）", "*姓名:", "\ufeff姓名"])
def test_headers_are_found_in_their_variants(header: str) -> None:
    assert names(f"{header},公民身份号码\n王建国,{number()}\n".encode()) == ["王建国"]


def test_dates_of_a_spreadsheet() -> None:
    lines = [
        ["姓名", "出生日期"],
        ["甲", date(1990, 3, 7)],
        ["乙", 32939],
        ["丙", 19900307],
        ["丁", "1990-03-07"],
        ["戊", 0.5],
    ]
    answer = roll.check(roll.read(workbook(*lines), "roll"), DAY, NO_RESIDENCE)
    assert [row.birth for row in answer.rows] == [date(1990, 3, 7)] * 4 + [None]
    assert codes(answer.rejected) == [(6, "bad-date")]


def test_an_identity_number_kept_as_a_number_has_lost_its_end() -> None:
    answer = roll.check(roll.read(workbook(HEADER, ["王建国", int(number())]), "roll"), DAY, NO_RESIDENCE)
    assert [(fault.code, fault.kind) for fault in answer.rejected] == [("bad-id", "digits-lost")]


def test_numbers_kept_as_numbers_where_it_does_no_harm() -> None:
    lines = [[*HEADER, "户号", "电话", "剥夺政治权利"], [*LINE, 7, 13900000000, False]]
    row = roll.check(roll.read(workbook(*lines), "roll"), DAY, NO_RESIDENCE).rows[0]
    assert (row.household, row.phone, row.deprived, row.status) == ("7", "13900000000", False, "registered")


def test_a_formula_in_a_csv_that_keeps_digits() -> None:
    assert names(f'姓名,身份证号\n王建国,"=""{number()}"""\n'.encode()) == ["王建国"]


def test_rows_with_nothing_but_a_serial_number_are_blank() -> None:
    assert names(workbook(["序号", *HEADER], [1, *LINE], [2, "", ""], [3, " ", None])) == ["王建国"]


def test_instructions_on_another_sheet_do_no_harm() -> None:
    assert names(workbook(sheets={"说明": [["请填姓名和身份证号"]], "名册": [HEADER, LINE]})) == ["王建国"]


def test_an_empty_template_beside_the_roll_does_no_harm() -> None:
    assert names(workbook(sheets={"名册": [HEADER, LINE], "空表": [HEADER]})) == ["王建国"]


def test_two_rolls_in_one_workbook() -> None:
    assert "不止一张表" in refusal(workbook(sheets={"一": [HEADER, LINE], "二": [HEADER, LINE]}))


def test_an_empty_roll_is_a_roll() -> None:
    assert names(workbook(HEADER)) == []


@pytest.mark.parametrize(
    "data", [b"", b"\xef\xbb\xbf", b"\n\n", "姓名\n王建国\n".encode(), b"name,id\nx,y\n", "身份证号\n1\n".encode()]
)
def test_no_header(data: bytes) -> None:
    assert refusal(data)


def test_two_columns_of_one_kind() -> None:
    assert "有两列" in refusal("姓名,身份证号,姓 名\n".encode())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, ".xls"),
        (b"%PDF-1.7 ...", "不是 xlsx"),
        ("姓名,身份证号".encode("utf-16"), "不是 xlsx"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "不是 xlsx"),
        ("姓名,身份证号\n王,1\n".encode() + b"\xff\xff\xff", "编码"),
        ('姓名,身份证号\n"王"国,1\n'.encode(), "引号"),
        (b"PK\x03\x04" + b"\0" * 100, "损坏"),
    ],
)
def test_files_of_another_kind(data: bytes, words: str) -> None:
    assert words in refusal(data)


def test_the_line_of_a_wrong_byte_is_named() -> None:
    assert "第 3 行" in refusal("姓名,身份证号\n王,1\n".encode("gb18030") + b"\xff,\n")


def test_a_truncated_workbook() -> None:
    data = workbook(HEADER, LINE)
    for length in (30, len(data) // 2, len(data) - 1):
        assert "损坏" in refusal(data[:length])


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_workbook_with_changed_bytes_never_ends_in_a_traceback(data: st.DataObject) -> None:
    content = bytearray(PLAIN)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    read_or_refused(bytes(content))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_a_roll_or_refused(data: bytes, headed: bool) -> None:
    read_or_refused("姓名,身份证号\n".encode() * headed + data)


def test_a_zip_bomb() -> None:
    bomb = repacked(workbook(HEADER, LINE), {"xl/worksheets/sheet1.xml": b" " * (150 * 2**20)})
    assert len(bomb) < 2**20
    assert "过大" in refusal(bomb)


def test_a_bomb_that_lies_about_its_size() -> None:
    bomb = bytearray(repacked(workbook(HEADER, LINE), {"xl/worksheets/sheet1.xml": b" " * (50 * 2**20)}))
    truth, lie = (50 * 2**20).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    while truth in bomb:
        at = bomb.index(truth)
        bomb[at : at + 4] = lie
    assert "过大" in refusal(bytes(bomb))


def test_a_workbook_of_too_many_parts() -> None:
    assert "过大" in refusal(repacked(workbook(HEADER, LINE), {f"xl/media/{n}.png": b"" for n in range(200)}))


def test_cells_in_opposite_corners() -> None:
    """The reader would ask for 512 GB; the process that reads is not this one."""
    lines = workbook(HEADER, LINE)
    sheet = zipfile.ZipFile(io.BytesIO(lines)).read("xl/worksheets/sheet1.xml")
    far = sheet.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    assert "过大" in refusal(repacked(lines, {"xl/worksheets/sheet1.xml": far}))


def test_too_many_columns_and_rows() -> None:
    assert "过大" in refusal(workbook([*HEADER, *([""] * 254), "x"]))
    assert "过大" in refusal(",".join([*HEADER, *["x"] * 255]).encode())
    with pytest.raises(WrongInput, match="row 3"):
        roll.read("姓名,身份证号\n甲,\n乙,\n".encode(), "roll", roll.Limits(rows=2))


def test_a_file_over_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "roll.csv"
    path.write_bytes(csv_text([person()]).encode())
    with pytest.raises(WrongInput, match="larger than 0 MB"):
        roll.read(path, limits=roll.Limits(file_bytes=20))


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("xl/vbaProject.bin", "宏"),
        ("xl/macrosheets/sheet1.xml", "宏"),
        ("xl/externalLinks/externalLink1.xml", "外部链接"),
        ("xl/embeddings/oleObject1.bin", "嵌入对象"),
        ("xl/activeX/activeX1.xml", "控件"),
        ("../evil.xml", "损坏"),
        ("/evil.xml", "损坏"),
    ],
)
def test_what_a_roll_must_not_hold(part: str, words: str) -> None:
    assert words in refusal(repacked(workbook(HEADER, LINE), {part: b"x"}))


TYPES, RELATIONS = "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def declared(part: str, more: str, *, first: str = "", encoding: str = "utf-8") -> dict[str, bytes | None]:
    """A part of the plain workbook that declares something more."""
    text = zipfile.ZipFile(io.BytesIO(PLAIN)).read(part).decode().split("?>", 1)[1]
    start, close, rest = text.rpartition("</")
    return {part: f'<?xml version="1.0" encoding="{encoding}"?>{first}{start}{more}{close}{rest}'.encode(encoding)}


def relation(kind: str, mode: str = "External") -> str:
    return f'<Relationship Id="x" Type="{kind}" Target="http://127.0.0.1:9/" TargetMode="{mode}"/>'


OTHER = {"xl/other.dat": b"x"}
VBA = "application/vnd.ms-office.vbaProject"
MACROS = {
    TYPES: zipfile.ZipFile(io.BytesIO(PLAIN))
    .read(TYPES)
    .replace(b"openxmlformats-officedocument.spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main")
}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (MACROS, "宏"),
        (declared(TYPES, f'<Override PartName="/xl/Other.dat" ContentType="{VBA}"/>') | OTHER, "宏"),
        (declared(TYPES, f'<Default Extension="dat" ContentType="{VBA}"/>') | OTHER, "宏"),
        (declared(TYPES, f'<Default Extension="dat" ContentType="{VBA}"/>', encoding="utf-16") | OTHER, "宏"),
        (declared(RELATIONS, relation(f"{OFFICE}/externalLinkPath")), "外部链接"),
        (declared(RELATIONS, relation(f"{OFFICE}/image")), "外部链接"),
        (declared(RELATIONS, relation(f"{OFFICE}/package", "Internal")), "嵌入对象"),
        (declared(RELATIONS, relation("&a;"), first='<!DOCTYPE x [<!ENTITY a "b">]>'), "损坏"),
        (declared(RELATIONS, "<a>" * 9 + "</a>" * 9), "损坏"),
        ({RELATIONS: b"<Relationships"}, "损坏"),
    ],
    ids=["type", "override", "default", "utf-16", "link", "image", "package", "entity", "deep", "torn"],
)
def test_what_must_not_be_there_is_seen_whatever_it_is_called(change: dict[str, bytes | None], words: str) -> None:
    assert words in refusal(repacked(PLAIN, change))


def test_what_is_declared_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "_DECLARED_BYTES", 4000)
    assert names(PLAIN) == ["王建国"]
    assert "过大" in refusal(repacked(PLAIN, declared(RELATIONS, "<a/>" * 1000)))


def test_what_offices_put_beside_a_roll_does_no_harm() -> None:
    """Links of cells, remarks, pictures, charts, and types declared of parts that are not there."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("名册")
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, LINE)
        sheet.write_url("H1", "https://example.gov.cn/", string="说明")
        sheet.write_comment("A1", "按户口簿填写")
        sheet.insert_button("J1", {"caption": "钮"})
        chart = book.add_chart({"type": "pie"})
        chart.add_series({"values": "=名册!$A$1:$A$2"})
        sheet.insert_chart("J9", chart)
    with zipfile.ZipFile(io.BytesIO(buffer.getvalue())) as made:
        types = made.read(TYPES).replace(
            b"<Override", f'<Default Extension="bin" ContentType="{VBA}"/><Override'.encode(), 1
        )
        assert any(b"External" in made.read(name) for name in made.namelist() if name.endswith(".rels"))
    assert names(repacked(buffer.getvalue(), {TYPES: types})) == ["王建国"]


def test_another_kind_of_package() -> None:
    assert "不是 xlsx 工作簿" in refusal(
        repacked(workbook(HEADER, LINE), {"xl/workbook.xml": None, "word/document.xml": b""})
    )


def test_an_unusual_compression() -> None:
    assert "损坏" in refusal(repacked(workbook(HEADER, LINE), {}, zipfile.ZIP_LZMA))


def test_stored_members_are_read() -> None:
    assert names(repacked(workbook(HEADER, LINE), {}, zipfile.ZIP_STORED)) == ["王建国"]


def test_a_failed_formula_is_not_an_empty_cell() -> None:
    data = workbook([*HEADER, "剥夺政治权利"], [*LINE, "否"])
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    failed = sheet.replace(b'<c r="C2" t="s"><v>', b'<c r="C2" t="e"><f>NA()</f><v>#N/A;')
    assert failed != sheet
    assert "roll.xlsx, C2" in refusal(repacked(data, {"xl/worksheets/sheet1.xml": failed}))


def test_an_encrypted_member() -> None:
    data = bytearray(workbook(HEADER, LINE))
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    assert "密码" in refusal(bytes(data))


@pytest.mark.parametrize(
    ("at", "value", "words"),
    [
        (20, -1, "损坏"),
        (20, 1 << 20, "损坏"),
        (24, 1, "损坏"),
        (24, -1, "过大"),
        (42, 1, "损坏"),
        (42, 1 << 20, "损坏"),
    ],
    ids=["packed-cut", "packed-beyond", "larger", "smaller", "elsewhere", "behind-the-end"],
)
def test_a_list_of_parts_that_is_not_true(at: int, value: int, words: str) -> None:
    """``at`` in the list's first entry: the packed size, the size, the place of the part in the file."""
    data = bytearray(PLAIN)
    entry = data.index(b"PK\x01\x02")
    (truth,) = struct.unpack_from("<I", data, entry + at)
    struct.pack_into("<I", data, entry + at, truth + value)
    assert words in refusal(bytes(data))


def test_parts_that_are_too_large_together() -> None:
    with pytest.raises(WrongInput, match="too large"):
        roll.read(PLAIN, "roll", roll.Limits(unpacked_bytes=10_000))


@pytest.mark.parametrize(
    "change",
    [
        {"xl/workbook.xml": b"<nonsense"},
        {"xl/_rels/workbook.xml.rels": None},
        {"xl/worksheets/sheet1.xml": b"<x"},
        {"xl/sharedStrings.xml": None},
    ],
    ids=["workbook", "relations", "sheet", "strings"],
)
def test_parts_that_make_no_workbook(change: dict[str, bytes | None]) -> None:
    data = repacked(PLAIN, change)
    assert open_workbook.sheets(data, 100, 10) == {"fault": "unreadable"}


def test_a_workbook_that_passes_the_gate_and_cannot_be_read() -> None:
    assert "损坏" in refusal(repacked(PLAIN, {"xl/workbook.xml": b"<nonsense"}))


def test_a_workbook_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_READER_SECONDS", 0)
    assert "过大" in refusal(PLAIN)


@pytest.mark.parametrize(("rows", "columns"), [(1, 10), (10, 1)])
def test_a_sheet_beyond_the_limits_is_not_unpacked(rows: int, columns: int) -> None:
    assert open_workbook.sheets(PLAIN, rows, columns) == {"fault": "size"}
    assert open_workbook.sheets(PLAIN, 2, 2) == {"sheets": [{"name": "名册", "rows": [HEADER, LINE]}]}


def test_a_sheet_that_is_a_chart_is_passed_over_and_an_empty_line_is_short() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("名册")
        sheet.write(0, 0, "户数")
        sheet.write(2, 0, 5)
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=名册!$A$1:$A$3"})
        book.add_chartsheet("图").set_chart(chart)
        book.add_worksheet("空")
    assert open_workbook.sheets(buffer.getvalue(), 100, 10) == {
        "sheets": [{"name": "名册", "rows": [["户数"], [], [5.0]]}, {"name": "空", "rows": []}]
    }


def test_the_program_that_reads_bounds_itself_and_prints_days_as_days(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    bounds: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(resource, "setrlimit", bounds.__setitem__)
    monkeypatch.setattr(sys, "argv", ["open_workbook.py", "100", "10"])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(workbook(["甲", date(1990, 3, 7), True, 2.5]))))
    open_workbook.main()
    printed = orjson.loads(capsysbinary.readouterr().out)
    assert printed == {"sheets": [{"name": "名册", "rows": [["甲", "1990-03-07", True, 2.5]]}]}
    memory, seconds = open_workbook.MEMORY_BYTES, open_workbook.CPU_SECONDS
    assert bounds == {
        resource.RLIMIT_AS: (memory, memory),
        resource.RLIMIT_CPU: (seconds, seconds),
        resource.RLIMIT_CORE: (0, 0),
    }


def test_a_column_without_a_header_is_passed_over() -> None:
    row = roll.check(
        roll.read(workbook(["姓名", "", "身份证号"], ["甲", "x", number()]), "roll"), DAY, NO_RESIDENCE
    ).rows[0]
    assert (row.name, dict(row.notes), row.status) == ("甲", {}, "registered")


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match="cannot be opened"):
        roll.read(tmp_path / "none.xlsx")
    with pytest.raises(WrongInput, match="cannot be opened"):
        roll.read(tmp_path)

"""The sample's rolls as the files that a registrar would send."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter

from election.demo.people import Resident
from election.names.identity import check_character
from election.roll import HEADERS, MEMBER_HEADERS, safe_cell

_SEX = {"male": "男", "female": "女"}
_HUKOU = {"local": "本社区", "elsewhere": "外地"}
_MEMBERSHIP = {"full": "正式", "probationary": "预备", None: ""}


def write_roll_xlsx(people: Iterable[Resident], path: Path | str) -> None:
    """The roll of voters, one line a person, in the order given."""
    _write(path, HEADERS, map(_cells, people))


def write_members_xlsx(people: Iterable[Resident], path: Path | str) -> None:
    """The roll of party members, full and probationary."""
    _write(path, MEMBER_HEADERS, map(_cells, people))


def write_faulty_roll_xlsx(path: Path | str) -> tuple[tuple[int, str], ...]:
    """A small roll with one fault of every kind; returns (row, code) of each, rejections and warnings, in row order."""
    good = {"name": "王建国", "sex": "男", "id_number": _number("19700101001"), "hukou": "本社区", "deprived": "否"}

    def person(sequence: int, **changes: str) -> dict[str, str]:
        return (
            good
            | {
                "name": f"{'甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳'[sequence]}某",
                "id_number": _number(f"19700101{2 * sequence + 101}"),
            }
            | changes
        )

    rows: list[tuple[dict[str, str], str]] = [
        (good, ""),
        (good | {"name": "王 建国"}, "duplicate"),
        (person(0, name=""), "missing-name"),
        (person(1, id_number=""), "missing-birth"),
        (person(2, id_number="620103197001019999"), "bad-id"),
        (person(3, id_number=_number("19921227101")), "under-age"),
        (person(4, deprived="是"), "deprived"),
        (person(5, residence_from="2010-02-30"), "bad-date"),
        (person(6, hukou="不详"), "bad-value"),
        (person(7, id_number="", birth="1938-05-06"), "no-id"),
        (person(8, sex="女"), "sex-mismatch"),
        (person(9, birth="1970-01-02"), "birth-mismatch"),
        (person(10, name="同名"), "same-name"),
        (person(11, name="同名"), "same-name"),
        (person(12), "number-shared"),
        (person(13, id_number=_number("19700101125")), "number-shared"),
        (person(14, id_number=_number("19921226101")), "birthday-on-election-day"),
    ]
    _write(path, HEADERS, (row for row, _ in rows))
    return tuple((at, code) for at, (_, code) in enumerate(rows, start=2) if code)


def _number(birth_and_sequence: str) -> str:
    first = f"620103{birth_and_sequence}"
    return first + check_character(first)


def _cells(person: Resident) -> dict[str, str]:
    return {
        "name": person.name,
        "sex": _SEX[person.sex],
        "id_number": person.id_number,
        "birth": person.birth.isoformat(),
        "group": person.group,
        "household": person.household,
        "address": person.address,
        "hukou": _HUKOU[person.hukou],
        "residence_from": person.residence_from.isoformat() if person.residence_from else "",
        "deprived": "是" if person.deprived else "否",
        "phone": person.phone,
        "membership": _MEMBERSHIP[person.membership],
    }


def _write(path: Path | str, headers: dict[str, str], rows: Iterable[dict[str, str]]) -> None:
    fields: Sequence[str] = tuple(headers)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        sheet = workbook.add_worksheet("名册")
        bold = workbook.add_format({"bold": True})
        for column, title in enumerate(headers.values()):
            sheet.write_string(0, column, title, bold)
        for line, row in enumerate(rows, start=1):
            for column, field in enumerate(fields):
                if row.get(field):
                    sheet.write_string(line, column, safe_cell(row[field]))
        sheet.set_column(0, len(fields) - 1, 14)
        sheet.freeze_panes(1, 1)

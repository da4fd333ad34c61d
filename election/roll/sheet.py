"""Writing rolls: the empty template with its drop-downs, and cells that no spreadsheet takes for a formula."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter

from election.faults import WrongInput
from election.roll.columns import HEADERS, MEMBER_HEADERS

#: a fixed moment of making, so that two templates are the same bytes
_MADE = datetime(2010, 11, 1, tzinfo=UTC).replace(tzinfo=None)
_FORMULA_SIGNS = tuple("=+-@＝＋－＠\t\r\n")
#: how many rows of the template carry the drop-downs
_ROWS = 20_000
_REQUIRED = ("name", "id_number")
_CHOICES = {
    "sex": ["男", "女"],
    "hukou": ["本社区", "外地"],
    "deprived": ["否", "是"],
    "membership": ["正式", "预备"],
}
_WIDTHS = {"id_number": 22, "address": 32, "birth": 14, "residence_from": 14, "deprived": 14, "phone": 16}
#: a spreadsheet refuses a longer help text on a cell
_LONGEST_HELP = 255


def safe_cell(value: str) -> str:
    """Text for a csv or xlsx export: an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{value}" if value.startswith(_FORMULA_SIGNS) else value


def template(path: Path | str, *, members: bool = False, help_texts: Mapping[str, str] | None = None) -> None:
    """Write the empty roll as xlsx: headers of contract §3, identity numbers as text, dates as dates, drop-downs.

    ``help_texts`` (field → sentence, at most 255 characters) are shown beside the cell being filled in. Raises WrongInput where ``path`` cannot be written.
    """
    headers, texts = (MEMBER_HEADERS if members else HEADERS), help_texts or {}
    try:
        with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
            workbook.set_properties({"created": _MADE})
            sheet = workbook.add_worksheet("党员名册" if members else "选民名册")
            plain = {"bold": True, "border": 1, "align": "center", "bg_color": "#F2F2F2"}
            header, required = workbook.add_format(plain), workbook.add_format({**plain, "font_color": "#B00000"})
            as_text = workbook.add_format({"num_format": "@"})
            as_date = workbook.add_format({"num_format": "yyyy-mm-dd"})
            for at, (field, title) in enumerate(headers.items()):
                is_date = field in ("birth", "residence_from")
                sheet.set_column(at, at, _WIDTHS.get(field, 12), as_date if is_date else as_text)
                sheet.write_string(0, at, title, required if field in _REQUIRED else header)
                rule: dict[str, object] = {"validate": "any"}
                if field in _CHOICES:
                    rule = {"validate": "list", "source": _CHOICES[field]}
                if field in texts:
                    rule |= {"input_title": title, "input_message": texts[field][:_LONGEST_HELP]}
                if len(rule) > 1:
                    sheet.data_validation(1, at, _ROWS, at, rule)
            sheet.freeze_panes(1, 1)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        raise WrongInput("cannot be written", place="{path}", mend="choose another place", path=path) from error

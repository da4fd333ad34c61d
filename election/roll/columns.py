"""The columns of a roll and the headers by which a file names them (contract §3)."""

from __future__ import annotations

import re

from election.names.identity import FULL_WIDTH

#: field -> header as the template writes it, in the template's order
HEADERS = {
    "name": "姓名",
    "sex": "性别",
    "id_number": "身份证号",
    "birth": "出生日期",
    "group": "居民小组",
    "household": "户号",
    "address": "住址",
    "hukou": "户籍",
    "residence_from": "居住起始日期",
    "deprived": "剥夺政治权利",
    "phone": "电话",
}
#: a roll of party members has one column more
MEMBER_HEADERS = {**HEADERS, "membership": "党员类别"}

#: what offices write instead, after ``plain_header``
_VARIANTS = {
    "选民姓名": "name",
    "居民姓名": "name",
    "党员姓名": "name",
    "身份证": "id_number",
    "身份证号码": "id_number",
    "居民身份证号": "id_number",
    "居民身份证号码": "id_number",
    "公民身份号码": "id_number",
    "公民身份证号": "id_number",
    "公民身份证号码": "id_number",
    "出生年月日": "birth",
    "出生年月": "birth",
    "生日": "birth",
    "小组": "group",
    "所在小组": "group",
    "所属小组": "group",
    "村民小组": "group",
    "户编号": "household",
    "家庭编号": "household",
    "地址": "address",
    "家庭住址": "address",
    "居住地址": "address",
    "现住址": "address",
    "户籍类型": "hukou",
    "户籍情况": "hukou",
    "居住开始日期": "residence_from",
    "起始居住日期": "residence_from",
    "入住日期": "residence_from",
    "是否剥夺政治权利": "deprived",
    "被剥夺政治权利": "deprived",
    "联系电话": "phone",
    "电话号码": "phone",
    "手机": "phone",
    "手机号": "phone",
    "手机号码": "phone",
    "党员类型": "membership",
    "党员种类": "membership",
}
_FIELDS = {header: field for field, header in MEMBER_HEADERS.items()} | _VARIANTS
_BRACKETED = re.compile(r"\(.*?\)|[【\[].*?[】\]]")
_DECORATION = re.compile(r"[\s*:_\u200b\ufeff\u3000]+")


def plain_header(text: str) -> str:
    """A header without blanks, brackets and the star of a required column: `` * 姓　名(必填): `` → ``姓名``."""
    return _DECORATION.sub("", _BRACKETED.sub("", text.translate(FULL_WIDTH)))


def field_of(header: str) -> str | None:
    """The field a header names, or None: such a column is kept as notes."""
    return _FIELDS.get(plain_header(header))

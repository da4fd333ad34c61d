"""The roll: a file into registered people and every fault with its row. Pure, floor 2.

``read`` a file into a table, ``check`` it against the law in force on the election day; ``template`` writes the empty form.
"""

from __future__ import annotations

from election.roll.check import Ruleset, check, check_members, check_one
from election.roll.columns import HEADERS, MEMBER_HEADERS
from election.roll.person import Checked, Fault, Known, Row, Status
from election.roll.sheet import safe_cell, template
from election.roll.table import LOCAL, UPLOAD, Limits, Table, read
from election.roll.values import Hukou, Membership

__all__ = [
    "HEADERS",
    "LOCAL",
    "MEMBER_HEADERS",
    "UPLOAD",
    "Checked",
    "Fault",
    "Hukou",
    "Known",
    "Limits",
    "Membership",
    "Row",
    "Ruleset",
    "Status",
    "Table",
    "check",
    "check_members",
    "check_one",
    "read",
    "safe_cell",
    "template",
]

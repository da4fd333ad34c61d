"""Counting: ballots or hand tallies into who is elected and why. Pure, in whole numbers, under a ruleset.

``SEMANTICS`` names the version of these rules; an election seals it, so that a later reading of the contract never
changes what an old record says.
"""

from __future__ import annotations

from election.count.box import count_box
from election.count.decide import decide
from election.count.reading import read
from election.count.shape import WRITE_IN
from election.count.sheet import Check, check_sheet

SEMANTICS = 1

__all__ = ["SEMANTICS", "WRITE_IN", "Check", "check_sheet", "count_box", "decide", "read"]

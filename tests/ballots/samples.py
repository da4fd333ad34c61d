"""Invented ballots for the tests; printing each once is enough."""

from __future__ import annotations

from functools import cache
from typing import Any

import ballots
from ballots import Candidate, Contest
from ballots.geometry import Form, Paper
from ballots.template import Template, template


def contest(name: str, office: str, seats: int, names: list[str], write_in_rows: int = 1) -> Contest:
    """Candidates ``<name>1``, ``<name>2``… A name ``甲:乙`` carries the note 乙."""
    candidates = tuple(
        Candidate(f"{name}{number}", text.split(":")[0], text.partition(":")[2]) for number, text in enumerate(names, 1)
    )
    return Contest(name, office, seats, candidates, write_in_rows)


CHAIR = contest("chair", "主任", 1, ["王建国", "李秀英"])
DEPUTY = contest("deputy", "副主任", 2, ["丁一", "欧阳志远", "买买提·艾力江"])
MEMBER = contest("member", "委员", 5, ["王伟:一组", "王伟:三组", "张敏", "刘洋", "陈静", "杨勇"], 2)
WHOLE = (CHAIR, DEPUTY, MEMBER)
TITLE = "某某社区居民委员会换届选举选票"


@cache
def printed(
    contests: tuple[Contest, ...] = WHOLE,
    form: Form = "columns",
    paper: Paper = "A4",
    large: bool = False,
    proof: bool = False,
    copies: int = 1,
) -> tuple[bytes, dict[str, Any]]:
    return ballots.make(contests, TITLE, form=form, paper=paper, large=large, proof=proof, copies=copies)


@cache
def checked(
    contests: tuple[Contest, ...] = WHOLE,
    form: Form = "columns",
    paper: Paper = "A4",
    large: bool = False,
    proof: bool = False,
) -> Template:
    return template(printed(contests, form, paper, large, proof)[1])

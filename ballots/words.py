"""The printed words of a ballot. A ballot is an official Chinese paper; these are its words and not an interface.

The reader's and the command's sentences stand in ``election/words/sentences/ballots.toml``.
"""

from __future__ import annotations

from typing import Literal

from ballots.geometry import Form

TITLE = "选票"
SEATS = "应选{seats}名"
CANDIDATE, SIGN = "姓名", "符号"
CHOICE = {"for": "赞成", "against": "反对", "abstain": "弃权", "sign": SIGN}
WRITE_IN = ("另选", "他人")
NO_CHOICE = "—"
CONTINUED = "（续）"
HOW_TO, EXAMPLE = "填写说明", "填写示例"
EXAMPLES: dict[str, tuple[tuple[Literal["tick", "circle", "cross", "none"], str], ...]] = {
    "columns": (("tick", "选中"), ("none", "不选")),
    "sign": (("circle", "赞成"), ("cross", "反对"), ("none", "弃权")),
}
STAMP = "（盖章处）"
PAGE = "第{page}页　共{pages}页"
PROOF = "样票　不得用于投票"

_MARKING: dict[str, str] = {
    "columns": "每名候选人只选一项，在所选的圆圈内画“√”；三个圆圈都不画的，视为弃权。",
    "sign": "在候选人姓名后的方框内画符号：赞成画“○”，反对画“×”，弃权不画。",
}
_MARKING_WRITE_IN: dict[str, str] = {
    "columns": "另选他人的，写清其姓名，并在“赞成”圆圈内画“√”。",
    "sign": "另选他人的，写清其姓名，并在其后的方框内画“○”。",
}
_AGAINST_FIRST = "须先反对该职务的一名候选人，方可另选他人。"
_OVER_MARK = "每项职务赞成的人数{others}不得多于应选人数，可以少于；多于的，{void}。"
_VOID = {"contest": "该项职务的选票无效", "ballot": "整张选票无效", None: "无效"}
_PEN = "用深色笔填写；书写模糊、无法辨认的部分无效。写错可向工作人员换票。"


def stamp(issuer: str, date: str) -> tuple[str, ...]:
    """The lines where the stamp goes: its place, then who issues the ballot and when, where that is known."""
    return (STAMP, *(line for line in (issuer, date) if line))


def instructions(
    form: Form, *, write_ins: bool, over_mark_voids: Literal["contest", "ballot"] | None, against_first: bool
) -> tuple[str, ...]:
    """The numbered sentences of 填写说明, as the ruleset of the election has them."""
    sentences = [
        _MARKING[form],
        _OVER_MARK.format(others="（含另选他人）" if write_ins else "", void=_VOID[over_mark_voids]),
    ]
    if write_ins:
        sentences.append(_MARKING_WRITE_IN[form] + (_AGAINST_FIRST if against_first else ""))
    sentences.append(_PEN)
    return tuple(f"{number}. {sentence}" for number, sentence in enumerate(sentences, 1))

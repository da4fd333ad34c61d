"""The meeting and the count: time and place, staff, sign-in, ballots, tallies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..heading import Notice, Paper
from .parts import CheckLine, NameGroup


@dataclass(frozen=True, kw_only=True)
class Station:
    """A place to vote; ``hours`` as printed: 上午9:00至11:30."""

    name: str
    place: str
    hours: str
    #: who votes there: 第一至第四居民小组
    voters: str = ""


@dataclass(frozen=True, kw_only=True)
class MobileBox:
    name: str
    route: str
    hours: str


@dataclass(frozen=True, kw_only=True)
class PollingNotice(Notice):
    """投票时间地点公告."""

    election_day: date
    stations: tuple[Station, ...]
    #: who votes: 选民代表, 全体正式党员
    voters: str
    mobile_boxes: tuple[MobileBox, ...] = ()
    count_place: str
    count_hours: str
    #: what to bring, how to mark
    instructions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StaffRole:
    """A duty at the meeting (监票人) and who does it."""

    role: str
    names: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class StaffNotice(Notice):
    """选举工作人员名单公告; none of them is a candidate (S-12, P-14)."""

    election_day: date
    roles: tuple[StaffRole, ...]


@dataclass(frozen=True, kw_only=True)
class SignInSheet(Paper):
    """签到册: names with room to sign; 应到 is the number of names."""

    meeting: str
    meeting_day: date
    place: str
    groups: tuple[NameGroup, ...]

    @property
    def entitled(self) -> int:
        return sum(len(group.names) for group in self.groups)


@dataclass(frozen=True, kw_only=True)
class Attendance(Paper):
    """到会人员名册: who came, in the order of the 签到册 and without time; made when sign-in closes."""

    meeting: str
    meeting_day: date
    #: 应到
    of: int
    groups: tuple[NameGroup, ...]

    @property
    def present(self) -> int:
        return sum(len(group.names) for group in self.groups)


@dataclass(frozen=True, kw_only=True)
class BoxAccount:
    """One box or station: ballots handed out and found in it."""

    name: str
    issued: int
    returned: int


@dataclass(frozen=True, kw_only=True)
class BallotAccount(Paper):
    """选票发放收回情况报告单: every printed ballot has one end."""

    meeting: str
    meeting_day: date
    round: int = 1
    entitled: int
    present: int
    printed: int
    issued: int
    #: 作废换发: spoiled by the voter and exchanged before casting
    spoiled: int
    #: 剩余
    unused: int
    returned: int
    boxes: tuple[BoxAccount, ...] = ()
    checks: tuple[CheckLine, ...]
    #: 收回选票少于发出选票,选举有效
    conclusion: str


@dataclass(frozen=True, kw_only=True)
class Pack:
    """A pack of printed ballots: its number from 1 and how many are in it. The ballots in it have no numbers."""

    number: int
    ballots: int


def packs(printed: int, each: int = 50) -> tuple[Pack, ...]:
    """``printed`` ballots in packs of ``each``, the last with what is left."""
    starts = range(0, printed, each)
    return tuple(Pack(number=n, ballots=min(each, printed - start)) for n, start in enumerate(starts, 1))


@dataclass(frozen=True, kw_only=True)
class BallotPacks(Paper):
    """选票封签: a label to seal each pack with."""

    meeting: str
    meeting_day: date
    round: int = 1
    packs: tuple[Pack, ...]


@dataclass(frozen=True, kw_only=True)
class BallotControl(BallotPacks):
    """选票发放控制单: where every pack went, and every printed ballot's end, by hand."""

    #: blank lines for what was returned: a box each
    boxes: tuple[str, ...] = ()

    @property
    def printed(self) -> int:
        return sum(pack.ballots for pack in self.packs)


@dataclass(frozen=True, kw_only=True)
class TallyRow:
    """A candidate's strokes of one box."""

    name: str
    votes_for: int
    against: int
    abstain: int


@dataclass(frozen=True, kw_only=True)
class WriteInRow:
    """另选他人."""

    name: str
    votes_for: int


@dataclass(frozen=True, kw_only=True)
class TallyContest:
    """One contest of a filled sheet; rows in ballot order."""

    office: str
    seats: int
    valid: int
    invalid: int
    rows: tuple[TallyRow, ...]
    write_ins: tuple[WriteInRow, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TallySheet(Paper):
    """计票单, filled: a page per contest."""

    meeting: str
    meeting_day: date
    #: 1号票箱; blank: the whole
    box: str = ""
    round: int = 1
    issued: int
    returned: int
    contests: tuple[TallyContest, ...]


@dataclass(frozen=True, kw_only=True)
class BlankContest:
    """One contest of a blank sheet; names in ballot order."""

    office: str
    seats: int
    names: tuple[str, ...]
    write_in_rows: int = 3


@dataclass(frozen=True, kw_only=True)
class TallyBlank(Paper):
    """计票单, blank, with room for 正 strokes: a page per contest."""

    meeting: str
    meeting_day: date
    box: str = ""
    round: int = 1
    contests: tuple[BlankContest, ...]

"""What every paper carries at its head and foot: from whom, about which election, on what day, sealed where."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal

Body = Literal["party", "residents", "villagers"]
Size = Literal["A4", "A3"]

#: how papers speak of a body: the committee that is elected, and whose members or voters it has
COMMITTEES: dict[Body, str] = {"party": "党组织委员会", "residents": "居民委员会", "villagers": "村民委员会"}


@dataclass(frozen=True, kw_only=True)
class RecordStamp:
    """The state of the record when the paper was made, so that a paper on a wall pins the record behind it.

    ``root`` is 64 hexadecimal digits; ``fingerprint`` the server's, as ``election verify --trust`` takes it;
    ``address`` where the paper can be checked, if there is such a place; ``code`` this paper's own number there.
    """

    size: int
    root: str
    fingerprint: str
    address: str | None = None
    code: str | None = None

    @property
    def square(self) -> str:
        """What the paper's square says: where it can be checked, else the state itself (`record.printed` reads it)."""
        return self.address or f"存证 {self.size} {self.root} {self.fingerprint}"


@dataclass(frozen=True, kw_only=True)
class Heading:
    """Common to all papers. A text with no default must not be blank (`plain.demand`)."""

    street: str
    community: str
    body: Body
    #: who puts the paper out, in full: 某某社区居民委员会选举领导小组
    issuer: str
    #: the day under the signature; also the creation date inside the PDF
    date: datetime.date
    #: blank: the usual title of the kind
    title: str = ""
    #: 第3号 is 3; None: not a numbered notice
    number: int | None = None
    district: str = ""
    #: 第三届; blank where a term has no number
    term: str = ""
    #: not sealed yet: a watermark on every page says so
    draft: bool = False
    #: invented people: every page says so
    demonstration: bool = False
    #: the number of the notice that this one replaces
    supersedes: int | None = None
    record: RecordStamp | None = None
    #: leaves room for the seal over the date
    stamp: bool = True
    #: who signs by hand, as printed before each line: 监票人
    signatures: tuple[str, ...] = ()
    #: all vote at stations and nobody meets: a turnout is of 登记选民, not of 应到
    stations: bool = False

    @property
    def turnout(self) -> tuple[str, str]:
        """What those are called who may vote, and those of them who did."""
        return ("登记选民", "参加投票") if self.stations else ("应到", "实到")

    @property
    def committee(self) -> str:
        """某某社区第三届居民委员会"""
        return f"{self.community}{self.term}{COMMITTEES[self.body]}"

    @property
    def election(self) -> str:
        """某某社区第三届居民委员会换届选举"""
        return f"{self.committee}换届选举"


@dataclass(frozen=True, kw_only=True)
class Paper:
    """Any paper: its heading, and the sheet it is printed on (A3 is for lists that are posted)."""

    heading: Heading
    size: Size = "A4"


@dataclass(frozen=True, kw_only=True)
class Notice(Paper):
    """A paper that is posted."""

    #: the rules it rests on, as the ruleset names them: 《…法》第…条和《…实施方案》; blank: not printed
    basis: str = ""
    #: whom to ask, where: 选举领导小组办公室,电话…
    contact: str = ""
    remarks: tuple[str, ...] = ()

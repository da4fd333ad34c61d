"""Notices in one numbered series: each posted once, and corrected by another that takes its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from election.process.base import (
    PRESIDING,
    Act,
    Deed,
    Demand,
    Text,
    Words,
    catalogued,
)
from election.process.facts import Election, Notice
from election.process.world import World

#: kind of notice -> step it belongs to
NOTICES = {
    "roll_notice": "roll",
    "roll_correction": "roll",
    "seats_notice": "seats",
    "representatives": "representatives|households",
    "delegates": "assembly",
    "prospective_list": "prospective",
    "official_list": "official",
    "polling_notice": "prepare",
    "staff_notice": "prepare",
    "proxy_list": "prepare",
    "result_notice": "ballot|hands",
    "correction_notice": "",
}

#: kinds of papers that name people who stand there only as members or voters, whoever seals them: what is left of them is
#: destroyed with the personal data (``retention.destroy``). All others stay for good: candidates, the elected, results,
#: tallies, certificates, filings, who worked at the count. A correction is of the kind that it corrects
LISTS = frozenset(
    {
        "roll_notice",
        "roll_correction",
        "member_roll",
        "representatives",
        "delegates",
        "proxy_list",
        "proxy_certificate",
        "visit_list",
        "sign_in_sheet",
        "attendance",
        "slip",
        "objection_slip",
    }
)


@catalogued
class PostNotice(Act):
    """A notice is posted, numbered in one series; a correction is a new notice that supersedes number N."""

    code: ClassVar[str] = "notice.post"
    who: ClassVar[frozenset[str]] = PRESIDING
    any_time: ClassVar[bool] = True

    kind: Literal[
        "roll_notice",
        "roll_correction",
        "seats_notice",
        "representatives",
        "delegates",
        "prospective_list",
        "official_list",
        "polling_notice",
        "staff_notice",
        "proxy_list",
        "result_notice",
        "correction_notice",
    ]
    place: Text = Field(min_length=1)
    supersedes: int | None = None
    reason: Words = ""

    def guard(self, world: World, deed: Deed) -> Iterator[Demand]:
        facts = world.election
        yield Demand("notice.paper", bool(deed.papers))
        if self.supersedes is not None:
            standing = {n.number for n in facts.notices if n.stands}
            yield Demand("notice.stands", self.supersedes in standing, {"number": self.supersedes})
            yield Demand("act.reason", bool(self.reason))
        else:
            already = facts.posted(self.kind) if self.kind not in ("roll_correction", "correction_notice") else None
            yield Demand("notice.once", already is None, {"number": already.number if already else 0})
        ready, act = self._ready(facts)
        yield Demand(f"notice.ready.{self.kind}", ready, act=act)

    def meets_deadline(self) -> bool:
        return self.kind in ("roll_notice", "official_list") and self.supersedes is None

    def _ready(self, facts: Election) -> tuple[bool, str]:
        """What must be known before this list can be posted, and the act that makes it known."""
        table = {
            "roll_notice": (facts.roll.closed, "roll.close_registration"),
            "roll_correction": (facts.posted("roll_notice") is not None, "notice.post"),
            "seats_notice": (facts.seats_fixed, "seats.fix"),
            "representatives": (facts.representatives_closed, "representatives.fix"),
            "delegates": (bool(facts.delegates), "delegates.elect"),
            "prospective_list": (bool(facts.prospective), "nomination.prospective"),
            "official_list": (facts.official_fixed, "official.fix"),
            "polling_notice": (facts.polling_fixed, "prepare.stations" if facts.at_stations else "prepare.place"),
            "staff_notice": (bool(facts.staff), "prepare.staff"),
            "proxy_list": (bool(facts.proxies), "proxy.grant"),
            "result_notice": (any(r.answer for r in facts.rounds), "result.announce"),
            "correction_notice": (self.supersedes is not None, "notice.post"),
        }
        return table[self.kind]

    def apply(self, world: World, deed: Deed) -> None:
        facts = world.election
        number = len(facts.notices) + 1
        for earlier in facts.notices:
            if earlier.number == self.supersedes:
                earlier.superseded_by = number
        # a correction takes the place of what it corrects, so that "posted" goes on being answered by the kind
        corrected = next((n.kind for n in facts.notices if n.number == self.supersedes), self.kind)
        kind = corrected if self.kind == "correction_notice" else self.kind
        sha256 = deed.papers[0]["sha256"] if deed.papers else ""
        facts.notices.append(
            Notice(number, kind, deed.occurred_on, facts.community, self.place, sha256, self.supersedes, seq=deed.seq)
        )

"""The steps that somebody must sign (✍ in the description of a turnover), and who signs each, against the catalogue."""

from __future__ import annotations

import pytest

from election.process.base import ACTS, Role, expand

CHAIR, LEAD, STREET, DISTRICT = Role.COMMITTEE_CHAIR, Role.LEADING_CHAIR, Role.STREET, Role.ORGANISATION
TELLER, SCRUTINEER, PRESIDER = Role.TELLER, Role.SCRUTINEER, Role.PRESIDER

#: step -> (act that is signed, one who signs it)
MILESTONES = [
    ("party.roll", "roll.fix", CHAIR),
    ("party.prospective", "nomination.prospective", CHAIR),
    ("party.prospective", "nomination.report", CHAIR),
    ("party.nominate_approve", "nomination.study", STREET),
    ("party.nominate_approve", "nomination.decide", DISTRICT),
    ("party.prepare", "prepare.ballots", CHAIR),
    ("party.prepare", "prepare.complete", CHAIR),
    ("party.ballot", "tally.open_box", SCRUTINEER),
    ("party.ballot", "tally.commit", TELLER),
    ("party.ballot", "tally.sign", TELLER),
    ("party.ballot", "tally.sign", SCRUTINEER),
    ("party.ballot", "result.announce", PRESIDER),
    ("party.consent", "consent.decide", STREET),
    ("party.plenary", "plenary.elect", SCRUTINEER),
    ("party.approve", "approve.submit", STREET),
    ("party.approve", "approve.decide", DISTRICT),
    ("party.approve", "approve.appoint", STREET),
    ("residents.seats", "seats.fix", LEAD),
    ("residents.roll", "roll.fix", LEAD),
    ("residents.roll", "objection.decide", LEAD),
    ("residents.representatives", "representatives.fix", LEAD),
    ("residents.prospective", "nomination.prospective", LEAD),
    ("residents.assess", "nomination.study", STREET),
    ("residents.assess", "nomination.decide", DISTRICT),
    ("residents.official", "official.fix", LEAD),
    ("residents.prepare", "prepare.complete", LEAD),
    ("residents.ballot", "tally.sign", TELLER),
    ("residents.ballot", "tally.sign", SCRUTINEER),
    ("residents.ballot", "result.announce", LEAD),
    ("residents.hands", "hands.record", PRESIDER),
    ("residents.hands", "hands.sign", SCRUTINEER),
    ("residents.council", "council.elect", PRESIDER),
    ("residents.certify", "certify.issue", STREET),
    ("residents.file", "file.submit", STREET),
    ("handover", "handover.sign", Role.OUTGOING),
    ("handover", "handover.sign", Role.INCOMING),
    ("handover", "handover.sign", STREET),
    ("inspection", "inspection.record", STREET),
    ("inspection", "inspection.record", DISTRICT),
    ("archive", "archive.seal", CHAIR),
]


@pytest.mark.parametrize(("step", "code", "role"), MILESTONES, ids=lambda x: str(x))
def test_a_milestone_is_signed_by_whom_the_description_says(step: str, code: str, role: Role) -> None:
    act = ACTS[code]
    assert act.signed, f"{step}: {code} asks for no signature"
    assert role in expand(act.who, step.split(".")[0]), f"{step}: {role} may not do {code}"


def test_what_destroys_or_vouches_is_signed_too() -> None:
    assert all(ACTS[code].signed for code in ("retention.destroy", "office.vouch", "later.record", "step.reopen"))

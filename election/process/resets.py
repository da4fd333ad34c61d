"""What is asked again when a step is reopened."""

from __future__ import annotations

from collections.abc import Callable

from election.process.facts import Election, Meeting


def withdraw_notice(facts: Election, *kinds: str) -> None:
    """What was posted does not stand any more; what takes its place is posted as a new notice."""
    for notice in facts.notices:
        if notice.kind in kinds and notice.stands:
            notice.withdrawn = True


def _reset_seats(facts: Election) -> None:
    facts.seats_fixed = False
    withdraw_notice(facts, "seats_notice")


def _reset_electorate(facts: Election) -> None:
    facts.chosen_electorate = ""


def _reset_representatives(facts: Election) -> None:
    facts.representatives_closed = False
    withdraw_notice(facts, "representatives")


def _reset_prospective(facts: Election) -> None:
    facts.agreed = facts.reported = False


def _reset_assess(facts: Election) -> None:
    facts.studied = facts.decided = False


def _reset_official(facts: Election) -> None:
    facts.official_fixed = False


def _reset_prepare(facts: Election) -> None:
    facts.prepared = facts.polling_fixed = False
    facts.rounds = [r for r in facts.rounds if r.answer is not None]
    if facts.official_fixed and facts.rounds:
        facts.rounds.append(facts.first_round())
    withdraw_notice(facts, "polling_notice")


def _reset_meeting(facts: Election) -> None:
    if facts.meetings and facts.meetings[-1].opened_on is not None:
        facts.meetings.append(Meeting(facts.meetings[-1].attempt + 1))


def _reset_ballot(facts: Election) -> None:
    facts.elected.clear()
    facts.closed_vacant.clear()
    withdraw_notice(facts, "result_notice")


def _reset_consent(facts: Election) -> None:
    facts.result_reported = facts.consented = False


def _reset_plenary(facts: Election) -> None:
    facts.plenary = None


def _reset_approve(facts: Election) -> None:
    facts.submitted = facts.approved = facts.appointed = False


def _reset_council(facts: Election) -> None:
    facts.council = None


def _reset_certify(facts: Election) -> None:
    facts.certified.clear()


RESETS: dict[str, Callable[[Election], None]] = {
    "seats": _reset_seats,
    "electorate": _reset_electorate,
    "representatives": _reset_representatives,
    "households": _reset_representatives,
    "prospective": _reset_prospective,
    "assess": _reset_assess,
    "nominate_approve": _reset_assess,
    "official": _reset_official,
    "prepare": _reset_prepare,
    "meeting": _reset_meeting,
    "ballot": _reset_ballot,
    "hands": _reset_ballot,
    "consent": _reset_consent,
    "plenary": _reset_plenary,
    "approve": _reset_approve,
    "council": _reset_council,
    "certify": _reset_certify,
}

"""What a ruleset may say: every key, what its value looks like, and whether it decides an election.

A deciding key is one that can change who is elected, who may vote or whether an election stands; a real campaign does
not start while one of them rests on memory or assumption. The words for people are in ``words/sentences/law.toml``
under ``ruleset.KEY``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from election.faults import WrongInput
from election.law.dates import day
from election.law.majority import share, threshold

Plain = str | int | bool


@dataclass(frozen=True, slots=True)
class Key:
    """``check`` returns nothing and raises WrongInput with the mend.

    A ``fixed`` key has one value that this program carries out: what stands there is not read, only whence it comes.
    """

    check: Callable[[object], None]
    decides: bool = False
    fixed: bool = False


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise WrongInput("must be a text in quotes")
    return value


def _name(value: object) -> None:
    _text(value)


def _threshold(value: object) -> None:
    threshold(_text(value))


def _share(value: object) -> None:
    share(_text(value))


def _flag(value: object) -> None:
    if not isinstance(value, bool):
        raise WrongInput("must be true or false")


def _date(value: object) -> None:
    try:
        day(_text(value))
    except (ValueError, WrongInput):
        raise WrongInput('must be a date in quotes, "YYYY-MM-DD"') from None


def _whole(least: int) -> Callable[[object], None]:
    def check(value: object) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= 1_000_000:
            raise WrongInput("must be a whole number of at least {least}", least=least)

    return check


def _signed(value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not -1000 <= value <= 1000:
        raise WrongInput("must be a whole number of days, at most 1000")


def _one_of(*choices: str) -> Callable[[object], None]:
    def check(value: object) -> None:
        if value not in choices:
            raise WrongInput("must be one of {choices}", choices=", ".join(choices))

    return check


def _never(value: object) -> None:
    if value is not False:
        raise WrongInput("can only be false")


def _only(choice: str, *, decides: bool = True) -> Key:
    return Key(_one_of(choice), decides, fixed=True)


_MEETINGS = ("assembly", "plenary", "council")
_EDUCATION = _one_of("primary", "junior_secondary", "senior_secondary", "college", "bachelor", "master")
_STAFF = _one_of("refuse", "warn", "allow")

#: departments whose opinion a joint vetting asks (Q-01), and grounds of the negative lists (Q-03)
DEPARTMENTS = (
    "discipline", "organisation", "publicity", "politics_law", "police", "procuratorate", "court", "justice",
    "petitions", "health", "civil_affairs", "agriculture",
)  # fmt: skip
REASONS = (
    "disloyal", "criminal", "discipline_period", "illegal_activity", "vote_buying", "illegal_petition", "failed_duty",
    "misuse_of_funds", "illegal_building", "other",
)  # fmt: skip


def _some_of(*choices: str) -> Callable[[object], None]:
    """Several of these words, each once, with blanks between them."""

    def check(value: object) -> None:
        words = _text(value).split()
        if len(set(words)) != len(words) or not set(words) <= set(choices):
            raise WrongInput("must be some of {choices}, with blanks between them", choices=", ".join(choices))

    return check


KEYS: Mapping[str, Key] = {
    **{f"quorum.{meeting}": Key(_threshold, True) for meeting in _MEETINGS},
    **{f"threshold.{meeting}": Key(_threshold, True) for meeting in _MEETINGS},
    **{f"base.{meeting}": Key(_one_of("present", "entitled", "returned"), True) for meeting in _MEETINGS},
    #: what a meeting decides by vote beside the election: its method, its scrutineers, seats left open
    "meeting.majority": Key(_threshold, True),
    #: those asked who must agree to the presiding body's own list
    "nomination.agreement": Key(_threshold, True),
    "electorate": Key(_one_of("assembly", "representatives", "voters", "households"), True),
    #: the residents may prefer another of the three electorates
    "electorate_choice": Key(_flag, True),
    # candidates
    "margin.share": Key(_share, True),
    "margin.more_than_seats": Key(_flag, True),
    "margin.scope": _only("office"),
    "margin.equal_by_hands": Key(_flag, True),
    "nomination.joint_voters": Key(_whole(1), True),
    "nomination.joint_households": Key(_whole(1), True),
    "candidate.head.max_age": Key(_whole(18)),
    "candidate.head.min_education": Key(_EDUCATION),
    "candidate.public_deputy.max_age": Key(_whole(18), True),
    "candidate.public_deputy.min_education": Key(_EDUCATION, True),
    "candidate.public_deputy.permanent_resident": Key(_flag, True),
    "joint_vetting": Key(_flag),
    "vetting.departments": Key(_some_of(*DEPARTMENTS)),
    "vetting.reasons": Key(_some_of(*REASONS)),
    **{f"assess.{kind}": Key(_flag) for kind in ("term", "evaluation", "inspection")},
    #: most residents or groups asked must agree to the prospective list
    "prospective.agreement": Key(_flag, True),
    "prospective.days_before": Key(_whole(0)),
    "prospective.window_days": Key(_whole(0)),
    "official.days_before": Key(_whole(0), True),
    # counting
    "over_mark.voids": Key(_one_of("ballot", "contest"), True),
    "blank_ballot": Key(_one_of("abstention", "invalid"), True),
    "write_in.allowed": Key(_flag, True),
    "write_in.needs_against": Key(_flag, True),
    "carry_down": Key(_flag, True),
    "one_post_each": Key(_flag, True),
    "returned.at_most": _only("issued"),
    "issued.at_most": _only("present"),
    "struck.electable": Key(_never, True, fixed=True),
    "require.rule": _only("held"),
    "tie.rule": _only("revote"),
    "second_round.rule": Key(_one_of("threshold", "most_votes"), True),
    "second_round.floor": Key(_share, True),
    "rounds.last": Key(_whole(0), True),
    "hands.allowed": Key(_flag, True),
    "proxy.allowed": Key(_flag, True),
    "proxy.max_held": Key(_whole(0), True),
    "proxy.near_relatives": Key(_flag, True),
    "proxy.written": Key(_flag),
    "proxy.away_only": Key(_flag, True),
    "proxy.candidate_holds": Key(_flag, True),
    "proxy.days_before": Key(_whole(0), True),
    # stations
    "station.staff_min": Key(_whole(1)),
    "mobile_box.allowed": Key(_flag, True),
    "mobile_box.staff_min": Key(_whole(1)),
    "mobile_box.days_before": Key(_whole(0)),
    #: a box with fewer ballots is mixed into another before anybody counts it
    "boxes.count_min": Key(_whole(1)),
    # seats, delegates, representatives
    "seats.odd": Key(_flag, True),
    #: among the deputies one community policeman and one with tertiary education
    "seats.deputy_composition": Key(_flag),
    "seats.min": Key(_whole(1), True),
    "seats.max": Key(_whole(1), True),
    "seats.branch.over_members": Key(_whole(0), True),
    **{
        f"seats.{form}.{bound}": Key(_whole(1), True)
        for form in ("branch", "general_branch", "committee")
        for bound in ("normal_min", "normal_max", "max")
    },
    "delegates.above_members": Key(_whole(0), True),
    "delegates.min": Key(_whole(1), True),
    "delegates.max": Key(_whole(1), True),
    "representatives.per_group_min": Key(_whole(1), True),
    "representatives.per_group_max": Key(_whole(1), True),
    "representatives.households_min": Key(_whole(1), True),
    "representatives.households_max": Key(_whole(1), True),
    "representatives.per_unit_min": Key(_whole(0), True),
    "representatives.per_unit_max": Key(_whole(0), True),
    "representatives.total_min": Key(_whole(1)),
    "representatives.total_max": Key(_whole(1)),
    "representatives.residents_share": Key(_threshold, True),
    # the roll
    "age.min": Key(_whole(0), True),
    "residence.min_days": Key(_whole(0), True),
    "roll.days_before": Key(_whole(0), True),
    "objection.window_days": Key(_whole(0), True),
    "objection.answer_days": Key(_whole(0)),
    # people and offices
    "staff.candidate": _only("refuse"),
    "staff.relatives": Key(_STAFF),
    #: near relatives among those who stand for one committee, and in the body that presides or beside a candidate
    "members.relatives": Key(_STAFF),
    "presiding.relatives": Key(_STAFF),
    "presiding.candidate_leaves": Key(_flag, True),
    #: what the body that presides is called
    "presiding.name": Key(_name),
    "authority.assess": _only("street", decides=False),
    #: the party's organisation, or the body that presides
    "authority.candidates": Key(_one_of("organisation", "leading_group")),
    "authority.postpone": Key(_one_of("street", "organisation")),
    #: the party's results go to the organisation department, the others to civil affairs (``consistency``)
    "authority.result": Key(_one_of("organisation", "civil_affairs")),
    # time
    "calendar.reading": Key(_one_of("inclusive", "strict")),
    "handover.days": Key(_whole(0)),
    "postpone.max_days": Key(_whole(0)),
    "term.years": Key(_whole(1)),
    **{f"plan.{name}": Key(_date) for name in ("window_from", "window_to", "election_day")},
    **{f"plan.{phase}_{end}": Key(_date) for phase in ("prepare", "elect", "accept") for end in ("from", "to")},
    # papers
    "names.single_given": Key(_one_of("first", "plain")),
    "retention.ballots_years": Key(_whole(0)),
    "retention.files_years": Key(_whole(0)),
    "retention.personal_years": Key(_whole(0)),
}

#: ``calendar.days.STEP``: the day a step is planned for, counted back from the election day (negative: after it)
PLANNED = "calendar.days."


def key_of(name: str) -> Key | None:
    """The meaning of a key, or None where a ruleset may not say it."""
    if name.startswith(PLANNED):
        return Key(_signed)
    return KEYS.get(name)

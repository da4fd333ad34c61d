"""What an act's form offers at this point of this election: who can be chosen, which offices, which numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from election.acts.order import group_key
from election.process.after import ReopenStep
from election.process.approval import Decision
from election.process.base import Act
from election.process.facts import Candidate, Election, Notice, Objection
from election.process.relatives import RELATIONS
from election.process.representatives import OFFICES
from election.process.stations import mobile_box
from election.process.steps import full_names, is_done
from election.process.world import World
from election.store.database import Store
from election.web.committee import links
from election.web.committee.people import Roll
from election.web.forms import Found, Offer
from election.web.words import _, language, step_title
from election.words import acts as said
from election.words import sentence

#: notices by the body that posts them; a correction is made from the notice that it corrects
NOTICES = {
    "party": ("delegates", "prospective_list", "polling_notice", "staff_notice", "result_notice"),
    "residents": (
        "seats_notice", "roll_notice", "roll_correction", "representatives", "prospective_list", "official_list",
        "polling_notice", "staff_notice", "proxy_list", "result_notice",
    ),
}  # fmt: skip
#: who may be named although the roll does not have them: staff from elsewhere, a community policeman (S-02)
STRANGERS = {"prepare.staff": frozenset({"person"}), "nomination.propose": frozenset({"person"})}


def offer(store: Store, world: World, act: type[Act]) -> Offer:
    """The offer of one act of an election."""
    roll = Roll(store, world)
    facts = world.election
    make = TABLE.get(act.code)
    more = make(world, roll) if make is not None else {}
    if issubclass(act, Decision):
        more = {"people": {"persons": _elected(facts)}}
    return Offer(find=roll.find, known=roll.known, strangers=STRANGERS.get(act.code, frozenset()), **more)


def _candidates(candidates: Iterable[Candidate], facts: Election) -> list[Found]:
    offices = {c.id: c.office for c in facts.contests}
    found: dict[str, Found] = {}
    for c in candidates:
        found.setdefault(c.person, Found(c.person, c.name, offices.get(c.office, "")))
    return list(found.values())


def _elected(facts: Election, leave_out: Iterable[str] = ()) -> list[Found]:
    offices = {c.id: c.office for c in facts.contests}
    out = set(leave_out)
    return [Found(p, facts.names.get(p, ""), offices.get(o, "")) for p, o in facts.elected.items() if p not in out]


def _offices(facts: Election) -> list[tuple[str, str]]:
    return [(c.id, _("{office}（应选 {seats} 人）", office=c.office, seats=c.seats)) for c in facts.contests]


Row = dict[str, Any]


def _propose(world: World, roll: Roll) -> Row:
    facts = world.election
    hidden = {"permanent_resident", "police", "public"} if facts.body == "party" else set()
    return {"options": {"office": _offices(facts)}, "hidden": frozenset(hidden)}


def _withdraw_proposal(world: World, roll: Roll) -> Row:
    facts = world.election
    return {
        "people": {"person": _candidates(facts.proposed.values(), facts)},
        "options": {"office": _offices(facts)},
    }


def _prospective(world: World, roll: Roll) -> Row:
    facts = world.election
    hidden = frozenset() if facts.law.get("hands.allowed") else frozenset({"method"})
    return {
        "people": {"candidates.person": _candidates(facts.proposed.values(), facts)},
        "options": {"candidates.office": [(c.id, c.office) for c in facts.contests]},
        "hidden": hidden,
    }


def _assess(world: World, roll: Roll) -> Row:
    return {"people": {"person": _candidates(world.election.prospective, world.election)}}


def _standing(world: World, roll: Roll) -> Row:
    facts = world.election
    standing = [c for c in [*facts.prospective, *facts.official] if not c.struck]
    return {"people": {"person": _candidates(standing, facts)}}


def _seats(world: World, roll: Roll) -> Row:
    facts = world.election
    if facts.body == "party":
        hidden = {"meeting_on", "meeting_present", "offices.public", "offices.police", "offices.tertiary"}
        forms = ("branch", "general_branch", "committee", "no_committee")
        options = [(f, said.option_label("seats.fix", "form", f, language())) for f in forms]
        return {
            "options": {"form": options},
            "hidden": frozenset(hidden),
            "suggestions": {"offices.office": ("委员", "书记", "副书记")},
        }
    return {"fixed": {"form": "residents"}, "suggestions": {"offices.office": tuple(OFFICES)[:3]}}


def _groups(world: World) -> tuple[str, ...]:
    return tuple(sorted(filter(None, world.election.roll.groups), key=group_key))


def _representatives(world: World, roll: Roll) -> Row:
    return {"suggestions": {"group": _groups(world)}}


def _leaves_representatives(world: World, roll: Roll) -> Row:
    listed = [Found(r.person, r.name, r.group) for r in world.election.representatives.values()]
    return {"people": {"leaves": listed}}


def _lead(world: World, roll: Roll) -> Row:
    return {"suggestions": {"members.group": _groups(world)}}


def _leaves_lead(world: World, roll: Roll) -> Row:
    return {"people": {"leaves": [Found(p, name) for p, name in world.election.presiding.items()]}}


def _stations(world: World) -> list[tuple[str, str]]:
    return [(name, name) for name in world.election.stations]


def _fixing(world: World, roll: Roll) -> Row:
    return {"options": {"stations.groups": [(group, group) for group in _groups(world)]}}


def _vetting(world: World, roll: Roll) -> Row:
    facts, rules = world.election, world.election.law
    departments, grounds = (str(rules.value(f"vetting.{name}")).split() for name in ("departments", "reasons"))
    return {
        "people": {"person": _candidates(facts.prospective, facts)},
        "options": {
            "opinions.department": [(d, sentence(f"department:{d}", language=language())) for d in departments],
            "opinions.ground": [("", _("无")), *((g, sentence(f"ground:{g}", language=language())) for g in grounds)],
        },
    }


def _revoke(world: World, roll: Roll) -> Row:
    facts = world.election
    given = [Found(p, facts.names.get(p, ""), facts.names.get(proxy, "")) for p, proxy in facts.proxies.items()]
    return {"people": {"principal": given}}


def _visits(world: World, roll: Roll) -> Row:
    asked = [(str(n), _("第 {number} 号", number=n)) for n in world.election.visits]
    return {"options": {"number": asked}}


def _opening(world: World, roll: Roll) -> Row:
    this = world.election.round
    polls = this.polls if this is not None else {}
    return {"options": {"station": [(n, w) for n, w in _stations(world) if n not in polls]}}


def _closing(world: World, roll: Roll) -> Row:
    this = world.election.round
    open_ones = {n for n, p in this.polls.items() if not p.closed} if this is not None else set()
    return {"options": {"station": [(n, w) for n, w in _stations(world) if n in open_ones]}}


def _mixing(world: World, roll: Roll) -> Row:
    facts, this = world.election, world.election.round
    boxes = this.boxes if this is not None else []
    into = [b for b in boxes if not mobile_box(facts, b)]
    return {"options": {"box": [(b, b) for b in boxes], "into": [(b, b) for b in into]}}


def _relatives(world: World, roll: Roll) -> Row:
    """The kinds of near relatives; who they are is anybody of the roll."""
    kinds = [(r, sentence(f"relation:{r}", language=language())) for r in RELATIONS]
    return {"options": {"relation": kinds}}


def _appoint(world: World, roll: Roll) -> Row:
    if not world.election.at_stations:
        return {"hidden": frozenset({"station"})}
    return {"options": {"station": [("", _("计票现场")), *_stations(world)]}}


def _boxes(world: World, roll: Roll) -> Row:
    if not world.election.at_stations:
        return {"hidden": frozenset({"boxes.station"})}
    return {"options": {"boxes.station": _stations(world)}, "hidden": frozenset({"boxes.mobile"})}


def _staff(world: World, roll: Roll) -> Row:
    named = {s.person: s for s in world.election.staff}
    return {"people": {"person": [Found(s.person, s.name, said.role_name(s.role, language())) for s in named.values()]}}


def _readmit(world: World, roll: Roll) -> Row:
    excluded = [roll.known(p) or Found(p, p) for p in world.election.roll.excluded]
    return {"people": {"person": excluded}}


def _notice_words(notice: Notice) -> str:
    title = said.notice_title(notice.kind, language())
    return _("第 {number} 号 {title}（{on}）", number=notice.number, title=title, on=notice.posted_on)


def _notice(world: World, roll: Roll) -> Row:
    facts = world.election
    kinds = [(k, said.notice_title(k, language())) for k in NOTICES.get(facts.body, ())]
    standing = [(str(n.number), _notice_words(n)) for n in facts.notices if n.stands]
    return {"options": {"kind": kinds, "supersedes": [("", _("首次公布")), *standing]}}


def _decide_objection(world: World, roll: Roll) -> Row:
    facts = world.election
    waiting = [(str(o.number), _waiting(o, world)) for o in facts.objections.values() if o.decided_on is None]
    return {"options": {"objection": waiting}}


def _waiting(o: Objection, world: World) -> str:
    kind = said.option_label("objection.file", "kind", o.kind, language())
    due = links.answer_due(o.filed_on, world)
    if due is None:
        return _("第 {number} 号 {kind}，{filed}提出", number=o.number, kind=kind, filed=o.filed_on)
    return _("第 {number} 号 {kind}，{filed}提出，最迟{due}答复", number=o.number, kind=kind, filed=o.filed_on, due=due)


def _reopen(world: World, roll: Roll) -> Row:
    facts = world.election
    names = [n for s in sorted(ReopenStep.ALLOWED) for n in full_names(facts, s) if is_done(facts, n)]
    return {"options": {"step_name": [(n.split(".")[-1], step_title(n)) for n in names]}}


def _certify(world: World, roll: Roll) -> Row:
    facts = world.election
    return {"people": {"certificates.person": _elected(facts, facts.certified)}}


def _duties(world: World, roll: Roll) -> Row:
    return {"people": {"duties.person": _elected(world.election)}}


def _plenary(world: World, roll: Roll) -> Row:
    elected = _elected(world.election)
    return {"people": {"secretary.person": elected, "deputies.person": elected}}


def _later(world: World, roll: Roll) -> Row:
    return {"people": {"person": _elected(world.election)}}


TABLE: dict[str, Callable[[World, Roll], Row]] = {
    "nomination.propose": _propose,
    "nomination.withdraw": _withdraw_proposal,
    "nomination.prospective": _prospective,
    "assess.record": _assess,
    "candidate.withdraw": _standing,
    "seats.fix": _seats,
    "representatives.elect": _representatives,
    "representatives.change": _leaves_representatives,
    "lead.form": _lead,
    "lead.replace": _leaves_lead,
    "vetting.record": _vetting,
    "proxy.revoke": _revoke,
    "visit.drop": _visits,
    "prepare.stations": _fixing,
    "polling.open": _opening,
    "polling.close": _closing,
    "tally.mix": _mixing,
    "relatives.record": _relatives,
    "prepare.staff": _appoint,
    "prepare.boxes": _boxes,
    "prepare.dismiss": _staff,
    "roll.readmit": _readmit,
    "notice.post": _notice,
    "objection.decide": _decide_objection,
    "step.reopen": _reopen,
    "certify.issue": _certify,
    "division.record": _duties,
    "plenary.elect": _plenary,
    "later.record": _later,
}

"""What one election has, held against what its ruleset says: each number beside its rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from election import law
from election.acts.order import ranked
from election.process.demands import assess_kinds
from election.process.facts import Election
from election.process.result import circled
from election.process.world import World
from election.record.entry import Entry
from election.web.district.rules import Shown, shown
from election.web.words import _, day, language, sentence, step_title
from election.words import acts as said

#: fields of an act in which a reason stands
REASONS = ("reason", "late_reason", "exception_reason", "relative_reason")
#: acts that return something when they do not approve
RETURNING = ("nomination.decide", "consent.decide", "approve.decide", "file.acknowledge")


@dataclass(frozen=True)
class Compared:
    """One number of the election beside its rule; ``good`` is None where nothing is judged."""

    what: str
    has: str
    rule: Shown | None
    good: bool | None = None
    #: what the rule makes of this election's numbers: 至少 6 人
    needs: str = ""


def compared(world: World) -> list[Compared]:
    return [
        line for part in (_rolls, _seats, _representatives, _candidates, _notices, _meeting) for line in part(world)
    ]


def _rule(facts: Election, *keys: str) -> Shown | None:
    """The first of these keys that the ruleset has."""
    return next((shown(key, facts.law.values[key]) for key in keys if key in facts.law.values), None)


def _rolls(world: World) -> Iterator[Compared]:
    facts = world.election
    if facts.roll.imported:
        yield Compared(_("名册人数"), f"{facts.roll.registered:,}", _rule(facts, "age.min"))
        if facts.roll.excluded:
            yield Compared(_("不计入应到的党员"), str(len(facts.roll.excluded)), None)
    if facts.entitled:
        yield Compared(_("应到人数"), f"{facts.entitled:,}", _rule(facts, "electorate"))
    open_ones = len(facts.outstanding())
    if facts.objections:
        has = _("{count} 件，未办结 {open} 件", count=len(facts.objections), open=open_ones)
        yield Compared(_("异议"), has, _rule(facts, "objection.window_days"), open_ones == 0)


def _seats(world: World) -> Iterator[Compared]:
    facts = world.election
    if not facts.seats_fixed:
        return
    total = facts.seats()
    has = _("{total}（{parts}）", total=total, parts="，".join(f"{c.office} {c.seats}" for c in facts.contests))
    if facts.body == "party":
        form = facts.form
        keys = (f"seats.{form}.normal_max", f"seats.{form}.max")
        known = form in ("branch", "general_branch", "committee")
        found = law.check_seats(facts.law, total, form=form, members=facts.roll.registered) if known else ()  # type: ignore[arg-type]
    else:
        keys, found = ("seats.max", "seats.min"), law.check_seats(facts.law, total)
    needs = "；".join(sentence(f.code, f.params) for f in found)
    yield Compared(_("职数"), has, _rule(facts, *keys), not any(f.severity == "error" for f in found), needs)


def _representatives(world: World) -> Iterator[Compared]:
    facts = world.election
    if not facts.representatives:
        return
    total = len(facts.representatives)
    residents = sum(not r.unit for r in facts.representatives.values())
    if facts.electorate != "representatives":
        return  # one of every household: no law says how many
    usual, floor = law.total_limits(facts.law), law.residents_floor(facts.law, total)
    needs = _("一般 {least} 至 {most} 名", least=usual.least, most=usual.most)
    found = _rule(facts, "representatives.total_max")
    yield Compared(_("选民代表"), str(total), found, usual.hold(total) or None, needs)
    needs = _("至少 {count} 人", count=floor)
    found = _rule(facts, "representatives.residents_share")
    yield Compared(_("其中居民代表"), str(residents), found, residents >= floor, needs)


def _candidates(world: World) -> Iterator[Compared]:
    facts = world.election
    standing = facts.official or facts.prospective
    if not standing:
        return
    for contest in facts.contests:
        has = sum(c.office == contest.id and not c.struck for c in standing)
        needs = contest.seats if facts.method == "hands" else world.margin(contest.seats)
        yield Compared(
            _("候选人：{office}", office=contest.office),
            _("{has} 人", has=has),
            _rule(facts, law.margin_key(facts.law)),
            has >= needs,
            _("应选 {seats}，至少 {needs} 人", seats=contest.seats, needs=needs),
        )


def _notices(world: World) -> Iterator[Compared]:
    """When lists were posted, against the days before the election on which they must be."""
    facts, on = world.election, world.day
    for kind, key in (("roll_notice", "roll.days_before"), ("official_list", "official.days_before")):
        notice = facts.posted(kind)
        if notice is None:
            continue
        rule, days = _rule(facts, key), facts.law.get(key)
        last = on - timedelta(days=int(days)) if on is not None and days is not None else None
        needs = _("最迟{day}", day=last) if last is not None else ""
        in_time = None if last is None else notice.posted_on <= last
        title = said.notice_title(kind, language())
        yield Compared(_("公布{what}", what=title), day(notice.posted_on), rule, in_time, needs)


def _meeting(world: World) -> Iterator[Compared]:
    facts = world.election
    for meeting in facts.meetings:
        if meeting.present is None:
            continue
        rule = facts.law.threshold("quorum.assembly")
        needs = _("应到 {entitled}，至少 {needs} 人", entitled=facts.entitled, needs=rule.needed(facts.entitled))
        name = _("实到人数") if len(facts.meetings) == 1 else _("第 {number} 次会议实到", number=meeting.attempt)
        good = rule.met(meeting.present, facts.entitled)
        yield Compared(name, f"{meeting.present:,}", _rule(facts, "quorum.assembly"), good, needs)


# --- lists -------------------------------------------------------------------------------------------------------------


def candidates(facts: Election) -> list[tuple[str, list[list[str]]]]:
    """(office, rows of name, sex, age, schooling, marks) of those who stand."""
    standing = facts.official or facts.prospective
    found = []
    for contest in facts.contests:
        rows = [
            [
                c.name,
                {"male": _("男"), "female": _("女")}.get(c.sex, "—"),
                str(c.age) if c.age is not None else "—",
                said.option_label("nomination.propose", "education", c.education, language()) if c.education else "—",
                "、".join(
                    words
                    for words, is_so in ((_("连任人选"), c.sitting), (_("公选"), c.public), (_("已退出"), c.struck))
                    if is_so
                ),
            ]
            for c in standing
            if c.office == contest.id
        ]
        if rows:
            found.append((contest.office, rows))
    return found


def assessments(facts: Election) -> tuple[list[str], list[list[str]]]:
    """Heads and rows: each prospective candidate, each kind of assessment."""
    kinds: dict[str, None] = {}
    for c in facts.prospective:
        kinds.update(dict.fromkeys(assess_kinds(facts, c)))
    words = {True: _("合格"), False: _("不合格")}
    rows = [
        [
            c.name,
            *(
                words[c.assessed[k]] if k in c.assessed else (_("未做") if k in assess_kinds(facts, c) else "—")
                for k in kinds
            ),
        ]
        for c in facts.prospective
    ]
    return [_("姓名"), *(said.option_label("assess.record", "kind", k, language()) for k in kinds)], rows


@dataclass(frozen=True)
class Vote:
    """One person's line of a result, and why it is so."""

    name: str
    votes_for: int
    #: None where the ballot does not ask it
    against: int | None
    abstain: int | None
    elected: bool
    words: str
    article: str


@dataclass(frozen=True)
class Counted:
    """One contest of one round as it was announced."""

    title: str
    #: issued, returned, valid, invalid and what was needed: (words, number)
    numbers: Sequence[tuple[str, str]]
    votes: Sequence[Vote]
    #: thousandths of the bar's length at which the threshold stands, and the whole in votes
    needed: int
    base: int


def results(facts: Election) -> list[Counted]:
    """Every announced contest, the last round first."""
    found = []
    for this in reversed(facts.rounds):
        if this.answer is None:
            continue
        issued = (this.account or {}).get("issued")
        for contest in this.answer["contests"]:
            office = next((c.office for c in facts.contests if c.id == contest["id"]), contest["id"])
            title = office if this.number == 1 else _("{office}（第 {number} 轮）", office=office, number=this.number)
            numbers = [(_("发出"), str(issued))] if issued is not None else []
            numbers += [
                (_("收回"), str(contest["returned"])),
                (_("有效"), str(contest["valid"])),
                (_("无效"), str(contest["invalid"])),
                (_("当选须达"), str(contest["needed"])),
            ]
            votes = [_vote(v, facts) for v in ranked(contest["votes"], facts.law)]
            found.append(Counted(title, numbers, votes, contest["needed"], contest["base"]))
    return found


def _vote(line: Mapping[str, Any], facts: Election) -> Vote:
    why = line["why"]
    words = _("当选后未获同意") if line["candidate"] in facts.refused else sentence(why["code"], why["params"])
    elected = line["outcome"] == "elected" and line["candidate"] not in facts.refused
    return Vote(line["name"], line["for"], elected=elected, words=words, article=why["article"], **circled(line))


@dataclass(frozen=True)
class Told:
    """Something said with a reason: a warning answered, a late step, a return."""

    on: date
    what: str
    reason: str
    returned: bool = False


def told(found: Sequence[Entry]) -> list[Told]:
    """Reasons and returns of the record, the newest first."""
    lines = []
    for entry in found:
        on = date.fromisoformat(entry.occurred_on)
        returned = entry.act in RETURNING and entry.payload.get("approve") is False
        what = said.act_done(entry.act, language())
        if returned:
            target = str(entry.payload.get("target", ""))
            what = _("退回：{step}", step=step_title(entry.step))
            if target:
                what += f"（{said.option_label(entry.act, 'target', target, language())}）"
        for name in REASONS:
            reason = entry.payload.get(name)
            if isinstance(reason, str) and reason:
                lines.append(Told(on, what, reason, returned))
    return lines[::-1]

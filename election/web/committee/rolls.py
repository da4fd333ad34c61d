"""The roll: who is on it, found by name or pinyin, by group and by state; one person's page for the registrar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import abort, render_template, request, url_for

from election.acts.order import group_key
from election.names import identity
from election.names.writing import clean_name
from election.process.base import ACTS
from election.process.roll import REGISTRARS
from election.process.world import World
from election.store import people
from election.store.people import Listed
from election.web.access.policy import policy
from election.web.committee import blueprint, links
from election.web.committee.doing import crumbs
from election.web.committee.flow import Answer
from election.web.committee.home import WORKERS
from election.web.committee.people import SEXES, matches
from election.web.context import place, store
from election.web.words import _, language
from election.words import acts as said

PAGE = 50
STATES = {"registered": "已登记", "waiting": "已登记，待核对", "held": "暂不登记，待核对"}
#: states that wait for a registrar's look
LOOK = ("waiting", "held")
CATEGORIES = {"full": "正式党员", "probationary": "预备党员"}
HUKOU = {"local": "本社区", "elsewhere": "外地"}


@dataclass(frozen=True)
class Shown:
    """A person as a list shows them: the name, and a number that tells too little to be misused."""

    person: str
    name: str
    group: str
    sex: str
    number: str
    state: str
    words: str
    category: str
    excluded: bool
    #: why a registrar must look, in words
    reasons: tuple[str, ...]


def shown(person: Listed, world: World) -> Shown:
    resident = person.resident
    return Shown(
        person.person,
        resident.name,
        resident.group,
        _(SEXES[resident.sex]) if resident.sex in SEXES else "",
        identity.mask(resident.id_number) if resident.id_number else "—",
        person.status,
        _(STATES.get(person.status, person.status)),
        _(CATEGORIES[person.category]) if person.category in CATEGORIES else "",
        person.person in world.election.roll.excluded,
        tuple(reason(c) for c in person.codes),
    )


#: why a row waits, without the numbers of the file it came from
REASONS = {
    "no-id": "没有身份证号，凭户口簿核对",
    "sex-mismatch": "性别与身份证号不一致",
    "birth-mismatch": "出生日期与身份证号不一致",
    "same-name": "有同名的人，核对是两个人",
    "number-shared": "身份证号与另一姓名的人相同",
    "birthday-on-election-day": "选举日当天满年龄，核对出生日期",
    "no-residence-date": "外地户籍，没有居住起始日期",
    "moved-in": "由其他社区转入，核对小组和户号",
}


def reason(code: str) -> str:
    return _(REASONS.get(code, "须核对"))


def listed(world: World, statuses: Sequence[str], groups: Sequence[str] | None = None) -> list[Listed]:
    """People of the roll in the order people look for them: by group, then by name."""
    with store().read() as session:
        found = people.listed(store(), session, world.election.id, statuses=statuses, groups=groups)
    return sorted(found, key=lambda p: (group_key(p.resident.group), p.resident.name, p.person))


def slice_of(world: World, sizes: Mapping[str, int], statuses: Sequence[str], start: int) -> list[Listed]:
    """A page of groups of these sizes, from ``start``: only the groups that the page reaches into are decrypted."""
    reached: list[str] = []
    passed = before = 0
    for group in sorted(sizes, key=group_key):
        if before + sizes[group] <= start:
            passed = before + sizes[group]
        elif before < start + PAGE:
            reached.append(group)
        before += sizes[group]
    return listed(world, statuses, reached)[start - passed : start - passed + PAGE]


@blueprint.get("/<uuid:election>/roll")
@policy(at="election", roles=WORKERS)
def roll(election: Any) -> Answer:
    here = place()
    world = here.world
    wanted, group, state = (request.args.get(k, "").strip()[:60] for k in ("q", "group", "state"))
    with store().read() as session:
        census = people.census(session, world.election.id)
    statuses = tuple(STATES) if not state else LOOK if state == "look" else (state,)
    sizes: Counter[str] = Counter()
    for (of, status), count in census.items():
        if status in statuses and group in ("", of):
            sizes[of] += count
    named = None
    if wanted:
        named = [p for p in listed(world, statuses, list(sizes)) if matches(p, clean_name(wanted))]
    found = sizes.total() if named is None else len(named)
    pages = max(-(-found // PAGE), 1)
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    start = (page - 1) * PAGE
    people_shown = slice_of(world, sizes, statuses, start) if named is None else named[start : start + PAGE]
    registrar = here.role in REGISTRARS
    query = urlencode({"q": wanted, "group": group, "state": state}).replace("{", "%7B").replace("}", "%7D")
    return render_template(
        "web/committee/roll.html",
        people=[shown(p, world) for p in people_shown],
        found=found,
        page=page,
        pages=pages,
        address=f"{url_for('committee.roll', election=here.election)}?{query}&page={{page}}",
        wanted=wanted,
        group=group,
        state=state,
        groups=[
            ("", _("全部小组")),
            *((g, g) for g in sorted({of for of, _status in census if of}, key=group_key)),
        ],
        states=[("", _("全部")), *((k, _(v)) for k, v in STATES.items())],
        facts=world.election,
        waiting=sum(count for (_group, status), count in census.items() if status in LOOK),
        registrar=registrar,
        changeable=registrar and not world.election.roll.frozen,
        importable=registrar and not world.election.roll.closed and not world.election.roll.frozen,
        members=world.election.body == "party",
        crumbs=crumbs("", (title(world), "")),
        title=title(world),
    )


def title(world: World) -> str:
    return _("党员名册") if world.election.body == "party" else _("选民名册")


def one(person: str) -> Listed:
    """Somebody on this election's roll, removed or not; 404 for anybody else."""
    statuses = ("registered", "waiting", "held", "removed")
    with store().read() as session:
        found = people.listed(store(), session, place().election, persons=[person], statuses=statuses)
    if not found:
        abort(404)
    return found[0]


@blueprint.get("/<uuid:election>/roll/person/<uuid:person>")
@policy(at="election", roles=REGISTRARS)
def person(election: Any, person: Any) -> Answer:
    """What the roll says of one person, for who may change it."""
    here = place()
    chosen = one(str(person))
    resident = chosen.resident
    facts = here.world.election
    age = resident.age_on(here.world.day) if here.world.day else None
    rows = [
        (_("状态"), _("已删除") if chosen.status == "removed" else _(STATES[chosen.status])),
        (_("性别"), _(SEXES[resident.sex]) if resident.sex in SEXES else "—"),
        (_("身份证号"), resident.id_number or "—"),
        (_("出生日期"), resident.birth or "—"),
        (_("选举日年龄"), _("{age} 岁", age=age) if age is not None else "—"),
        (_("居民小组"), resident.group or "—"),
        (_("户号"), resident.household or "—"),
        (_("住址"), resident.address or "—"),
        (_("户籍"), _(HUKOU[resident.hukou]) if resident.hukou in HUKOU else "—"),
        (_("居住起始日期"), resident.residence_from or "—"),
        (_("电话"), resident.phone or "—"),
        (_("备注"), resident.notes or "—"),
    ]
    if facts.body == "party":
        rows.insert(1, (_("党员类别"), _(CATEGORIES.get(chosen.category, "—"))))
    ground = facts.roll.excluded.get(chosen.person)
    if ground is not None:
        words = said.option_label("roll.exclude", "ground", ground, language())
        rows.insert(1, (_("不计入应到人数"), words))
    doable = not facts.roll.frozen and chosen.status != "removed"
    exclude = ""
    if facts.body == "party" and doable and chosen.category != "probationary":
        code = "roll.readmit" if ground is not None else "roll.exclude"
        if links.may(ACTS[code], here.world, here.role):
            exclude = links.form_address(code, here.world, person=chosen.person)
    return render_template(
        "web/committee/person.html",
        chosen=shown(chosen, here.world),
        rows=rows,
        doable=doable,
        exclude=exclude,
        excluded=ground is not None,
        crumbs=crumbs("", (title(here.world), url_for("committee.roll", election=here.election)), (resident.name, "")),
    )

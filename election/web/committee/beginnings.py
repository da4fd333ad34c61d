"""What stands in an act's form before anybody types: rows for the offices, those elected, what is handed over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from election.process.base import Act
from election.process.stations import mobile_box
from election.process.world import World
from election.web.typed import Typed
from election.web.words import _

HANDED_OVER = ("stamps", "offices", "accounts", "assets", "files", "debts", "open_matters")


def beginning(world: World, act: type[Act]) -> Typed:
    """The first content of an act's form."""
    make = TABLE.get(act.code)
    return make(world) if make is not None else Typed()


def _rows(name: str, rows: Iterable[dict[str, str]]) -> Typed:
    typed = Typed()
    for row in rows:
        typed.add_row(name, row)
    return typed


def _seats(world: World) -> Typed:
    facts = world.election
    if facts.contests:  # taken up again: as it was fixed before
        return _rows(
            "offices",
            (
                {"office": c.office, "seats": str(c.seats), "public": str(c.public) if c.public else ""}
                for c in facts.contests
            ),
        )
    names = ("委员",) if facts.body == "party" else ("主任", "副主任", "委员")
    return _rows("offices", ({"office": n} for n in names))


def _prospective(world: World) -> Typed:
    return _rows("candidates", ({"person": c.person, "office": c.office} for c in world.election.prospective))


def _certificates(world: World) -> Typed:
    facts = world.election
    return _rows("certificates", ({"person": p} for p in facts.elected if p not in facts.certified))


def _duties(world: World) -> Typed:
    return _rows("duties", ({"person": p} for p in world.election.elected))


def _handover(world: World) -> Typed:
    return _rows("items", ({"kind": kind} for kind in HANDED_OVER))


def _points(world: World) -> Typed:
    body = world.election.body
    points = (
        (_("党员名册"), _("候选人产生与差额"), _("会议与投票"), _("审批"), _("交接"))
        if body == "party"
        else (_("选民登记与公布"), _("候选人产生与差额"), _("会议与投票"), _("计票与公布"), _("交接"))
    )
    return _rows("points", ({"point": p} for p in points))


def _place(world: World) -> Typed:
    return Typed() if world.day is None else Typed({"on": [world.day.isoformat()]})


def _stations(world: World) -> Typed:
    facts = world.election
    typed = _place(world)
    rows: list[dict[str, str | Sequence[str]]] = [
        {"name": s.name, "place": s.place, "hours": s.hours, "groups": s.groups}
        | ({"mobile": "yes"} if s.mobile else {})
        for s in facts.stations.values()
    ]
    if not rows:
        rows = [{"name": _("中心投票站"), "groups": [g for g in facts.roll.groups if g]}]
        if facts.law.get("mobile_box.allowed"):
            rows.append({"name": _("流动票箱"), "mobile": "yes"})
    for row in rows:
        typed.add_row("stations", row)
    return typed


def _opinions(world: World) -> Typed:
    departments = str(world.election.law.value("vetting.departments")).split()
    return _rows("opinions", ({"department": d, "clear": "yes"} for d in departments))


def _polling(world: World) -> Typed:
    """A station and its ballots as many as it has voters, while there are enough."""
    facts, this = world.election, world.election.round
    if this is None:
        return Typed()
    name = next((s for s in facts.stations if s not in this.polls), "")
    return Typed({"station": [name]}) if name else Typed()


def _closing(world: World) -> Typed:
    this = world.election.round
    name = next((s for s, p in this.polls.items() if not p.closed), "") if this is not None else ""
    return Typed({"station": [name], "by_proxy": ["0"], "spoiled": ["0"]}) if name else Typed()


def _mixing(world: World) -> Typed:
    facts, this = world.election, world.election.round
    carried = [b for b in this.boxes if mobile_box(facts, b)] if this is not None else []
    return Typed({"box": carried[:1]}) if carried else Typed()


def _boxes(world: World) -> Typed:
    if world.election.at_stations:
        names = enumerate(world.election.stations, 1)
        return _rows("boxes", ({"id": _("{number}号票箱", number=n), "station": station} for n, station in names))
    return _rows("boxes", ({"id": _("{number}号票箱", number=1)},))


def _lead(world: World) -> Typed:
    groups = list(world.election.roll.groups) or [""]
    return _rows("members", ({"group": g} for g in groups[:30]))


def _elected(world: World) -> Typed:
    return _rows("elected", ({} for _row in range(3)))


TABLE: dict[str, Callable[[World], Typed]] = {
    "seats.fix": _seats,
    "nomination.prospective": _prospective,
    "certify.issue": _certificates,
    "division.record": _duties,
    "handover.list": _handover,
    "inspection.record": _points,
    "prepare.place": _place,
    "prepare.stations": _stations,
    "vetting.record": _opinions,
    "polling.open": _polling,
    "polling.close": _closing,
    "tally.mix": _mixing,
    "prepare.boxes": _boxes,
    "lead.form": _lead,
    "representatives.elect": _elected,
    "delegates.elect": _elected,
}

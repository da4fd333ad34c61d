"""The record of one election: minutes, each entry opened into its bytes and signatures, the bundle to take away."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from flask import abort, make_response, render_template, request, url_for

from election.acts import archive
from election.faults import WrongInput
from election.process.base import Role
from election.process.machine import SHANGHAI
from election.process.world import World
from election.record.statement import Statement, subject_of, verify
from election.store import places
from election.store.checked import Check, check
from election.store.database import Store
from election.store.reading import posted
from election.store.worlds import entries
from election.web.access.policy import COMMITTEE, LEADING, OVERSEERS, policy
from election.web.committee import blueprint, minutes
from election.web.committee.doing import crumbs
from election.web.committee.flow import Answer
from election.web.committee.home import READERS
from election.web.context import place, real_now, store
from election.web.words import _, day, fault, moment, role_name, step_title

PAGE = 50
#: who may take the whole record away
TAKERS = COMMITTEE | LEADING | OVERSEERS | {Role.OBSERVER}


@blueprint.app_template_filter("shanghai")
def shanghai(instant: datetime | str) -> str:
    """12-04 09:31, as the clock in the office shows it."""
    at = datetime.fromisoformat(instant.replace("Z", "+00:00")) if isinstance(instant, str) else instant
    return at.astimezone(SHANGHAI).strftime("%m-%d %H:%M")


@blueprint.app_template_filter("written_moment")
def written_moment(iso: str) -> str:
    """With its year: an entry is read after years."""
    return moment(datetime.fromisoformat(iso.replace("Z", "+00:00")))


@blueprint.app_template_filter("written_day")
def written_day(iso: str) -> str:
    return day(date.fromisoformat(iso))


@blueprint.app_template_filter("groupby_day")
def groupby_day(lines: Iterable[minutes.Line]) -> list[tuple[str, list[minutes.Line]]]:
    """Neighbouring entries of one day under that day, in the order given."""
    return [(on, list(group)) for on, group in groupby(lines, key=lambda line: line.day)]


def checked(store: Store, world: World, log: str) -> Check:
    with store.read() as session:
        return check(store, session, places.log(session, log, "election"), world.office.name or "server")


@blueprint.get("/<uuid:election>/record")
@policy(at="election", roles=READERS)
def record(election: Any) -> Answer:
    here = place()
    step, role = request.args.get("step", ""), request.args.get("role", "")
    check = checked(store(), here.world, here.log)
    every = check.entries
    found = [e for e in reversed(every) if (not step or e.step == step) and (not role or e.actor["role"] == role)]
    pages = max(-(-len(found) // PAGE), 1)
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    steps = list(dict.fromkeys(e.step for e in every))
    actors = {str(e.actor["role"]) for e in every}
    with store().read() as session:
        lines = minutes.lines(store(), session, here.world, found[(page - 1) * PAGE : page * PAGE])
    return render_template(
        "web/committee/record.html",
        entries=lines,
        total=len(every),
        shown=len(found),
        page=page,
        pages=pages,
        address=url_for("committee.record", election=here.election, step=step, role=role) + "&page={page}",
        step=step,
        role=role,
        steps=[("", _("全部步骤")), *((s, _("其他事项") if s == "general" else step_title(s)) for s in steps)],
        roles=[("", _("全部人员")), *((r, role_name(r)) for r in sorted(actors))],
        check=check,
        checked_at=real_now(),
        may_take=here.role in TAKERS,
        crumbs=crumbs("", (_("选举记录"), "")),
    )


@dataclass(frozen=True)
class Signature:
    """One statement under an entry, as it was checked."""

    who: str
    role: str
    good: bool
    key: str


@blueprint.get("/<uuid:election>/record/<int:seq>")
@policy(at="election", roles=READERS)
def entry(election: Any, seq: int) -> Answer:
    """One entry: what it says, its bytes, its check codes, who signed it."""
    here = place()
    with store().read() as session:
        found = entries(session, here.log, seq, seq + 1)
        if not found:
            abort(404)
        opened = posted(store(), session, here.log, [seq])
    chosen = found[0]
    names = minutes.Names(store())
    data = chosen.to_bytes()
    return render_template(
        "web/committee/entry.html",
        line=minutes.line_of(chosen, opened, names, here.world),
        entry=chosen,
        fingerprint=chosen.hash,
        pretty=json.dumps(json.loads(data), ensure_ascii=False, indent=2),
        size=len(data),
        signatures=[_signature(here.world, s, subject_of(chosen), names) for s in chosen.statements],
        last=here.world.election.size - 1,
        crumbs=crumbs(
            "",
            (_("选举记录"), url_for("committee.record", election=here.election)),
            (_("第 {number} 条", number=seq + 1), ""),
        ),
    )


def _signature(world: World, said: dict[str, Any], subject: str, names: minutes.Names) -> Signature:
    """Whether a key of the account it names has signed exactly this entry."""
    account = world.office.accounts.get(str(said.get("account", "")))
    public = [k.public for k in account.keys if k.fingerprint == said.get("key")] if account else []
    try:
        same = Statement.from_dict(said).subject == subject
    except ValueError:
        same = False
    good = same and any(verify(said, bytes.fromhex(p)) for p in public)
    return Signature(
        names.of(str(said.get("account", ""))), role_name(str(said.get("role", ""))), good, str(said.get("key", ""))
    )


@blueprint.get("/<uuid:election>/bundle")
@policy(at="election", roles=TAKERS)
def bundle(election: Any) -> Answer:
    """The whole record as one file that anybody can check without this program's server."""
    here = place()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.zip"
        try:
            archive.export(store(), here.log, path)
        except WrongInput as wrong:
            return render_template(
                "web/committee/not_yet.html", title=_("存证包"), words=fault(wrong), crumbs=crumbs()
            ), 404
        data = path.read_bytes()
    response = make_response(data)
    response.mimetype = "application/zip"
    response.headers["Content-Disposition"] = f"attachment; filename=election-{here.election[:8]}.zip"
    return response

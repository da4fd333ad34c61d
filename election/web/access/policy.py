"""Who may open which page. A view without a policy keeps the program from starting.

``@policy(at=…, roles=…)`` says where a view stands and whose it is. Before the view runs, ``admit`` loads what the
address names (``<uuid:election>``, ``<uuid:campaign>``, ``<community>``), checks that the person's place covers it and
that the role is granted, and hands the view ``place()``. Whoever may not be there is told what a stranger is told:
nothing was found (ASVS 8.2.2, 8.3.1). Nobody signed in is sent to sign in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from uuid import UUID

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from election.process.base import COMMITTEE, DISTRICT, HALL, LEADING, Role, expand
from election.process.machine import covers
from election.store import places
from election.store.accounts import Account
from election.store.reach import EVERYWHERE, NOWHERE, Reach, set_reach
from election.store.worlds import Gone, world_of
from election.web.access import sessions, watch
from election.web.context import Place, store

At = Literal["machine", "public", "signed_in", "office", "campaign", "community", "election"]
View = TypeVar("View", bound=Callable[..., Any])

#: levels at which nobody need be signed in
OPEN = ("machine", "public")
#: everybody who has an account
EVERYONE = frozenset(Role) - {Role.SERVER, Role.VOTER}
#: who works in a community for longer than one meeting
COMMUNITY = COMMITTEE | LEADING | {Role.REGISTRAR, Role.OUTGOING, Role.INCOMING}
#: who oversees: street and district
OVERSEERS = DISTRICT | {Role.STREET}
__all__ = ["COMMITTEE", "COMMUNITY", "DISTRICT", "EVERYONE", "HALL", "LEADING", "OVERSEERS", "Policy", "policy"]


@dataclass(frozen=True)
class Policy:
    at: At
    #: roles, also ``presiding`` and ``presiding_chair``: whoever presides over the body of the election at hand
    roles: frozenset[str]

    def grants(self, role: str, body: str) -> bool:
        return role in expand(self.roles, body)


def policy(*, at: At, roles: Iterable[str] = ()) -> Callable[[View], View]:
    """Declare where a view stands and whose it is.

    ``public`` is for anybody, ``machine`` for other programs (nothing is loaded for it): both take no roles. Everything
    else needs them.
    """
    declared = Policy(at, frozenset(roles))
    if (at in OPEN) == bool(declared.roles):
        raise ValueError("an open view names no roles, any other view names its roles")

    def declare(view: View) -> View:
        view.policy = declared  # type: ignore[attr-defined]
        return view

    return declare


def policy_of(app: Flask, endpoint: str) -> Policy | None:
    found: Policy | None = getattr(app.view_functions[endpoint], "policy", None)
    return found


def demand_policies(app: Flask) -> None:
    """Refuse to start while a view says nothing about who may open it. Raises RuntimeError."""
    silent = sorted({r.endpoint for r in app.url_map.iter_rules() if policy_of(app, r.endpoint) is None})
    if silent:
        raise RuntimeError(f"views without a policy: {', '.join(silent)}")
    for rule in app.url_map.iter_rules():
        declared = policy_of(app, rule.endpoint)
        needed = {"campaign": {"campaign"}, "community": {"campaign", "community"}, "election": {"election"}}
        if declared is not None and not needed.get(declared.at, set()) <= rule.arguments:
            raise RuntimeError(f"{rule.rule}: a policy at={declared.at!r} needs it in the address")


def admit() -> Response | None:
    """Before every view: who is it, may they be here, and what do they find."""
    set_reach(NOWHERE)
    declared = policy_of(current_app, request.endpoint) if request.endpoint is not None else None
    if declared is not None and declared.at == "machine":
        return None
    person = sessions.current()
    if declared is not None and declared.at in OPEN:
        set_reach(EVERYWHERE)  # what is posted is posted to all
    elif person is not None:
        set_reach(Reach(person.scope, person.election or ""))
    if declared is None:  # no such page: answered by the error page, in its frame
        g.place = _nowhere(person)
        return None
    if declared.at not in OPEN and person is None:
        if request.method not in ("GET", "HEAD"):
            return redirect(url_for("access.login"))
        return redirect(url_for("access.login", next=request.script_root + request.full_path.rstrip("?")))
    found: Place | None
    try:
        found = _place(declared, person)
    except Gone:
        found = None
    if found is None or not (declared.at in OPEN or (person is not None and _granted(declared, person, found))):
        g.place = _nowhere(person)
        if person is not None:
            watch.note("not-granted", account=person.id)
        abort(404)
    g.place = found
    if person is not None and request.path == "/":  # the public's first page; whoever works here begins elsewhere
        return redirect(url_for("access.home"))
    return None


def leave(_: BaseException | None) -> None:
    """Outside a request the thread is the program's own again."""
    set_reach(EVERYWHERE)


def _nowhere(person: Account | None) -> Place:
    with store().read() as session:
        return Place(person, world_of(store(), session))


def _place(declared: Policy, person: Account | None) -> Place:
    """What the address names, loaded. Raises Gone for what is not there."""
    named = {k: str(v) for k, v in (request.view_args or {}).items() if isinstance(v, UUID) or k == "community"}
    with store().read() as session:
        if election := named.get("election"):
            log = places.log(session, election, "election")
            world = world_of(store(), session, log.id)
            return Place(person, world, declared.at, log.id, log.campaign or "", log.community or "", log.id, log.path)
        if campaign := named.get("campaign"):
            log = places.log(session, campaign, "campaign")
            world = world_of(store(), session, log.id)
            community = named.get("community", "")
            if not community:
                return Place(person, world, declared.at, log.id, log.id, path=log.path)
            if community not in world.campaign.communities:
                raise Gone(community)
            within = places.elections(session, log.id, community)
            path = f"{log.path}/{community}"
            return Place(person, world, declared.at, log.id, log.id, community, path=path, elections=within)
        office = places.office(session) if declared.at == "office" else ""
        return Place(person, world_of(store(), session), declared.at, office)


def _granted(declared: Policy, person: Account, found: Place) -> bool:
    return declared.grants(person.role, found.world.election.body) and _reaches(person, found)


def _reaches(person: Account, found: Place) -> bool:
    """Whether the person's place covers this one. A hall account reaches one election and nothing beside it."""
    if person.election is not None:
        return found.at == "signed_in" or found.election == person.election
    if found.at in ("signed_in", "office"):
        return True
    return covers(person.scope, found.path)

"""What every page has around it: the frame's data, the words, the reader's language and type size."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, g, request, url_for
from jinja2 import PackageLoader, StrictUndefined
from werkzeug.routing import BuildError

from election.process.machine import awaiting, unvouched
from election.process.office import MAKES, VOUCHING
from election.record import keys
from election.web import cookies, words
from election.web.context import Place, today
from election.web.place_names import place_name

#: a reader's choices are kept for a year
REMEMBER = 365 * 24 * 3600
CHOICES = {"lang": ("zh", "en"), "type": ("normal", "large")}


def furnish(app: Flask) -> None:
    """Templates come from the installed package ``election.templates``; a missing value is an error, not a blank."""
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.jinja_loader = PackageLoader("election.templates", "")
    app.jinja_env.globals.update(_=words._, switch=switch, type_size=type_size, language=words.language)
    app.jinja_env.globals["only_here"] = only_here
    app.jinja_env.filters.update(
        sentence=words.sentence,
        line=words.line,
        role=words.role_name,
        body=words.body_name,
        step=words.step_title,
        day=words.day,
        moment=words.moment,
        grouped=keys.grouped,
        thousands=lambda number: f"{number:,}",
    )
    app.context_processor(frame)
    app.after_request(remember)


def type_size() -> str:
    said = request.args.get("type") or cookies.get("type")
    return "large" if said == "large" else "normal"


def only_here() -> bool:
    """Whether the address that this page was opened under, and that papers therefore print, is no other machine's way here."""
    host = urlsplit(request.host_url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def switch(name: str, value: str) -> str:
    """This page's address with another choice of language or type size."""
    kept = [(k, v) for k, v in request.args.items(multi=True) if k != name] if request.method == "GET" else []
    return f"{request.script_root}{request.path}?{urlencode([*kept, (name, value)])}"


def frame() -> dict[str, Any]:
    """What ``base.html`` shows around any page."""
    place: Place | None = g.get("place")
    around = {"band": _band(place), "nav": _nav(place)} if place else {"band": [], "nav": []}
    own = place.account if place else None
    waits = place is not None and own is not None and unvouched(place.world.office, own.id)
    return {"place": place, "today": today, "waits_for_vouchers": waits, **around}


def _band(place: Place) -> list[str]:
    """Whose election this is: district and street, community, body, term."""
    world = place.world
    parts = []
    if place.campaign:
        parts += [world.campaign.district or district_name(place.path), world.campaign.street]
    if place.election:
        parts += [world.election.community_name, words.body_name(world.election.body)]
    elif place.community:
        parts.append(world.campaign.communities[place.community].name)
    if place.campaign:
        parts.append(world.campaign.term)
    elif place.account is not None:
        parts.append(place_name(place.account.scope))
    return [p for p in parts if p]


def district_name(path: str) -> str:
    """The district that a place path begins with, where it is written as a name and not as a code."""
    first = path.split("/")[0]
    return "" if first.isascii() else first


def _nav(place: Place) -> list[tuple[str, str]]:
    """The few places that a person has besides the page they are on: (address, words)."""
    if place.account is None:
        return []
    links = [(url_for("access.home"), words._("我的工作"))]
    if place.role in MAKES and place.account.election is None:
        links.append((url_for("access.accounts"), words._("账号管理")))
    if place.role in VOUCHING and (count := len(awaiting(place.world.office, place.actor))):
        links.append((url_for("access.vouch"), words._("确认签名（{count} 人）", count=count)))
    return links


def link(endpoint: str, **values: Any) -> str | None:
    """The address of a view, or None where this installation has none."""
    try:
        return url_for(endpoint, **values)
    except BuildError:
        return None


def remember(response: Response) -> Response:
    """Keep the reader's choice of language and type size."""
    for name, values in CHOICES.items():
        chosen = request.args.get(name)
        if chosen in values:
            cookies.put(response, name, chosen, seconds=REMEMBER)
    return response

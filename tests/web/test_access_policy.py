"""Who may open what: every view says so, and what it says is what happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from election.process.base import Role, expand
from election.store.database import Store
from election.web import create_app, district
from election.web.access.policy import OPEN, Policy, policy, policy_of

from .conftest import PASSWORD, PIN, Clock, Town

#: what stands in addresses beside the ids of places
SAMPLES = {"string": "x", "int": "1", "uuid": str(uuid4()), "path": "x", "default": "x", "any": "x"}


def rules(app: Flask) -> Iterator[tuple[Rule, Policy]]:
    for rule in app.url_map.iter_rules():
        declared = policy_of(app, rule.endpoint)
        assert declared is not None
        if rule.endpoint != "static":
            yield rule, declared


def address(app: Flask, rule: Rule, town: Town, election: str, campaign: str, community: str) -> str:
    places = {"election": town.elections[election], "campaign": campaign, "community": community}
    values = {name: places.get(name) or SAMPLES[_kind(rule, name)] for name in rule.arguments}
    with app.test_request_context():
        from flask import url_for

        return url_for(rule.endpoint, **{k: int(v) if _kind(rule, k) == "int" else v for k, v in values.items()})


def _kind(rule: Rule, name: str) -> str:
    kind = type(rule._converters[name]).__name__
    return {"UUIDConverter": "uuid", "IntegerConverter": "int", "PathConverter": "path"}.get(kind, "default")


def reached(app: Flask) -> None:
    """Every view answers ``in``, so that an answer is the policy's alone."""

    def stub(declared: Policy) -> Callable[..., str]:
        def view(**_: object) -> str:
            return "in"

        view.policy = declared  # type: ignore[attr-defined]
        return view

    for rule, declared in list(rules(app)):
        app.view_functions[rule.endpoint] = stub(declared)


def method(rule: Rule) -> str:
    return "GET" if "GET" in (rule.methods or ()) else next(iter((rule.methods or set()) - {"OPTIONS", "HEAD"}))


def test_every_view_by_every_role_in_every_place(app: Flask, town: Town) -> None:
    """The matrix: each endpoint, each account, its own community, the next one, another street."""
    browsers: dict[str, FlaskClient] = {}
    for short, who in town.people.items():
        browsers[short] = app.test_client()
        browsers[short].post("/login", data={"login": short, "password": PIN if who.election else PASSWORD})
    reached(app)
    wrong: list[str] = []
    places = [
        ("c1/party", town.campaign, "c1", "七里河区/柳荫街道"),
        ("c2/party", town.campaign, "c2", "七里河区/柳荫街道"),
        ("c9/party", town.other_campaign, "c9", "七里河区/槐树街道"),
    ]
    for rule, declared in rules(app):
        if declared.at in OPEN or rule.rule == "/":
            continue
        for election, campaign, community, street in places:
            url = address(app, rule, town, election, campaign, community)
            for short, who in town.people.items():
                deep = street if declared.at == "campaign" else f"{street}/{community}"
                inside = (
                    who.scope == "" or deep == who.scope or deep.startswith(who.scope + "/")
                    if declared.at in ("campaign", "community", "election")
                    else True
                )
                if who.election is not None:
                    own = town.elections[election] == who.election
                    inside = declared.at == "signed_in" or (declared.at == "election" and own)
                granted = who.role in expand(declared.roles, "party" if declared.at == "election" else "")
                expected = 200 if inside and granted else 404
                got = browsers[short].open(url, method=method(rule)).status_code
                if got != expected:
                    wrong.append(f"{short} {method(rule)} {url} ({rule.endpoint}): {got}, not {expected}")
    assert not wrong, "\n".join(wrong[:40])


def test_whoever_is_not_signed_in_is_sent_to_sign_in(app: Flask, client: FlaskClient, town: Town) -> None:
    reached(app)
    for rule, declared in rules(app):
        url = address(app, rule, town, "c1/party", town.campaign, "c1")
        answer = client.open(url, method=method(rule))
        if declared.at in OPEN:
            assert answer.status_code == 200, rule
        else:
            assert answer.status_code == 302, rule
            assert answer.headers["Location"].startswith("/login"), rule


def test_a_log_that_is_not_there_is_not_found(app: Flask, sign_in: Callable[[str], FlaskClient], town: Town) -> None:
    admin = sign_in("street")
    reached(app)
    for rule, declared in rules(app):
        if declared.at not in ("campaign", "community", "election"):
            continue
        town.elections["nowhere"] = str(uuid4())
        url = address(app, rule, town, "nowhere", str(uuid4()), "c1")
        assert admin.open(url, method=method(rule)).status_code == 404, rule
    for rule, declared in rules(app):
        if declared.at == "community":
            url = address(app, rule, town, "c1/party", town.campaign, "c77")
            assert admin.open(url, method=method(rule)).status_code == 404, rule


def test_an_election_is_no_campaign(sign_in: Callable[[str], FlaskClient], town: Town) -> None:
    street = sign_in("street")
    assert street.get(f"/e/{town.elections['c1/party']}/hall-accounts").status_code == 200
    assert street.get(f"/e/{town.campaign}/hall-accounts").status_code == 404


def _throwaway(declare: bool, at: str = "signed_in") -> Blueprint:
    made = Blueprint("district", __name__, url_prefix="/d")

    def view() -> str:
        return "x"

    made.add_url_rule("/", "home", policy(at=at, roles={Role.STREET})(view) if declare else view)  # type: ignore[arg-type]
    return made


def test_a_view_without_a_policy_keeps_the_program_from_starting(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(district, "blueprint", _throwaway(declare=False))
    with pytest.raises(RuntimeError, match=r"district\.home"):
        create_app(store, clock=clock, testing=True)
    monkeypatch.setattr(district, "blueprint", _throwaway(declare=True))
    create_app(store, clock=clock, testing=True)


def test_a_policy_needs_its_place_in_the_address(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(district, "blueprint", _throwaway(declare=True, at="election"))
    with pytest.raises(RuntimeError, match="election"):
        create_app(store, clock=clock, testing=True)


def test_a_policy_names_its_roles_unless_it_is_for_anybody() -> None:
    with pytest.raises(ValueError, match="roles"):
        policy(at="election")
    with pytest.raises(ValueError, match="roles"):
        policy(at="public", roles={Role.STREET})


def test_a_refused_page_says_what_a_missing_page_says(sign_in: Callable[[str], FlaskClient], town: Town) -> None:
    neighbour = sign_in("neighbour")
    foreign = neighbour.get(f"/e/{town.elections['c1/party']}/hall-accounts")
    missing = neighbour.get(f"/e/{uuid4()}/hall-accounts")
    nowhere = neighbour.get("/no-such-page")
    assert foreign.status_code == missing.status_code == nowhere.status_code == 404
    for answer in (foreign, missing, nowhere):
        assert "没有找到" in answer.get_data(as_text=True)
        assert "c1社区" not in answer.get_data(as_text=True)

"""Who may open what: every view says so, and what it says is what happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

import pytest
from flask import Blueprint, Flask, g
from flask.testing import FlaskClient
from werkzeug.exceptions import NotFound
from werkzeug.routing import IntegerConverter, PathConverter, Rule, UUIDConverter

from election.acts import elections
from election.process.base import Role, expand
from election.store import sessions
from election.store.accounts import Account
from election.store.database import Store
from election.web import create_app, district
from election.web.access.policy import OPEN, Policy, admit, policy, policy_of

from .conftest import OTHER_STREET, STREET, Clock, Town, _campaign

pytestmark = pytest.mark.each_engine

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
    kinds = {UUIDConverter: "uuid", IntegerConverter: "int", PathConverter: "path"}
    return next((kind for known, kind in kinds.items() if isinstance(rule._converters[name], known)), "default")


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


FAR = "安宁区/培黎街道"


@pytest.fixture
def wide(town: Town) -> Town:
    """The town, and in another district a street with its campaign, an election, and an account of each level."""
    far = town.join("far_street", Role.STREET, FAR).actor
    town.join("far_civil", Role.CIVIL, "安宁区")
    town.join("far_chair", Role.COMMITTEE_CHAIR, f"{FAR}/f1")
    campaign = _campaign(town, far, FAR, ("f1",))
    town.elections["f1/party"] = elections.open_election(
        town.store, far, campaign, "f1", "party", date(2010, 12, 1), town.clock()
    )
    town.elections["far"] = campaign
    return town


@dataclass(frozen=True)
class Where:
    """A place that somebody asks for: own community, the next one, another street, another district."""

    election: str
    campaign: str
    street: str

    @property
    def community(self) -> str:
        return self.election.split("/")[0]

    def path(self, at: str) -> str:
        return self.street if at == "campaign" else f"{self.street}/{self.community}"


def expected(declared: Policy, who: Account, where: Where, election: str) -> int:
    """What the declared policy says of this account in this place: written anew here, not asked of the program."""
    if who.role not in expand(declared.roles, "party" if declared.at == "election" else ""):
        return 404
    if who.election is not None:  # an account of one meeting
        return 200 if declared.at == "signed_in" or (declared.at == "election" and election == who.election) else 404
    if declared.at in ("signed_in", "office"):
        return 200
    path = where.path(declared.at)
    return 200 if who.scope in ("", path) or path.startswith(who.scope + "/") else 404


def test_every_view_by_every_role_in_every_place(app: Flask, wide: Town) -> None:
    """The matrix: each address of the map × each account × {own, sibling, other street, other district}.

    Asked of ``admit`` itself, as each request asks it; that each request does is what the tests after this one say.
    """
    wheres = [
        Where("c1/party", wide.campaign, STREET),
        Where("c2/party", wide.campaign, STREET),
        Where("c9/party", wide.other_campaign, OTHER_STREET),
        Where("f1/party", wide.elections["far"], FAR),
    ]
    wrong: list[str] = []
    asked = 0
    for rule, declared in rules(app):
        if declared.at in OPEN or rule.rule == "/":
            continue
        placed = declared.at in ("campaign", "community", "election")
        for where in wheres if placed else wheres[:1]:
            url = address(app, rule, wide, where.election, where.campaign, where.community)
            for short, who in wide.people.items():
                right = expected(declared, who, where, wide.elections[where.election])
                with app.test_request_context(url, method=method(rule)):
                    g.person = who
                    got = 200 if _admitted() else 404
                asked += 1
                if got != right:
                    wrong.append(f"{short} {method(rule)} {url} ({rule.endpoint}): {got}, not {right}")
    assert not wrong, "\n".join(wrong[:40])
    assert asked > 200 * len(wide.people)


def _admitted() -> bool:
    try:
        return admit() is None
    except NotFound:
        return False


def test_the_whole_way_of_a_request_says_the_same(app: Flask, town: Town) -> None:
    """Through the browser, with the session's cookie: one account that may, one that may not, at every address."""
    browsers = {}
    for short in ("street", "committee_chair", "neighbour", "teller"):
        browsers[short] = app.test_client()
        browsers[short].set_cookie("sid", sessions.open_session(town.store, town.people[short], town.clock()))
    reached(app)
    where = Where("c1/party", town.campaign, STREET)
    for rule, declared in rules(app):
        if declared.at in OPEN or rule.rule == "/":
            continue
        url = address(app, rule, town, where.election, where.campaign, where.community)
        for short, browser in browsers.items():
            right = expected(declared, town.people[short], where, town.elections[where.election])
            for verb in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
                assert browser.open(url, method=verb).status_code == right, (short, verb, url)


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
    assert street.get(f"/h/{town.elections['c1/party']}/staff").status_code == 200
    assert street.get(f"/h/{town.campaign}/staff").status_code == 404


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
    foreign = neighbour.get(f"/h/{town.elections['c1/party']}/staff")
    missing = neighbour.get(f"/h/{uuid4()}/staff")
    nowhere = neighbour.get("/no-such-page")
    assert foreign.status_code == missing.status_code == nowhere.status_code == 404
    for answer in (foreign, missing, nowhere):
        assert "没有找到" in answer.get_data(as_text=True)
        assert "c1社区" not in answer.get_data(as_text=True)

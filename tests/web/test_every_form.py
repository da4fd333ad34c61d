"""No form and no address answers 500, whoever asks and whatever is sent."""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from werkzeug.routing import Rule

from election.demo import fill
from election.store import sessions
from election.store.accounts import by_login
from election.store.database import Store
from election.store.home import Home
from election.web import create_app
from tests import engines

from .conftest import Clock, Town
from .fuzzing import NASTY, Trouble, Walker


def browser_of(app: Flask, store: Store, login: str, clock: Clock) -> object:
    """Signed in without the cost of a password."""
    found = by_login(store, login)
    assert found is not None
    client = app.test_client()
    client.set_cookie("sid", sessions.open_session(store, found, clock()))
    return client


@dataclass
class Failures(logging.Handler):
    """What failed on the server's side, to be shown when an answer was 500."""

    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(logging.ERROR)

    def emit(self, record: logging.LogRecord) -> None:
        said = record.getMessage()
        self.found.append(said[-1500:])

    __hash__ = logging.Handler.__hash__


@pytest.fixture
def failures() -> Iterator[Failures]:
    handler = Failures()
    log = logging.getLogger("election")
    log.addHandler(handler)
    yield handler
    log.removeHandler(handler)


def shown(troubles: list[Trouble], failures: Failures) -> str:
    lines = [f"{t.who} {t.method} {t.address} -> {t.status}  {t.sent}" for t in troubles[:20]]
    return "\n".join([f"{len(troubles)} answers of 500 and more", *lines, *sorted(set(failures.found))[:8]])


def wander(app: Flask, store: Store, clock: Clock, logins: list[str], seed: int, pages: int, tries: int) -> Walker:
    """Walk as each person, then send their forms ``tries`` times in all. The last walker holds every trouble."""
    whole = Walker("", app.test_client(), random.Random(seed))
    for login in logins:
        client = browser_of(app, store, login, clock) if login else app.test_client()
        walker = Walker(login or "nobody", client, random.Random(f"{seed}-{login}"))  # type: ignore[arg-type]
        walker.go("/home" if login else "/", pages)
        for _ in range(tries // len(logins)):
            if walker.forms:
                walker.submit(walker.chance.choice(list(walker.forms.values())))
        whole.troubles += walker.troubles
        whole.requests += walker.requests
        whole.seen |= walker.seen
        whole.forms |= walker.forms
    return whole


def test_forms_of_a_small_town(app: Flask, town: Town, clock: Clock, failures: Failures) -> None:
    logins = ["", "street", "committee_chair", "leading_chair", "registrar"]
    walked = wander(app, town.store, clock, logins, seed=5, pages=32, tries=160)
    assert not walked.troubles, shown(walked.troubles, failures)
    assert len(walked.forms) > 10, "the walk has found no forms"


def test_addresses_with_anything_in_them(app: Flask, town: Town, clock: Clock, failures: Failures) -> None:
    """Every address of the map, with values that its parts allow but nobody has given out."""
    walker = Walker("street", browser_of(app, town.store, "street", clock), random.Random(5))  # type: ignore[arg-type]
    known = {"election": town.elections["c1/residents"], "campaign": town.campaign, "community": "c1"}
    for rule in app.url_map.iter_rules():
        if rule.endpoint in ("static", "access.logout"):
            continue
        for values in (known, {}):
            address = _address(rule, values, walker.chance)
            for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
                query = {walker.chance.choice(("next", "q", "page", "lang", "at", "body")): walker.chance.choice(NASTY)}
                walker.open(method, address, query_string=query)
    assert walker.requests > 150
    assert not walker.troubles, shown(walker.troubles, failures)


def _address(rule: Rule, values: dict[str, str], chance: random.Random) -> str:
    def part(found: re.Match[str]) -> str:
        kind, name = found[1] or "", found[2]
        strange = {"uuid:": ("0" * 8 + "-0000" * 3 + "-" + "0" * 12,), "int:": ("0", "1", "99", "9" * 25)}
        return values.get(name) or chance.choice(
            strange.get(kind, ("x", "%00", "王", "%ff", "..%2f..", "a" * 300, "party", "residents"))
        )

    return re.sub(r"<(\w+:)?(\w+)>", part, rule.rule)


# --- long: the whole sample, every account of it -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, list[str]]]:
    store = engines.empty(Home(tmp_path_factory.mktemp("sample")))
    visitors = fill.fill(store)
    yield store, [v.login for v in visitors]
    store.close()


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("seed", range(4))
def test_forms_of_the_whole_sample(sample: tuple[Store, list[str]], seed: int, failures: Failures) -> None:
    store, logins = sample
    clock = Clock()
    app = create_app(store, clock=clock, testing=True)
    app.config["WTF_CSRF_ENABLED"] = False
    walked = wander(app, store, clock, ["", *logins], seed, pages=120, tries=6000)
    print(f"seed {seed}: {walked.requests} requests, {len(walked.forms)} forms, {len(walked.seen)} pages")
    assert not walked.troubles, shown(walked.troubles, failures)

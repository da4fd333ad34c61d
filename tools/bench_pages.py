"""``bench.py pages``: the server time of every page, beside an empty one of Flask."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench_timing import Took, line, took

LIMIT_MS = 25.0
#: each page is asked for so often, after once to warm it
ROUNDS = 7
#: pages that may be slower: they render a PDF or a workbook, export the whole record, or derive a key from a password
SLOW = (".pdf", ".xlsx", "/draft/", "/form/", "/bundle", "/paper", "/login", "/password")
SLOW_NOTE = " (PDF, xlsx, export or password)"


def pages() -> int:
    """Median server time of every GET page with the sample loaded, beside an empty Flask page. Returns how many exceed the limit.

    A page that the sample has no content for is asked for in a hall that is counting.
    """
    from flask import Flask

    empty = Flask("empty")
    empty.add_url_rule("/", "empty", lambda: "ok")
    bare = took(lambda: empty.test_client().get("/"), 50)
    line("an empty Flask page", bare.wall, bare.wall, "ms", f"{bare.cpu:.2f} ms of work")
    over, unseen = 0, None
    for moment in (_served, _counting):
        unseen, late = _pages_of(moment, bare, unseen)
        over += late
    print(f"\npages over {LIMIT_MS} ms: {over}; no address with content for: {', '.join(unseen or ()) or 'none'}")
    return over


def _pages_of(moment: Callable[[Any], Any], bare: Took, wanted: list[str] | None) -> tuple[list[str], int]:
    """The pages among ``wanted`` (None: all) at a moment: those it has no content for, and how many exceed the limit."""
    from election.process.base import expand
    from election.store.accounts import by_login
    from election.store.database import open_store
    from election.store.home import Home
    from election.web import create_app
    from election.web.access.policy import policy_of

    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Home(Path(folder) / "home"))
        clock, people = moment(store)
        app = create_app(store, clock=lambda: clock.now, testing=True)
        app.config["WTF_CSRF_ENABLED"] = False
        clients, roles = {"nobody": app.test_client()}, {}
        for login, password in people:
            roles[login] = by_login(store, login).role
            clients[login] = app.test_client()
            clients[login].post("/login", data={"login": login, "password": password})
        over, unseen = 0, []
        gc.collect()
        gc.freeze()  # else what the pages rest on is looked through before every round
        for rule in sorted(app.url_map.iter_rules(), key=str):
            if "GET" not in (rule.methods or set()) or rule.endpoint.endswith("static"):
                continue
            if wanted is not None and str(rule) not in wanted:
                continue
            declared = policy_of(app, rule.endpoint)
            allowed = {role for body in ("party", "residents") for role in expand(declared.roles, body)}
            may = {who for who, role in roles.items() if role in allowed} or {"nobody"}
            found = _measured(
                str(rule), list(_addresses(store, app, rule)), {who: clients[who] for who in clients if who in may}
            )
            if found is None:
                unseen.append(str(rule))
                continue
            value, who = found
            slow = any(part in str(rule) for part in SLOW)
            late = value.wall > LIMIT_MS and not slow
            over += late
            note = f"{value.cpu:.2f} ms of work  {who}{SLOW_NOTE * slow}{'  OVER' * late}"
            line(str(rule), value.wall, bare.wall, "ms", note)
        gc.unfreeze()
        store.close()
    return unseen, over


def _served(store: Any) -> tuple[Any, list[tuple[str, str]]]:
    """The sample as it is served: its clock, and who can sign in."""
    from election.demo import fill
    from election.demo.story import Clock

    visitors = fill.fill(store)
    clock = Clock()
    clock.at(fill.TODAY, 10)
    return clock, [(visitor.login, visitor.password) for visitor in visitors]


def _counting(store: Any) -> tuple[Any, list[tuple[str, str]]]:
    """A party's meeting whose box is open: two tellers entered sheets that differ."""
    from election.acts import tallies
    from election.demo import fill, party, whole
    from election.demo.story import PASSWORD, PIN, sheet
    from election.process import meeting, tally

    sample = fill.begin(store)
    cast = sample.cast
    log, _ = whole.community(sample, 1)
    party.party_roll(sample, log, 1)
    party.party_nomination(sample, log, 1)
    whole.approve_candidates(sample, log, 1)
    whole.hall(sample, log, 1, "party")
    for login, name, role in fill.HALL:
        if login in ("zhuchi", "fapiao", "changpiao", "caijue"):
            by = cast.actor("chair1")
            cast.join(login, login, name, role, sample.path(1), by=by, election=log, password=PIN)
    whole.hold_meeting(sample, log, 1, "party", 75)
    this = cast.world(log).election.rounds[-1]
    box = next(iter(this.boxes))
    cast.do(log, "chair1", meeting.AccountBallots(issued=75, returned=75, spoiled=1, unused=(this.printed or 0) - 76))
    cast.do(log, "scrutineer1", tally.OpenBox(box=box))
    contest = this.contests[0].id
    people = [candidate.person for candidate in this.candidates[contest]]
    for teller, less in (("teller1", 0), ("teller2", 1)):
        votes = [(person, 60 - at - less, 5) for at, person in enumerate(people)]
        who = (store, cast.actor(teller), cast.signer(teller))
        tallies.enter(*who, log, contest, box, sheet(75, 1, votes), cast.clock.today, cast.clock.tick())
    return cast.clock, [(a.login, PIN if a.election else PASSWORD) for a in cast.accounts.values()]


def _measured(rule: str, addresses: list[str], clients: dict[str, Any]) -> tuple[Took, str] | None:
    first = ("nobody", "zhuren1", "zuzhang1", "jiedao", "zuzhibu", "admin")
    order = [*(who for who in first if who in clients), *clients]
    for address in addresses:
        for who in dict.fromkeys(order):
            if clients[who].get(address).status_code == 200:
                return took(lambda a=address, w=who: clients[w].get(a), ROUNDS), who  # type: ignore[misc]
    return None


def _addresses(store: Any, app: Any, rule: Any) -> Iterator[str]:
    """Addresses of a rule in the sample, the fullest first."""
    from itertools import product

    from sqlalchemy import select

    from election.store.tables import AccountRow, Log, Paper, RollRow

    with store.read() as session:
        elections = list(session.scalars(select(Log.id).where(Log.kind == "election").order_by(Log.size.desc())))
        campaign = session.scalars(select(Log.id).where(Log.kind == "campaign")).one()
        paper = session.scalars(select(Paper.sha256).limit(1)).first()
        account = session.scalars(select(AccountRow.id).where(AccountRow.login == "dengji1")).first()
        people = {
            log: session.scalars(select(RollRow.person).where(RollRow.log == log).limit(1)).first() for log in elections
        }
    fixed = {
        "campaign": [campaign],
        "community": ["c1", "c5"],
        "sha256": [paper],
        "seq": [3],
        "number": [1, 2, 0],
        "ruleset": ["qilihe-2010.party"],
        "code": ["nomination.prospective", "seats.fix", "community.notice", "meeting.open", "tally.open_box"],
        "kind": ["prospective_list", "sign_in_sheet", "posts_notice"],
        "step": ["residents.prospective", "party.prospective", "party.approve"],
        "contest": ["member", "chair"],
        "box": [1],
        "body": ["party"],
        "role": ["teller"],
        "login": [account],
    }
    names = sorted(rule.arguments)
    for election in elections if "election" in names else [""]:
        choices = []
        for name in names:
            if name == "election":
                choices.append([election])
            elif name == "person":
                choices.append([account if rule.rule.startswith("/office") else people.get(election)])
            else:
                choices.append(fixed.get(name, []))
        for values in product(*choices):
            if None in values:
                continue
            with app.test_request_context():
                yield app.url_map.bind("localhost").build(rule.endpoint, dict(zip(names, values, strict=True)))

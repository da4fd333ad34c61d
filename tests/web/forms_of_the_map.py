"""Every form that the program has, found by its map of addresses: each page that can be opened, by somebody who may."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import product
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from election.process.base import ACTS, Role, expand
from election.store.accounts import Account
from election.web.access.policy import OPEN, policy_of

from .fuzzing import Form, Page

#: pages that show forms of other addresses
CARRIERS = frozenset(
    {
        "access.accounts", "access.one_account", "access.vouch", "committee.witness", "district.campaign",
        "district.inbox", "district.rulesets", "hall.printing", "hall.scan", "hall.staff", "hall.wall",
    }
)  # fmt: skip


#: people of so many roles open each page
MOST = 3


@dataclass(frozen=True)
class Found:
    """A form on a page, and who had it open."""

    endpoint: str
    who: str
    page: str
    form: Form

    @property
    def action(self) -> str:
        return self.form.action or self.page

    def __str__(self) -> str:
        return f"{self.who} {self.action}"


@dataclass
class Map:
    """The application with the values that its addresses may take, and a browser for each login."""

    app: Flask
    #: name of a part of an address -> what stands there
    parts: dict[str, list[str]]
    #: login -> account; ``""`` is nobody
    accounts: dict[str, Account]
    client: Callable[[str], FlaskClient]
    bodies: dict[str, str]
    #: only addresses that begin so
    start: str = "/"
    #: only pages of these, and those that show forms of other addresses
    only: Collection[str] = ()

    def rules(self, method: str) -> list[Rule]:
        return [r for r in self.app.url_map.iter_rules() if method in (r.methods or ()) and r.endpoint != "static"]

    def addresses(self, rule: Rule) -> Iterator[tuple[str, dict[str, str]]]:
        """A rule with every value that its parts may take."""
        names = sorted(rule.arguments)
        for values in product(*(self._values(rule, name) for name in names)):
            given = dict(zip(names, values, strict=True))
            yield re.sub(r"<(?:\w+:)?(\w+)>", lambda found, given=given: given[found[1]], rule.rule), given

    def _values(self, rule: Rule, name: str) -> list[str]:
        return self.parts[name if "/act/" in rule.rule or name != "code" else "wall"]

    def may(self, rule: Rule, given: dict[str, str]) -> list[str]:
        """One login of each role that may open it, the first of its kind."""
        declared = policy_of(self.app, rule.endpoint)
        assert declared is not None
        if declared.at in OPEN:
            return [""]
        roles = expand(declared.roles, self.bodies.get(given.get("election", ""), ""))
        if (act := ACTS.get(given.get("code", ""))) is not None:
            roles &= expand(act.who, self.bodies.get(given.get("election", ""), ""))
        first: dict[Role, str] = {}
        for login, account in self.accounts.items():
            if account.role in roles and account.election in (None, given.get("election")):
                first.setdefault(Role(account.role), login)
        return list(first.values())

    def forms(self) -> list[Found]:
        """Each form once: of those with the same inputs at the same kind of address, the first."""
        found: dict[tuple[str, ...], Found] = {}
        known: set[tuple[str, str]] = set()
        adapter = self.app.url_map.bind("localhost")
        for rule in self.rules("GET"):
            if not rule.rule.startswith(self.start) or (
                "POST" not in (rule.methods or ()) and rule.endpoint not in CARRIERS
            ):
                continue
            if self.only and rule.endpoint not in {*self.only, *CARRIERS}:
                continue
            for address, given in self.addresses(rule):
                if (rule.endpoint, given.get("code", "")) in known:  # the act's form is the same in both elections
                    continue
                for login in self.may(rule, given)[: MOST if self.start == "/" else None]:
                    for form in self._on(login, address):
                        endpoint, values = adapter.match(urlsplit(form.action or address).path, method="POST")
                        names = sorted({re.sub(r"\d+", "*", n) for n in form.kinds})
                        key = (endpoint, str(values.get("code", "")), *names)
                        found.setdefault(key, Found(endpoint, login, address, form))
                        if "code" in given:
                            known.add((rule.endpoint, given["code"]))
        return list(found.values())

    def _on(self, login: str, address: str) -> list[Form]:
        answer = self.client(login).get(address)
        html = answer.get_data(as_text=True) if answer.status_code == 200 and answer.mimetype == "text/html" else ""
        answer.close()
        return [f for f in Page(html, address).forms if f.method == "post" and "logout" not in f.action]

    def without(self, endpoint: str, names: tuple[str, ...]) -> Iterator[Found]:
        """An address whose form stands on a page that is not reached: its inputs as texts, and ``*name`` as a file."""
        texts = {name: "text" for name in names if not name.startswith("*")}
        form = Form("", "post", kinds=texts, files=[name[1:] for name in names if name.startswith("*")])
        rule = next(r for r in self.rules("POST") if r.endpoint == endpoint)
        for address, given in list(self.addresses(rule))[:1]:
            for login in self.may(rule, given)[:2]:
                yield Found(endpoint, login, address, form)

"""Wrong input to every form: whatever is sent, by whoever may send it, the answer is a page with a sentence.

The forms are those of the address map, filled in as their own pages ask: nothing, texts for numbers, formulas, days that
are none, far too much, every answer twice, rows that are not there, bytes that are no text, files that are no files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from itertools import product
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from election.acts import archive
from election.process.base import ACTS
from election.store import sessions
from election.store.accounts import by_login
from election.store.database import Store
from election.web import MAX_UPLOAD
from election.web.access.policy import OPEN, policy_of

from .hall_town import Hall, before, hall, hall_once
from .voter_sample import Sample, sample

__all__ = ["before", "hall", "hall_once", "sample"]

#: answers with which a form may come back; none of them is a fault of ours
SENTENCED = {200, 400, 404, 409, 413, 422, 429}
#: a text that is found again on the page if nothing typed was lost
TYPED = "=HYPERLINK(写错的内容)"
#: secrets are asked again; what hides in a page was put there by us
NEVER_SHOWN = ("password", "pin", "file", "hidden", "submit", "checkbox", "radio", "select")
LONG = "长" * 60_000


@dataclass
class Input:
    name: str
    kind: str


@dataclass
class Forms(HTMLParser):
    """The inputs of every form on a page that is sent by POST, by the address it is sent to."""

    found: dict[str, list[Input]] = field(default_factory=dict)
    _at: str | None = None

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {k: v or "" for k, v in attrs}
        if tag == "form":
            self._at = said.get("action", "") if said.get("method", "get").lower() == "post" else None
            if self._at is not None:
                self.found.setdefault(self._at, [])
        elif tag in ("input", "select", "textarea", "button") and self._at is not None and said.get("name"):
            kind = {"input": said.get("type", "text"), "button": "submit"}.get(tag, tag)
            self.found[self._at].append(Input(said["name"], kind))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._at = None


def forms(answer: TestResponse, address: str) -> dict[str, list[Input]]:
    read = Forms()
    read.feed(answer.get_data(as_text=True))
    return {(to or address): inputs for to, inputs in read.found.items()}


def bad(inputs: list[Input]) -> Iterator[tuple[str, Any, str]]:
    """``(what is wrong, body, content type)`` of requests to a form with these inputs."""
    urlencoded = "application/x-www-form-urlencoded"
    names = [i.name for i in inputs if i.kind != "submit"]
    texts = [i.name for i in inputs if i.kind not in ("submit", "file")]
    files = [i.name for i in inputs if i.kind == "file"]
    orders = [i.name for i in inputs if i.kind == "submit"]
    go = dict.fromkeys(orders, "do")
    yield "nothing", {}, urlencoded
    yield "wrong kinds", {**dict.fromkeys(texts, TYPED), **go}, urlencoded
    yield "days and numbers that are none", {**dict.fromkeys(texts, "2010-02-30"), **go}, urlencoded
    yield "numbers without end", {**dict.fromkeys(texts, "9" * 400), **go}, urlencoded
    yield "below nothing", {**dict.fromkeys(texts, "-1"), **go}, urlencoded
    yield "signs nobody sees", {**dict.fromkeys(texts, "\x00\x07\u202e\ufeff\U000e0041"), **go}, urlencoded
    yield "far too much", {**dict.fromkeys(texts[:8], LONG), **go}, urlencoded
    yield "everything twice", {**{n: ["甲", "乙"] for n in texts}, **{n: ["do", "next"] for n in orders}}, urlencoded
    rows = {f"{name}.rows": "99999" for name in texts} | {f"{name}.77.person": "x" for name in texts}
    yield "rows out of order", {**rows, "_go": "remove:items.99999"}, urlencoded
    yield "an order nobody gave", {**dict.fromkeys(texts, "甲"), "_go": "preview:../../etc"}, urlencoded
    yield "bytes that are no text", b"&".join(name.encode() + b"=%FF%FE%C3%28" for name in names), urlencoded
    yield "another language", b'{"a": [1, 2', "application/json"
    yield (
        "half a letter",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb',
        "multipart/form-data; boundary=x",
    )
    for content in (b"", b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, b"PK\x03\x04" + b"\xff" * 200, b"MZ" + b"\x90" * 400):
        if files:
            sent = {name: (BytesIO(content), "名册.xlsx") for name in files}
            yield f"a file of {content[:2]!r}", {**dict.fromkeys(texts, "甲"), **sent, **go}, "multipart/form-data"
    if files:
        sent = {files[0]: (BytesIO(b"0" * (MAX_UPLOAD + 1)), "大.pdf")}
        yield "a file too large", sent, "multipart/form-data"


def complaint(answer: TestResponse) -> str:
    """What is wrong with an answer to wrong input; "" if nothing is."""
    if answer.status_code in (302, 303):
        return ""
    if answer.status_code not in SENTENCED:
        return f"answered {answer.status_code}"
    said = answer.get_data(as_text=True)
    if answer.mimetype == "text/html" and not re.search(r"<h1[^>]*>\s*\S", said):
        return "a page without a heading"
    if answer.status_code in (400, 413, 422) and not re.search("[一-鿿]{4}", re.sub(r"<[^>]+>", "", said)):
        return "no sentence"
    return "a traceback" if "Traceback" in said or "sqlalchemy" in said.lower() else ""


def lost(inputs: list[Input], answer: TestResponse) -> list[str]:
    """Inputs that people type into and that came back without what was typed."""
    if answer.status_code != 422:
        return []
    # forms() of the answer: a page that asks no more (a refusal of its own) has nothing to show again
    asked = {i.name for found in forms(answer, "").values() for i in found}
    said = answer.get_data(as_text=True)
    shown = [i.name for i in inputs if i.kind in ("text", "textarea", "search", "tel") and i.name in asked]
    return [] if not shown or said.count("写错的内容") else shown


@dataclass
class Round:
    """Every bad request to every form that these browsers can reach."""

    app: Flask
    store: Store
    browsers: Mapping[str, FlaskClient]
    wrong: list[str] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    requests: int = 0

    def go(self, rule: Rule, addresses: list[str]) -> None:
        for address, (who, browser) in product(addresses, self.browsers.items()):
            page = browser.get(address) if "GET" in (rule.methods or ()) else None
            if page is not None and page.status_code != 200:
                continue
            found = forms(page, address) if page is not None else {address: [Input("name", "text")]}
            for to, inputs in found.items():
                if page is None or to.split("?")[0].endswith(address.split("?")[0]):
                    self._send(f"{who} {rule}", browser, to, inputs)
            if page is None or found:
                self.reached.add(rule.endpoint)
                return

    def _send(self, name: str, browser: FlaskClient, address: str, inputs: list[Input]) -> None:
        for what, body, kind in bad(inputs):
            answer = browser.post(address, data=body, content_type=kind)
            self.requests += 1
            stream = answer.request.environ.get("wsgi.input")
            if stream is not None and hasattr(stream, "close"):
                stream.close()  # a large body was spooled to a file
            if fault := complaint(answer):
                self.wrong.append(f"{name}: {what}: {fault}")
            if what == "wrong kinds" and (gone := lost(inputs, answer)):
                self.wrong.append(f"{name}: {what}: lost {gone[:4]}")

    def check(self) -> None:
        assert not self.wrong, f"{len(self.wrong)} of {self.requests}\n" + "\n".join(self.wrong[:60])
        assert archive.audit(self.store)[1] == []


def signed_in(app: Flask, store: Store, login: str, now: Any) -> FlaskClient:
    found = by_login(store, login)
    assert found is not None, login
    client = app.test_client()
    client.set_cookie("sid", sessions.open_session(store, found.id, now))
    return client


def addresses(app: Flask, rule: Rule, values: Mapping[str, list[Any]]) -> list[str]:
    names = sorted(rule.arguments)
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        return [
            adapter.build(rule.endpoint, dict(zip(names, chosen, strict=True)))
            for chosen in product(*(values[name] for name in names))
        ]


def taking(app: Flask) -> list[Rule]:
    """Rules of the address map that take a form."""
    return sorted((r for r in app.url_map.iter_rules() if "POST" in (r.methods or ())), key=str)


#: what ends a session, or starts one: their forms are sent bad input from a browser of their own
LEAVES = ("access.logout",)


def test_every_form_of_the_street_answers_in_sentences(sample: Sample) -> None:
    now = sample.clock()
    logins = ["zhuren1", "dengji1", "zuzhang1", "jiedao", "zuzhibu", "minzhengju", "admin"]
    browsers = {login: signed_in(sample.app, sample.store, login, now) for login in logins}
    people = sample.people("c1")
    with sample.store.read() as session:
        somebody = by_login(sample.store, "dengji1")
        assert session is not None
        assert somebody is not None
    logs = [sample.elections["c1", "residents"], sample.elections["c1", "party"], sample.elections["c5", "party"]]
    values: dict[str, list[Any]] = {
        "campaign": [sample.campaign],
        "community": ["c1"],
        "person": [people[0].person],
        "election": logs,
    }
    run = Round(sample.app, sample.store, browsers)
    anybody = Round(sample.app, sample.store, {"nobody": sample.app.test_client()}, run.wrong, run.reached)
    missed = []
    for rule in taking(sample.app):
        if rule.endpoint in LEAVES or rule.endpoint.startswith("hall."):
            continue
        declared = policy_of(sample.app, rule.endpoint)
        assert declared is not None
        if rule.endpoint.startswith("access.") and "person" in rule.arguments:
            values["person"] = [somebody.id]
        elif "person" in rule.arguments:
            values["person"] = [people[0].person]
        who = anybody if declared.at in OPEN else run
        if "code" in rule.arguments:
            for code in sorted(ACTS):
                who.go(rule, addresses(sample.app, rule, {**values, "code": [code]}))
        else:
            who.go(rule, addresses(sample.app, rule, values))
        if rule.endpoint not in run.reached:
            missed.append(rule.endpoint)
    # a file must have been sent before there is something to check
    assert missed == ["committee.roll_check"]
    assert run.requests > 1000
    run.check()


def test_every_form_of_the_hall_answers_in_sentences(hall: Hall, before: Hall) -> None:
    missed: set[str] = set()
    for at, ready in ((before, False), (hall, True)):
        logins = ["chair", "presider1", "teller1", "scrutineer1"]
        browsers = {login: signed_in(at.app, at.store, login, at.now) for login in logins}
        run = Round(at.app, at.store, browsers)
        if ready:
            at.opened()
        worker = at.facts.staff[0]
        values: dict[str, list[Any]] = {
            "election": [at.log, at.residents] if ready else [at.log],
            "contest": [at.this.contests[0].id],
            "box": [1],
            "role": [worker.role],
            "person": [worker.person],
            "login": ["11111111-1111-4111-8111-111111111111"],
        }
        for rule in taking(at.app):
            if not rule.endpoint.startswith("hall."):
                continue
            if "code" in rule.arguments:
                for code in sorted(ACTS):
                    run.go(rule, addresses(at.app, rule, {**values, "code": [code]}))
            else:
                run.go(rule, addresses(at.app, rule, values))
            if rule.endpoint not in run.reached:
                missed.add(rule.endpoint)
            else:
                missed.discard(rule.endpoint)
        assert run.requests > 100
        run.check()
    # two sealed sheets must differ, or be open, before these pages have a form; sealed is what was typed before
    assert missed <= {"hall.differences", "hall.sign_sheet", "hall.confirm_tally", "hall.council"}


def test_the_same_form_sent_twice_is_done_once(sample: Sample) -> None:
    log = sample.elections["c1", "party"]
    browser = signed_in(sample.app, sample.store, "zhuren1", sample.clock())
    sent = {"occurred_on": "2010-12-04", "_go": "do", "sign_password": "演示密码2010"}
    size = sample.world("c1", "party").election.size
    address = f"/c/{log}/act/nomination.report"
    first, second = browser.post(address, data=sent), browser.post(address, data=sent)
    assert first.status_code == 302, first.get_data(as_text=True)
    assert second.status_code == 422
    assert complaint(second) == ""
    assert sample.world("c1", "party").election.size == size + 1


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "image/png"])
def test_a_letter_that_is_no_form_is_an_empty_form(sample: Sample, kind: str) -> None:
    answer = sample.browser().post("/check", data=b"<x/>", content_type=kind)
    assert answer.status_code == 422
    assert complaint(answer) == ""

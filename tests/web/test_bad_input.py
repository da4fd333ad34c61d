"""Every form of the map of addresses with everything that is wrong: a sentence, nothing lost, nothing recorded, never a 500.

The forms are read from the pages (``forms_of_the_map``), so that a new one is tried without a word here; an address that
takes what is sent and shows no form must be named in ``WITHOUT_A_FORM``.
"""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from election.process.base import ACTS
from election.store import accounts
from election.store.tables import AccountRow, Log
from election.store.worlds import entries
from election.web import create_app

from .forms_of_the_map import Found, Map
from .fuzzing import Form
from .hall_town import OTHER, VOTES, Hall, Once
from .hall_town import hall_once as hall_once

#: inputs that no person fills in: the program reads them as far as it can and leaves the rest
OWN = re.compile(r"csrf_token|_seen|next|once|username|.*\.rows|stamp|seen|kept")
TYPED = ("text", "textarea", "search", "tel", "email")
KEPT = "照实填写𠮷"
HUGE = "长" * 100_000
DAYS = ("2010-02-30", "去年冬天", "0000-00-00")
NUMBERS = ("许多", "9" * 30, "1.5")
CHOICES = ("没有这一项",)
ORDERS = ("do", "remove:x.99", "add:nothing", "preview:nothing", "\U0010ffff", "remove:" + "9" * 5000)
#: texts that are odd and are texts: they are taken as they are or refused with a sentence, never half
ODD = [
    "=cmd|' /C calc'!A0",
    "\u202e反转\u2066",
    "王👩‍👩‍👧🂡𠮷𬴊",
    "{{7*7}}%s{0}<b>'\"&",
    "a\x1b[31m\x07",
    "e\u0301\u200b·•",
]
#: never in the record, whatever was sent
NEVER = re.compile("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069\ufffd]|长{5000}|没有这一项")
#: what may be done again and again, and is recorded every time
REPEATED = frozenset({"access.new_pin", "hall.another_pin", "access.reset_account"})
#: addresses that take what is sent and whose forms stand on pages that this store does not reach
WITHOUT_A_FORM: dict[str, tuple[str, ...]] = {
    "access.end_sessions": ("present_password",),
    "access.logout": ("next",),
    "access.remove_second": ("present_code", "present_password"),
    "access.second_code": ("code", "next"),
    "access.second_factor": ("code", "kept", "present_code", "present_password"),
    "committee.cosigned": ("text", "*file"),
    "committee.roll_check": ("_go", "occurred_on"),
    "committee.roll_import": ("*file",),
    "committee.roll_review": ("person", "basis", "occurred_on", "_go"),
    "district.many": ("e", "document_number", "occurred_on", "sign_password"),
    "hall.doubt": ("unreadable", "m.0", "w.1.mark", "w.1.name", "w.1.again"),
    "hall.fetch_cards": (),
    "hall.recount": ("seed", "sign_password"),
    "hall.recount_pack": ("c0.returned", "c0.r.0.for", "reason", "occurred_on"),
    "hall.scan_again": ("reason", "sign_password"),
    "hall.scan_close": ("occurred_on", "sign_password"),
    "hall.scan_drop": ("pack",),
    "hall.scan_pack": ("pack", "counted", "void", "*files"),
    "hall.scan_show": ("pack",),
    "hall.scan_void": ("pack", "void"),
    "hall.sign_in": ("who", "person", "back"),
    "voter.slip": ("answer",),
}


@dataclass
class Scene:
    """A store as it stands at one moment of a turnover, with everybody's browser; made anew whenever something was recorded."""

    folder: Path
    once: Once
    prepare: Callable[[Hall], None] = lambda hall: None
    hall: Hall = field(init=False)
    made: int = 0

    def __post_init__(self) -> None:
        self.hall = self.once.copy(self.folder / "first", stays=True)
        self.prepare(self.hall)
        self.hall.store.close()
        self.anew()

    def anew(self) -> None:
        self.made += 1
        if self.made > 1:
            self.hall.store.close()
        told = Once(self.folder / "first", self.hall.now, self.hall.log, self.hall.residents)
        memory, known = self.hall.app.extensions["election"].memory, self.hall.store.cache
        self.hall = told.copy(self.folder / str(self.made), stays=True)
        if self.made > 2:
            shutil.rmtree(self.folder / str(self.made - 1))
        self.hall.store.cache.update(self.known if self.made > 1 else known)
        self.known = dict(self.hall.store.cache)
        self.hall.app.extensions["election"].memory = memory
        self.sizes = self.now_sizes()

    def map(self, start: str = "/", only: Collection[str] = ()) -> Map:
        hall = self.hall
        with hall.store.read() as session:
            known = {
                row.login: accounts.get(hall.store, row.id)
                for row in session.scalars(select(AccountRow).order_by(AccountRow.login))
            }
            campaigns = [log.id for log in session.scalars(select(Log).where(Log.kind == "campaign"))]
        facts = hall.facts
        staff = facts.staff[0]
        parts = {
            "election": [hall.log] if start != "/" else [hall.log, hall.residents],
            "campaign": campaigns,
            "community": [facts.community],
            "code": sorted(code for code, act in ACTS.items() if not act.hidden),
            "person": [hall.people()[0].person, staff.person, known["chair"].id],
            "role": [staff.role],
            "login": [known["teller1"].id],
            "contest": [hall.this.contests[0].id],
            "box": ["1"],
            "pack": ["1"],
            "doubt": [str(uuid4())],
            "wall": ["approve.decide"],
            "ruleset": ["party-2020"],
        }  # fmt: skip
        return Map(hall.app, parts, known, self.client, {hall.log: "party", hall.residents: "residents"}, start, only)

    def client(self, login: str) -> FlaskClient:
        return self.hall.browser(login).client if login else self.hall.app.test_client()

    def send(
        self, found: Found, data: Iterable[tuple[str, Any]] | bytes, *, go_on: bool = False, **more: Any
    ) -> Answer:
        """``go_on``: what it recorded stays for the next one."""
        client = self.client(found.who)
        if isinstance(data, bytes):
            more.setdefault("content_type", "application/x-www-form-urlencoded")
            answer = client.post(found.action, data=data, **more)
        else:
            several: dict[str, list[Any]] = {}
            for name, value in data:
                several.setdefault(name, []).append(value)
            kind = "multipart/form-data" if found.form.files else "application/x-www-form-urlencoded"
            answer = client.post(found.action, data=several, content_type=kind, **more)
        body = answer.get_data() if answer.mimetype == "text/html" else b""
        answer.close()
        answer.request.environ["wsgi.input"].close()
        said = Answer(answer, body.decode(), self._grown())
        if said.recorded and not go_on:
            self.anew()
        self.sizes = self.now_sizes()
        return said

    def now_sizes(self) -> dict[str, int]:
        with self.hall.store.read() as session:
            return {row.id: row.size for row in session.execute(select(Log.id, Log.size))}

    def _grown(self) -> list[str]:
        """What the entries say that were not there before."""
        found = []
        for log, size in self.now_sizes().items():
            if size > (before := self.sizes.get(log, 0)):
                with self.hall.store.read() as session:
                    found += [json.dumps(e.payload, ensure_ascii=False) for e in entries(session, log, before)]
        return found


@dataclass
class Answer:
    """What came back, and what was recorded."""

    response: TestResponse
    html: str
    recorded: list[str]

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def says(self) -> bool:
        """A sentence in Chinese that tells what is wrong."""
        found = re.findall(
            r'(?:id="errors"|class="(?:error|refusal|notification (?:error|warning))"|<h1>).*?</(?:ul|p|span|div|h1)>',
            self.html,
            re.S,
        )
        return any(re.search("[\u4e00-\u9fff]", re.sub("<[^>]+>", "", text)) for text in found)

    def shows(self, text: str) -> bool:
        return text in unescape(self.html)


def untouched(form: Form) -> list[tuple[str, str]]:
    """What a browser sends when every text is written and the first of every choice is taken."""
    sent = dict(form.shown)
    options: dict[str, str] = {}
    for name, value in form.fields:
        options.setdefault(name, value) if value else None
    for name, kind in form.kinds.items():
        if kind in TYPED and not sent.get(name):
            sent[name] = KEPT
        elif kind == "number":
            sent.setdefault(name, "3")
        elif kind in ("select", "radio") and not sent.get(name):
            sent[name] = options.get(name, "")
        elif kind == "password":
            sent[name] = "不是这个密码"
    return list(sent.items())


def changed(form: Form, change: Callable[[str], str | None]) -> list[tuple[str, str]]:
    """``change(name)`` says what is sent instead; None leaves it."""
    return [
        (name, value if OWN.fullmatch(name) or (new := change(name)) is None else new)
        for name, value in untouched(form)
    ]


def typed(form: Form) -> list[str]:
    return [name for name, kind in form.kinds.items() if kind in TYPED and not OWN.fullmatch(name)]


# --- the scenes ------------------------------------------------------------------------------------------------------


def _opened(hall: Hall) -> None:
    """The box is open, one teller has typed a sheet, the wall is lit."""
    hall.opened()
    assert hall.browser("teller1").post(hall.tally, {**hall.sheet(VOTES), "_go": "next"}).status == 302
    assert hall.browser("chair").post(hall.at("/wall")).status == 302


def _differ(hall: Hall) -> None:
    hall.opened()
    hall.enter("teller1", hall.sheet(VOTES))
    hall.enter("teller2", hall.sheet(OTHER))


def _agree(hall: Hall) -> None:
    hall.opened()
    hall.counted(hall.sheet(VOTES))


def _signed(hall: Hall) -> None:
    _agree(hall)
    hall.signed()


#: how far the count has come -> how it got there, and which forms it shows that the vote did not
STAGES: dict[str, tuple[Callable[[Hall], None], set[str]]] = {
    "opened": (_opened, {"hall.calling", "hall.confirm_tally", "hall.close_wall"}),
    "differ": (_differ, {"hall.differences", "hall.open_wall"}),
    "agree": (_agree, {"hall.sign_sheet"}),
    "signed": (_signed, {"hall.announce"}),
}


# --- the cases -------------------------------------------------------------------------------------------------------


@dataclass
class Trial:
    """One form, and everything that its answers may not be."""

    scene: Scene
    found: Found
    problems: list[str] = field(default_factory=list)

    def send(self, case: str, data: Iterable[tuple[str, Any]] | bytes, *, go_on: bool = False) -> Answer:
        answer = self.scene.send(self.found, data, go_on=go_on)
        if answer.status >= 500:
            self.say(case, str(answer.status))
        elif answer.status >= 400 and not answer.says:
            self.say(case, f"{answer.status} without a sentence")
        for entry in answer.recorded:
            if bad := NEVER.search(entry):
                self.say(case, f"recorded {bad[0][:20]!r}")
        return answer

    def refused(self, case: str, data: Iterable[tuple[str, Any]] | bytes) -> Answer:
        answer = self.send(case, data)
        if answer.recorded or 200 <= answer.status < 300:
            self.say(case, f"{answer.status}, taken")
        return answer

    def say(self, case: str, what: str) -> None:
        self.problems.append(f"{self.found}: {case}: {what}")

    def run(self, *, each: bool) -> list[str]:
        """``each``: one wrong input at a time, where one could hide behind another."""
        form = self.found.form
        texts, whole = typed(form), untouched(form)
        kinds = {"date": DAYS, "number": NUMBERS, "select": CHOICES, "radio": CHOICES}
        wrong = {n: kinds[kind] for n, kind in form.kinds.items() if kind in kinds and not OWN.fullmatch(n)}
        self.refused("not UTF-8", b"&".join(name.encode() + b"=\xcd\xf5\xbd\xa8" for name, _ in whole) or b"x=\xff")
        if texts or wrong:
            self.send("empty", [])
            self._huge(_alike(texts) if each else texts[:1])
            self._odd(texts)
            self._wrong([{n: wrong[n]} for n in _alike(wrong)] if each else [wrong] if wrong else [])
            self._orders(whole, ORDERS if each else ORDERS[:2])
        if each and (texts or wrong):
            self.refused("NUL", [*whole, ("x", "a\0b")])
            self.send("blank", changed(form, lambda name: ""))
            self.send("every input twice", [pair for name, value in whole for pair in ((name, value), (name, "二"))])
            self.send("stale", [(n, "0" if OWN.fullmatch(n) else value) for n, value in whole])
        self._twice(whole, texts)
        return self.problems

    def _huge(self, texts: list[str]) -> None:
        for name in texts:
            answer = self.refused(f"huge {name}", changed(self.found.form, {name: HUGE}.get))
            if answer.status == 422 and self.found.form.shown and not answer.shows(HUGE):
                self.say(f"huge {name}", "not kept")

    def _odd(self, texts: list[str]) -> None:
        answer = self.send("odd", changed(self.found.form, dict.fromkeys(texts, "".join(ODD)).get))
        if answer.status == 422 and self.found.form.shown and texts and not answer.shows("𠮷𬴊"):
            self.say("odd", "not kept")

    def _wrong(self, groups: list[dict[str, tuple[str, ...]]]) -> None:
        for group in groups:
            for at in range(max(map(len, group.values()))):
                bad = {name: values[at % len(values)] for name, values in group.items()}
                self.refused(str(bad)[:80], changed(self.found.form, bad.get))

    def _orders(self, whole: list[tuple[str, str]], orders: tuple[str, ...]) -> None:
        for order in orders:
            self.send(f"order {order[:20]}", [*[p for p in whole if p[0] != "_go"], ("_go", order)])

    def _twice(self, whole: list[tuple[str, str]], texts: list[str]) -> None:
        """The form as it stands, and again, as when a button is pressed twice."""
        first, again = (self.send(case, whole, go_on=True) for case in ("as it stands", "sent again"))
        if first.status == 422 and self.found.form.shown and not all(first.shows(v) for n, v in whole if n in texts):
            self.say("as it stands", "what was typed is not kept")
        if first.recorded and again.recorded and self.found.endpoint not in REPEATED:
            self.say("sent again", "recorded twice")
        if first.recorded or again.recorded:
            self.scene.anew()


def _alike(names: Iterable[str]) -> list[str]:
    """One of those that differ only in the number of their row, or in what they are said of."""
    return list({re.sub(r"\d+|:.*", "*", name): name for name in names}.values())


@pytest.fixture(scope="module")
def start(hall_once: dict[str, Once], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Scene, list[Found]]]:
    scene = Scene(tmp_path_factory.mktemp("vote"), hall_once["vote"])
    where = scene.map()
    forms = where.forms()
    yield (
        scene,
        forms + [found for endpoint, names in WITHOUT_A_FORM.items() for found in where.without(endpoint, names)],
    )
    scene.hall.store.close()


def test_every_form_with_everything_wrong(start: tuple[Scene, list[Found]]) -> None:
    scene, forms = start
    assert len(forms) > 100, "the map shows no forms"
    problems = [p for found in forms for p in Trial(scene, found).run(each=False)]
    assert not problems, "\n".join(problems[:40])


@pytest.mark.long
def test_every_input_of_every_form_with_everything_wrong(start: tuple[Scene, list[Found]]) -> None:
    scene, forms = start
    problems = [p for found in forms for p in Trial(scene, found).run(each=True)]
    assert not problems, "\n".join(problems[:40])


@pytest.mark.parametrize("name", STAGES)
def test_forms_of_the_count_with_everything_wrong(name: str, hall_once: dict[str, Once], tmp_path: Path) -> None:
    prepare, endpoints = STAGES[name]
    scene = Scene(tmp_path, hall_once["vote"], prepare)
    forms = [found for found in scene.map("/h/", endpoints).forms() if found.endpoint in endpoints]
    assert {found.endpoint for found in forms} == endpoints
    problems = [p for found in forms for p in Trial(scene, found).run(each=True)]
    assert not problems, "\n".join(problems[:40])
    scene.hall.store.close()


def test_every_address_that_takes_a_form_is_tried(start: tuple[Scene, list[Found]]) -> None:
    scene, forms = start
    tried = {found.endpoint for found in forms}.union(*(endpoints for _, endpoints in STAGES.values()))
    assert {rule.endpoint for rule in scene.map().rules("POST")} == tried


def test_no_form_is_taken_without_its_token(start: tuple[Scene, list[Found]]) -> None:
    scene, forms = start
    app = create_app(scene.hall.store, clock=lambda: scene.hall.now, testing=True)
    before = scene.sizes
    for found in forms:
        for token in ([], [("csrf_token", "")], [("csrf_token", "IjEi.abc.def")]):
            sent = [pair for pair in untouched(found.form) if pair[0] != "csrf_token"]
            answer = app.test_client().post(found.action, data=dict([*sent, *token]))
            assert answer.status_code == 400, found
            assert "页面打开太久" in answer.get_data(as_text=True), found
    assert scene.now_sizes() == before


#: (content, name) of what is uploaded
UPLOADS = {
    "empty": (b"", "扫描.pdf"),
    "text": ("姓名,性别\n".encode(), "扫描.pdf"),
    "html": (b"<html><script>alert(1)</script>", "x.jpg"),
    "gzip": (b"\x1f\x8b\x08" + b"\0" * 50, "名册.csv"),
    "zip": (b"PK\x03\x04" + b"\0" * 60, "名册.xlsx"),
    "path": (b"\xff\xd8\xff" + b"\0" * 50, "../../../../etc/passwd"),
    "name": (b"x", "\u202e" + "长" * 3000 + "𠮷.csv"),
    "formula": ("姓名,出生日期\n=cmd|' /C calc'!A0,@SUM(1)\n".encode(), "=cmd.csv"),
    "utf-16": ("姓名,出生日期\n王某,1980-01-01\n".encode("utf-16"), "名册.csv"),
    "large": (b"%PDF-" + b"0" * 13 * 1024 * 1024, "扫描.pdf"),
}


@pytest.mark.parametrize("kind", UPLOADS)
def test_every_upload_with_every_wrong_file(kind: str, start: tuple[Scene, list[Found]]) -> None:
    scene, forms = start
    content, name = UPLOADS[kind]
    uploads = {found.endpoint: found for found in forms if found.form.files}
    assert len(uploads) >= 6
    for found in uploads.values():
        trial = Trial(scene, found)
        files = [(upload, (io.BytesIO(content), name)) for upload in found.form.files]
        answer = trial.send(kind, [*untouched(found.form), ("_go", "do"), *files])
        assert not trial.problems
        if kind == "large" and found.endpoint != "hall.scan_pack":
            assert answer.status == 413, found
    assert not [path for path in scene.folder.rglob("*") if path.name in ("passwd", "=cmd.csv", "x.jpg")]


@pytest.mark.parametrize("number", ["-1", "0", "9" * 30, "9" * 5000, "1e3", "٣", "x", "", "\U0010ffff"])
def test_a_page_of_a_list_that_is_not_there_is_one_that_is(number: str, start: tuple[Scene, list[Found]]) -> None:
    scene, _ = start
    log = scene.hall.log
    for address in (f"/c/{log}/roll", f"/c/{log}/record", f"/c/{log}/witness", f"/h/{log}/quorum", f"/h/{log}/sheets"):
        asked = dict.fromkeys(("page", "q", "n", "old", "present", "seen", "step", "role", "group"), number)
        assert scene.client("chair").get(address, query_string=asked).status_code == 200, address

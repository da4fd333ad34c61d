"""Every form and every address, filled in by somebody who means no good: what a browser could send, and what it could not.

Forms are found the way people find them: from page to page, by their links. Nothing here knows a route or a field.
"""

from __future__ import annotations

import io
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urlsplit

from flask.testing import FlaskClient

#: what people type, what machines choke on, and what attackers try
NASTY = [
    "",
    " ",
    "　",
    "0",
    "-1",
    "1",
    "1.5",
    "1e400",
    "NaN",
    "9" * 30,
    "٣",
    "１２",
    "²",
    "2010-12-26",
    "2010-02-30",
    "0001-01-01",
    "9999-12-31",
    "２０１０-１２-２６",
    "25:61",
    "08:00",
    "王建国",
    "𠮷野家",
    "e\u0301",
    "\u202e反转",
    "a\x00b",
    "a\r\nSet-Cookie: x=1",
    "<script>alert(1)</script>",
    "<link rel=attachment href=file:///etc/passwd>",
    "'; DROP TABLE log; --",
    "{{ 7*7 }}{% raise %}",
    "%s%n%d{0}{name}",
    "../../../../etc/passwd",
    "//evil.example/",
    "=HYPERLINK('http://evil.example')",
    "00000000-0000-0000-0000-000000000000",
    "null",
    "[]",
    "{}",
    "true",
    "on",
    "长" * 5000,
    "\U0010ffff\ufffe\ufeff",
]
#: bytes that are no text
RAW = [b"%ff%fe%00", b"%", b"%u4e00", b"\xff\xfe", b"a=b=c&&&=", b"%ed%a0%80", b""]
FILES = [
    (b"", "empty.csv"),
    (b"PK\x03\x04" + b"\x00" * 60, "broken.xlsx"),
    (b"%PDF-1.7\n%%EOF", "scan.pdf"),
    (b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "image.png"),
    (b"\xff\xd8\xff\xe0" + b"\x00" * 40, "../../photo.jpg"),
    ("姓名,性别\n王某,男\n".encode(), "名册.csv"),
    ("姓名\n=cmd|' /C calc'!A0\n".encode(), "a\x00b.csv"),
    (b"\xff\xfe\x00", "half.csv"),
    (b"GIF89a" + bytes(200), "x.gif"),
]


@dataclass
class Form:
    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    #: input -> ``text``, ``date``, ``textarea``, ``select``, ``radio``, …
    kinds: dict[str, str] = field(default_factory=dict)
    #: what a browser sends of it untouched: what is typed, chosen and ticked
    shown: list[tuple[str, str]] = field(default_factory=list)

    @property
    def shape(self) -> tuple[str, ...]:
        return (urlsplit(self.action).path, self.method, *sorted({n for n, _ in self.fields} | set(self.files)))


class Page(HTMLParser):
    """Links and forms of a page."""

    def __init__(self, html: str, address: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._address, self._select = address, ""
        self._form: Form | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {k: v or "" for k, v in attrs}
        given = {k for k, _ in attrs}
        if tag == "a" and a.get("href", "").startswith("/"):
            self.links.append(urldefrag(a["href"]).url)
        for name in ("hx-get", "hx-post"):
            if name in a:
                self.links.append(a[name])
        if tag == "form":
            self._form = Form(a.get("action") or self._address, a.get("method", "get").lower())
            self.forms.append(self._form)
        if tag == "button" and a.get("formaction") and self._form is not None:  # the same inputs, sent elsewhere
            self.forms.append(replace(self._form, action=a["formaction"]))
        if self._form is None or not a.get("name"):
            if tag == "option" and self._select and self._form is not None:
                self._form.fields.append((self._select, a.get("value", "")))
                if "selected" in given:
                    self._form.shown.append((self._select, a.get("value", "")))
            return
        kind = a.get("type", "text") if tag == "input" else tag
        if tag != "button":
            self._form.kinds[a["name"]] = kind
        if tag == "input" and (kind not in ("radio", "checkbox", "file", "password") or "checked" in given):
            self._form.shown.append((a["name"], a.get("value", "")))
        if tag == "select":
            self._select = a["name"]
        elif tag == "textarea":
            self._form.fields.append((a["name"], ""))
        elif tag == "button":
            self._form.buttons.append((a["name"], a.get("value", "")))
        elif tag == "input" and a.get("type") == "file":
            self._form.files.append(a["name"])
        elif tag == "input":
            self._form.fields.append((a["name"], a.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = ""


def _kind(address: str) -> str:
    """An address without its ids, numbers and query."""
    return re.sub(r"[0-9a-f-]{36}|\d+", "*", urlsplit(address).path)


@dataclass
class Trouble:
    """An answer that no page may give."""

    who: str
    method: str
    address: str
    sent: str
    status: int


@dataclass
class Walker:
    """One browser that goes wherever links lead, and keeps the forms it has seen."""

    who: str
    client: FlaskClient
    chance: random.Random
    seen: set[str] = field(default_factory=set)
    forms: dict[tuple[str, ...], Form] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    requests: int = 0

    def go(self, start: str, pages: int) -> None:
        """Up to so many pages, first those of a kind that has been seen least."""
        waiting, kinds = [start], Counter[str]()
        while waiting and len(self.seen) < pages:
            address = min(waiting, key=lambda a: kinds[_kind(a)])
            waiting.remove(address)
            if address in self.seen or "logout" in address:
                continue
            self.seen.add(address)
            kinds[_kind(address)] += 1
            waiting += [found for found in self._read(self.open("GET", address), address) if found not in self.seen]

    def _read(self, html: str, address: str) -> Iterator[str]:
        page = Page(html, address)
        for form in page.forms:
            if "logout" not in form.action:
                self.forms.setdefault(form.shape, form)
        yield from page.links

    def open(self, method: str, address: str, **more: Any) -> str:
        self.requests += 1
        answer = self.client.open(address, method=method, **more)
        if answer.status_code >= 500:
            sent = repr(more.get("data") or more.get("query_string") or "")[:400]
            self.troubles.append(Trouble(self.who, method, address, sent, answer.status_code))
        if answer.status_code in (302, 303) and method == "GET":
            onward = urlsplit(answer.headers["Location"])
            answer.close()
            return f'<a href="{onward.path}">' if onward.path.startswith("/") else ""
        if answer.mimetype != "text/html":
            answer.close()
            return ""
        html = answer.get_data(as_text=True)
        answer.close()
        return html

    def submit(self, form: Form) -> None:
        """Once with what stands there, once with one field spoilt, or all, or with something no form has."""
        data = self._filled(form)
        html = self.open(form.method.upper(), form.action, **self._body(form, data))
        for _ in self._read(html, form.action):
            pass

    def _filled(self, form: Form) -> list[tuple[str, Any]]:
        values: dict[str, list[str]] = {}
        for name, value in form.fields:
            values.setdefault(name, []).append(value)
        data: list[tuple[str, Any]] = [(name, self.chance.choice(given)) for name, given in values.items()]
        if form.buttons and self.chance.random() < 0.8:
            data.append(self.chance.choice(form.buttons))
        how = self.chance.random()
        if how < 0.15:
            return data
        if how < 0.6 and data:
            for _ in range(self.chance.choice((1, 1, 2, 3))):
                at = self.chance.randrange(len(data))
                data[at] = (data[at][0], self.chance.choice(NASTY))
        elif how < 0.75:
            data = [(name, self.chance.choice(NASTY)) for name, _ in data]
        elif how < 0.85 and data:
            data.pop(self.chance.randrange(len(data)))
        elif how < 0.95 and data:
            data.append((self.chance.choice(data)[0], self.chance.choice(NASTY)))
        else:
            data.append(
                (self.chance.choice(("_go", "items.99999.x", "w.0.for", "x" * 300, "")), self.chance.choice(NASTY))
            )
        return data

    def _body(self, form: Form, data: list[tuple[str, Any]]) -> dict[str, Any]:
        if form.method == "get":
            return {"query_string": [(k, str(v)) for k, v in data]}
        multi: dict[str, list[Any]] = {}
        for name, value in data:
            multi.setdefault(name, []).append(value)
        if form.files and self.chance.random() < 0.8:
            for name in form.files:
                content, called = self.chance.choice(FILES)
                multi.setdefault(name, []).append((io.BytesIO(content), called))
            return {"data": multi, "content_type": "multipart/form-data"}
        if self.chance.random() < 0.06:
            kind = self.chance.choice(("application/x-www-form-urlencoded", "multipart/form-data", "application/json"))
            name = data[0][0] if data else "x"
            return {"data": name.encode() + b"=" + self.chance.choice(RAW), "content_type": kind}
        return {"data": multi}

"""One act from its form to the record: typed, checked against the law, read once more, signed, done.

An act that is signed, seals a paper or ends a step is shown again before it is done, with what follows and what it
rests on; any other is done at once. What was typed is kept as a draft and comes back after a crash.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from flask import flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from election.acts import ballots, papers
from election.acts.do import do, missing_for
from election.acts.perform import Refused
from election.faults import WrongInput
from election.process.base import Act, Deed, Demand
from election.process.machine import undone
from election.process.preparation import ReleaseBallots, WithdrawBallots
from election.process.sealing import open_act
from election.process.world import World
from election.store import drafts
from election.store.append import Content
from election.store.worlds import entries, openings
from election.web import typed as texts
from election.web.access.signing import Signing, signers_from_form
from election.web.committee.tasks import act_words
from election.web.committee.uploads import attachments
from election.web.context import account, now, real_now, store, today
from election.web.controls import controls, summary
from election.web.forms import ActForm, Offer
from election.web.typed import Typed
from election.web.words import _, day, fault, language
from election.words import acts as said

Answer = str | Response | tuple[str, int]
#: judged only when it is done: the program makes the bundle then
LATER = frozenset({"archive.verified"})


@dataclass(frozen=True)
class Flow:
    """One act that somebody may do, and where they came from."""

    log: str
    world: World
    act: type[Act]
    offer: Offer
    #: where to go when it is done
    back: str
    #: what stands in the form at first
    beginning: Typed = field(default_factory=Typed)
    crumbs: Sequence[tuple[str, str]] = ()
    #: what stands behind the decision: (words, value)
    bearing: Sequence[tuple[str, str]] = ()
    #: what its step has by now
    demands: Sequence[Demand] = ()
    template: str = "web/committee/act.html"
    #: what keeps the form from being filled in, and where that is mended
    notice: str = ""
    notice_address: str = ""
    #: what the template shows beyond the fields
    more: Any = None

    @property
    def confirmed(self) -> bool:
        """Shown again before it is done."""
        return self.act.signed or self.act.final or bool(self.act.papers) or self.act.code == "notice.post"

    @property
    def draft_name(self) -> str:
        asked = request.query_string
        return f"act:{self.act.code}" + (f":{sha256(asked).hexdigest()[:16]}" if asked else "")


@dataclass
class Page:
    """One answer: the form with everything beside it."""

    flow: Flow
    form: ActForm
    occurred_on: str
    errors: dict[str, str] = field(default_factory=dict)
    demands: Sequence[Demand] = ()
    restored: Any = None
    signing: Signing | None = None
    #: the act as it would be done, on the page that asks once more
    summary: Sequence[tuple[str, str]] = ()

    @property
    def seen(self) -> int:
        """How far the log was when the form was shown."""
        typed = request.form.get("_seen", "")
        known = self.flow.world.at(self.flow.act.log).size
        return min(int(typed), known) if typed.isascii() and typed.isdigit() and len(typed) < 10 else known

    @property
    def title(self) -> str:
        notice = self.form.typed.one("kind") if self.flow.act.code == "notice.post" else ""
        return said.act_title(self.flow.act.code, language(), notice=notice)

    @property
    def paper_kinds(self) -> tuple[str, ...]:
        act = self.flow.act
        if act.code == "notice.post":
            kind = self.form.typed.one("kind")
            return (kind,) if kind in papers.BUILDERS else ()
        return tuple(k for k in (*act.papers, *papers.ALSO.get(act.code, ())) if k in papers.BUILDERS)

    def show(self, status: int = 200) -> Answer:
        template = "web/committee/confirm.html" if self.summary else self.flow.template
        words = render_template(
            template, page=self, flow=self.flow, form_of_act=self.form, controls=controls(self.form),
            hint=said.act_hint(self.flow.act.code, language()), paper_title=lambda kind: said.paper_title(kind, language()),
        )  # fmt: skip
        return words if status == 200 else (words, status)


def conduct(flow: Flow) -> Answer:
    """Answer a request for an act's page."""
    if request.method == "GET":
        return _begin(flow)
    form = ActForm(flow.act, flow.offer)
    form.typed = Typed.of(request.form, form.names)
    gather_slots(form.typed)
    page = Page(flow, form, request.form.get("occurred_on", ""))
    order = request.form.get("_go", "next")
    if order == "draft":
        return _keep(page)
    if order == "discard":
        drafts.drop(store(), account().id, flow.log, flow.draft_name)
        return redirect(request.full_path.rstrip("?"))
    if order == "edit" or form.change(order):
        page.errors = form.errors
        return page.show()
    return _judge(page, order)


def gather_slots(typed: Typed) -> None:
    """Ticks of ``person:office`` are rows of a list of candidates."""
    if "candidates.slots" not in typed:
        return
    slots = [s.split(":", 1) for s in typed.pop("candidates.slots") if ":" in s]
    typed.pop("candidates.rows", None)
    for person, office in slots:
        typed.add_row("candidates", {"person": person, "office": office})


def _begin(flow: Flow) -> Answer:
    form = ActForm(flow.act, flow.offer, Typed(flow.beginning))
    asked = Typed.of(request.args, form.names)
    form.typed.update(asked)
    page = Page(flow, form, today().isoformat())
    kept = drafts.kept(store(), account().id, flow.log, flow.draft_name)
    if kept is not None:
        value = kept.value
        form.typed = Typed({str(k): [str(v) for v in vs] for k, vs in value["typed"].items()})
        page.occurred_on, page.restored = str(value["occurred_on"]), kept.at
    return page.show()


def _save(page: Page) -> None:
    value = {"typed": dict(page.form.typed), "occurred_on": page.occurred_on}
    drafts.keep(store(), account().id, page.flow.log, page.flow.draft_name, value, real_now())


def _keep(page: Page) -> Answer:
    """Keep what is typed: by the button, or by itself while somebody types.

    Saved first and looked at then: an act that was done before the look takes the draft away here, one that is done
    after it does so itself.
    """
    _save(page)
    if request.headers.get("HX-Request"):
        if _overtaken(page):
            drafts.drop(store(), account().id, page.flow.log, page.flow.draft_name)
            return make_response("", 204)
        return make_response(_("已自动保存草稿"))
    flash(_("草稿已保存，可以以后接着填写"))
    return redirect(request.full_path.rstrip("?"))


def _overtaken(page: Page) -> bool:
    """The form was sent and its act done while the form was still about to be saved by itself."""
    with store().read() as session:
        since = entries(session, page.flow.log, page.seen)
    return any(e.act == page.flow.act.code and e.actor["account"] == account().id for e in since)


def _sent_before(page: Page, act: Act) -> bool:
    """The button was pressed twice: since the form was shown, this person has done this very act."""
    with store().read() as session:
        since = entries(session, page.flow.log, page.seen)
        known = openings(store(), session, page.flow.log, page.seen) if since else {}
    done = [
        open_act(e.act, e.payload, known) for e in since if e.act == act.code and e.actor["account"] == account().id
    ]
    asked = page.form.names
    return any(all(getattr(one, name) == getattr(act, name) for name in asked) for one in done)


def _judge(page: Page, order: str) -> Answer:
    flow, form = page.flow, page.form
    act = form.read()
    page.errors = dict(form.errors)
    on = _occurred(page)
    if act is None or on is None or page.errors:
        return page.show(422)
    if order.startswith("preview:"):
        return _preview(page, act, order.removeprefix("preview:"), on)
    if _sent_before(page, act):
        drafts.drop(store(), account().id, flow.log, flow.draft_name)
        flash(_("这张表已经提交过，没有重复登记"), "warning")
        return redirect(flow.back)
    try:
        against = missing_for(store(), flow.log, act, account().actor, on, now())
    except WrongInput as wrong:  # a ballot that no page of this paper holds
        page.errors[""] = fault(wrong)
        return page.show(422)
    page.demands = [d for d in against if d.code not in LATER]
    if page.demands:
        return page.show(422)
    if flow.confirmed and order != "do":
        _save(page)
        page.summary = _read_again(page, act, on)
        return page.show()
    return _do(page, act, on)


def _occurred(page: Page) -> date | None:
    """The day it happened; None with an error."""
    found = texts.day(texts.line(page.occurred_on)) if page.occurred_on.strip() else today()
    if isinstance(found, date):
        page.occurred_on = found.isoformat()
        return found
    page.errors["occurred_on"] = _("实际发生日期须是日期，如 2010-12-26")
    return None


def _preview(page: Page, act: Act, kind: str, on: date) -> Answer:
    """The paper as it would be sealed, with its watermark."""
    if kind not in page.paper_kinds:
        return page.show(422)
    try:
        with store().read() as session:
            data = papers.preview(store(), session, page.flow.world, kind, act, on)
    except WrongInput as wrong:
        page.errors[""] = fault(wrong)
        return page.show(422)
    response = make_response(data)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = "inline; filename=preview.pdf"
    return response


def _do(page: Page, act: Act, on: date) -> Answer:
    flow, form = page.flow, page.form
    files, file_error = attachments(request.files.getlist("attachments"))
    signing = signers_from_form(request.form, request.files, account()) if flow.act.signed else Signing()
    page.signing = signing
    page.errors = ({"attachments": file_error} if file_error else {}) | signing.errors
    if page.errors:
        return _again(page, act, on)
    contents: list[Content] = [*signing.attachments, *files]
    try:
        entry = do(
            store(), flow.log, act, account().actor, on, now(),
            signers=signing.signers, attachments=contents, on_paper=signing.on_paper,
        )  # fmt: skip
    except Refused as refused:
        page.demands = refused.demands
        return page.show(422)
    except WrongInput as wrong:
        page.errors[""] = fault(wrong)
        return page.show(422)
    drafts.drop(store(), account().id, flow.log, flow.draft_name)
    notice = form.typed.one("kind") if act.code == "notice.post" else ""
    flash(
        _(
            "{done}，已记入选举记录第 {number} 条",
            done=said.act_done(act.code, language(), notice=notice),
            number=entry.seq + 1,
        ),
        "done",
    )
    return redirect(flow.back)


def _again(page: Page, act: Act, on: date) -> Answer:
    """The page that was sent, with what is wrong in its signature or files."""
    if page.flow.confirmed:
        page.summary = _read_again(page, act, on)
    return page.show(422)


def _read_again(page: Page, act: Act, on: date) -> list[tuple[str, str]]:
    """The act as it would be done; of a ballot also what shows only once it is laid out, and
    of ballots withdrawn what falls with them."""
    told = [(_("实际发生日期"), day(on)), *summary(page.form, act)]
    if isinstance(act, ReleaseBallots):
        pages = ballots.pages(page.flow.world, act)
        words = _("{pages} 页", pages=pages)
        if pages == 2:
            words = _("2 页，双面印在一张纸上")
        elif pages > 2:
            words = _("{pages} 页，一张纸印不下，投票时容易拆散。最好返回修改，改用大一号的纸", pages=pages)
        told.append((_("每张选票"), words))
    if isinstance(act, WithdrawBallots):
        deed = Deed(act, account().actor, on, now())
        again = dict.fromkeys(act_words(d) for d in undone(page.flow.world, deed))
        told.append((_("随后须依次重新办理"), "\n".join(again)))
    return told

"""Is this paper on the wall the one that was sealed? By its code, or by the file itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from flask import Response, render_template, request, url_for

from election.acts import posted, public
from election.acts.posted import Sealed
from election.process.facts import Election, Notice
from election.store.worlds import world_of
from election.web.access.policy import policy
from election.web.context import real_now, store
from election.web.voter import blueprint
from election.web.voter.asked import hexadecimal
from election.web.words import _, language
from election.words import acts as words

Page = Response | tuple[str, int]

#: papers looked up a day from one address; a hall has one address for everybody
LOOKED_UP_PER_ADDRESS = 100


@dataclass(frozen=True)
class Known:
    """A paper of the record as a visitor may know it: never whom it names."""

    title: str
    #: of a numbered notice, else 0
    number: int
    where: str
    body: str
    sealed_on: date
    sha256: str
    #: of a notice: stands no more, and the number that took its place (0: none yet)
    over: bool
    replaced_by: int
    #: when the office's own copy was destroyed
    destroyed_on: date | None
    board: str


@blueprint.route("/paper", methods=["GET", "POST"])
@policy(at="public")
def check_paper() -> Page:
    typed = request.values.get("code", "")
    file = request.files.get("file") if request.method == "POST" else None
    uploaded = file is not None and bool(file.filename)
    if request.method == "GET" and not typed:
        return render_template("web/voter/paper.html", code="", errors={}, found=None), 200
    code = sha256(file.read()).hexdigest() if file is not None and uploaded else hexadecimal(typed)
    errors = {}
    if not uploaded and not typed.strip():
        errors["code"] = _("请填写校验码，或选择文书的 PDF 文件")
    elif not code:
        errors["code"] = _("校验码是 16 至 64 位的数字和字母 a 至 f")
    if errors:
        return render_template("web/voter/paper.html", code=typed, errors=errors, found=None), 422
    limit = public.by_address("paper", request.remote_addr or "", LOOKED_UP_PER_ADDRESS)
    if not public.within(store(), limit, real_now()):
        errors[""] = _("今天从这里核对的次数已用完，请明天再来")
        return render_template("web/voter/paper.html", code=typed, errors=errors, found=None), 429
    found = known(code)
    page = render_template("web/voter/paper.html", code="" if uploaded else typed, errors={}, found=found)
    return page, 200 if found else 404


def known(code: str) -> list[Known]:
    with store().read() as session:
        papers = posted.papers_of(store(), session, code)
        worlds = {p.log: world_of(store(), session, p.log) for p in papers}
    found = []
    for paper in papers:
        campaign, facts = worlds[paper.log].campaign, worlds[paper.log].election
        notices = facts.notices if facts.id else [n for c in campaign.communities.values() for n in c.notices]
        notice = next((n for n in notices if n.seq == paper.seq and n.sha256 == paper.sha256), None)
        found.append(_known(paper, notice, facts, campaign.id))
    return found


def _known(paper: Sealed, notice: Notice | None, facts: Election, campaign: str) -> Known:
    where = facts.community or (notice.community if notice else "")
    on_board = bool(notice and where and campaign)
    return Known(
        title=words.paper_title(notice.kind if notice else paper.kind, language()),
        number=notice.number if notice else 0,
        where=facts.community_name,
        body=words.body_name(facts.body, language()) if facts.body else "",
        sealed_on=paper.sealed_on,
        sha256=paper.sha256,
        over=notice is not None and not notice.stands,
        replaced_by=(notice.superseded_by or 0) if notice else 0,
        destroyed_on=facts.gone.get(paper.sha256),
        board=url_for("voter.board", campaign=campaign, community=where) if on_board else "",
    )

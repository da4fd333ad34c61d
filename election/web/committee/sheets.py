"""Papers: those that the record has sealed, drafts with their watermark, forms to fill in by hand, attachments."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, render_template
from werkzeug.wrappers import Response

from election.acts import papers, witnessing
from election.faults import WrongInput
from election.process.base import Role
from election.process.tally import CommitTally, blind
from election.store.append import content_of
from election.store.reading import sealed_kind
from election.store.worlds import entries
from election.web.access.policy import policy
from election.web.committee import blueprint, links
from election.web.committee.doing import crumbs
from election.web.committee.flow import Answer
from election.web.committee.home import READERS, WORKERS
from election.web.committee.minutes import is_posted
from election.web.context import place, store, today
from election.web.words import _, fault, language
from election.words import acts as said

SUFFIX = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def served(data: bytes, media_type: str, name: str) -> Response:
    """Bytes to look at; the browser must not guess what they are."""
    response = make_response(data)
    response.mimetype = media_type
    response.headers["Content-Disposition"] = f"inline; filename={name}.{SUFFIX.get(media_type, 'bin')}"
    return response


def _sealed_kind(digest: str) -> str | None:
    """The kind of a paper of this election or of its campaign; None if there is none."""
    here = place()
    with store().read() as session:
        return sealed_kind(session, digest, (here.election, here.campaign))


@blueprint.get("/<uuid:election>/paper/<sha256>")
@policy(at="election", roles=READERS)
def paper(election: Any, sha256: str) -> Answer:
    """A sealed paper; an observer reads what was posted."""
    kind = _sealed_kind(sha256)
    if kind is None or (place().role == Role.OBSERVER and not is_posted(kind)):
        abort(404)
    if sha256 in place().world.election.gone:
        abort(410)
    with store().read() as session:
        content = content_of(store(), session, sha256)
    if content is None:
        abort(404)
    return served(content.data, content.media_type, f"{kind}-{sha256[:8]}")


@blueprint.get("/<uuid:election>/attachment/<int:seq>/<int:number>")
@policy(at="election", roles=WORKERS)
def attachment(election: Any, seq: int, number: int) -> Answer:
    """A file that came with an entry; the photo of a tally sheet only when both tellers' figures are open."""
    with store().read() as session:
        found = entries(session, place().log, seq, seq + 1)
        if not found or not 0 <= number < len(found[0].attachments):
            abort(404)
        said = found[0].payload
        if found[0].act == CommitTally.code and blind(place().world, str(said["contest"]), str(said["box"])):
            abort(404)
        content = content_of(store(), session, str(found[0].attachments[number]["sha256"]))
    if content is None:
        abort(410 if "files" in place().world.election.destroyed else 404)
    return served(content.data, content.media_type, f"attachment-{seq + 1}-{number + 1}")


@blueprint.get("/<uuid:election>/draft/<kind>")
@policy(at="election", roles=WORKERS)
def draft(election: Any, kind: str) -> Answer:
    """A paper as it would be today, with its watermark."""
    try:
        with store().read() as session:
            data = papers.preview(store(), session, place().world, kind, today=today())
    except WrongInput as wrong:
        return _not_yet(kind, wrong)
    return served(data, "application/pdf", f"draft-{kind if kind in papers.BUILDERS else 'paper'}")


#: whom a mobile box visits is told to those alone who arrange it
OWN = frozenset({"visit_list"})


@blueprint.get("/<uuid:election>/form/<kind>")
@policy(at="election", roles=WORKERS)
def form(election: Any, kind: str) -> Answer:
    """A form to be filled in by hand, for a hall without power. It bears the record's state, signed at that moment."""
    if kind in OWN and not links.open_to("committee.absent", place().world, place().role):
        abort(404)
    witnessing.newest(store(), place().election)
    try:
        with store().read() as session:
            data = papers.form(store(), session, place().world, kind, today())
    except WrongInput as wrong:
        return _not_yet(kind, wrong)
    return served(data, "application/pdf", f"form-{kind}")


def _not_yet(kind: str, wrong: WrongInput) -> Answer:
    title = said.paper_title(kind, language()) if kind in papers.BUILDERS or kind in papers.forms else _("文书")
    return render_template("web/committee/not_yet.html", title=title, words=fault(wrong), crumbs=crumbs()), 404

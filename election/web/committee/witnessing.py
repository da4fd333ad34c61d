"""Checkpoints for those who witness the record, their cosignatures taken in, and one entry proved without the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for

from election.acts import archive, witnessing
from election.acts.perform import Refused
from election.documents.typesetting import square
from election.faults import WrongInput
from election.process.base import Demand
from election.process.facts import Witness
from election.process.office import VOUCHING
from election.record import note
from election.record.note import Checkpoint
from election.web.access.policy import policy
from election.web.committee import blueprint
from election.web.committee.doing import crumbs
from election.web.committee.flow import Answer
from election.web.committee.home import READERS
from election.web.committee.record import TAKERS
from election.web.context import account, now, place, store
from election.web.words import _, fault

WITNESSES = ("scrutineer", "street", "district", "observer")


@dataclass(frozen=True)
class Row:
    """A registered witness and how many entries of this record they have cosigned."""

    witness: Witness
    size: int


def _rows() -> list[Row]:
    here = place()
    reached = witnessing.reached(store(), here.election)
    with store().read() as session:
        known = witnessing.known(store(), session, here.path)
    return [Row(witness, reached.get(name, 0)) for name, witness in sorted(known.items())]


@blueprint.get("/<uuid:election>/witness")
@policy(at="election", roles=TAKERS)
def witness(election: Any) -> Answer:
    """The newest checkpoint, who has cosigned how far, and where a cosignature is handed in."""
    return _page()


def _page(errors: dict[str, str] | None = None, demands: tuple[Demand, ...] = ()) -> Answer:
    here = place()
    text = witnessing.newest(store(), here.election)
    said = Checkpoint.parse(note.body_of(text))
    page = render_template(
        "web/committee/witness.html",
        size=said.size,
        root=said.root.hex(),
        code=square(text),
        rows=_rows(),
        server=witnessing.server_key(store()),
        trust=store().vault.trust,
        words=kinds(),
        may_register=here.role in VOUCHING,
        kinds=list(kinds().items()),
        typed=request.form,
        errors=errors or {},
        demands=demands,
        registering=request.endpoint == "committee.register_witness",
        crumbs=crumbs("", (_("选举记录"), url_for("committee.record", election=here.election)), (_("见证"), "")),
    )
    return (page, 422) if errors or demands else page


def kinds() -> dict[str, str]:
    """Who a witness is, in words."""
    return {"scrutineer": _("监票人"), "street": _("街道"), "district": _("区"), "observer": _("观察员")}


@blueprint.get("/<uuid:election>/witness/checkpoint")
@policy(at="election", roles=TAKERS)
def checkpoint(election: Any) -> Answer:
    """The newest checkpoint with its cosignatures, to be kept outside."""
    text = witnessing.newest(store(), place().election)
    size = Checkpoint.parse(note.body_of(text)).size
    return _download(text, f"checkpoint-{_short(election)}-{size}.note")


@blueprint.get("/<uuid:election>/witness/request/<path:name>")
@policy(at="election", roles=TAKERS)
def witness_request(election: Any, name: str) -> Answer:
    """What this witness needs to cosign: the newest checkpoint, and the proof that it grew from what they saw last."""
    found = next((row for row in _rows() if row.witness.name == name), None)
    if found is None:
        abort(404)
    old = request.args.get("old", found.size, type=int)
    try:
        text = witnessing.request(store(), place().election, old)
    except WrongInput as wrong:
        return _page({"file": fault(wrong)})
    return _download(text, f"witness-request-{name.replace('/', '-')}-{_short(election)}-{old}.txt")


@blueprint.post("/<uuid:election>/witness")
@policy(at="election", roles=TAKERS)
def cosigned(election: Any) -> Answer:
    """A cosigned checkpoint comes back, as a file or pasted."""
    file = request.files.get("file")
    data = file.stream.read(witnessing.LARGEST + 1) if file is not None and file.filename else b""
    data = data or request.form.get("text", "").encode()
    if not data.strip():
        return _page({"file": _("请选择文件，或粘贴见证签名")})
    try:
        found = witnessing.receive(store(), place().election, data)
    except WrongInput as wrong:  # a fork or a restored database is heard of here, and here only
        return _page({"file": fault(wrong)})
    for each in found:
        flash(_("已收下 {name} 的见证，签到第 {size} 条", name=each.witness, size=each.size))
    return redirect(url_for("committee.witness", election=place().election))


@blueprint.post("/<uuid:election>/witness/register")
@policy(at="election", roles=VOUCHING)
def register_witness(election: Any) -> Answer:
    """A witness's key becomes known here."""
    typed = {name: request.form.get(name, "").strip()[:200] for name in ("name", "vkey", "kind")}
    if typed["kind"] not in WITNESSES:
        return _page({"kind": _("请选择身份")})
    here = place()
    scope = here.path if account().scope.count("/") == 2 else account().scope
    try:
        witnessing.register(store(), account().actor, typed["name"], typed["vkey"], typed["kind"], scope, now())
    except WrongInput as wrong:
        return _page({"name": fault(wrong)})
    except Refused as refused:
        return _page(demands=refused.demands)
    flash(_("已登记见证人 {name}", name=typed["name"]))
    return redirect(url_for("committee.witness", election=here.election))


@blueprint.get("/<uuid:election>/record/<int:seq>/proof")
@policy(at="election", roles=READERS)
def proof(election: Any, seq: int) -> Answer:
    """One entry with the proof that it stands in the record, and nothing of the rest."""
    try:
        text = archive.prove(store(), place().election, seq)
    except WrongInput:
        abort(404)
    return _download(text, f"entry-{_short(election)}-{seq + 1}.tlog-proof")


def _short(election: Any) -> str:
    """Enough of an election's id to tell the files of several apart."""
    return str(election)[:8]


def _download(text: str, name: str) -> Answer:
    response = make_response(text)
    response.mimetype = "text/plain"
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response

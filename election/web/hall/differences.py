"""Two entries of one sheet that differ: only the cells that differ, settled one by one by a third person.

Each cell keeps the first teller's figure, the second's, or takes what a recount of the paper gives. A photo of the
paper sheet may stand beside them; it is sealed with the decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, url_for

from election.acts import sheets as checked
from election.process.base import Role
from election.process.tally import CommitTally, Figures, ResolveTally, Row, WriteIn
from election.store import drafts
from election.store.append import Content, content_of
from election.store.worlds import entries
from election.web import typed as texts
from election.web.access.policy import policy
from election.web.access.signing import SCANS
from election.web.committee.flow import Answer
from election.web.committee.uploads import attachments
from election.web.context import account, place, real_now, store, today
from election.web.hall import blueprint, doing, where
from election.web.hall.doing import Doing
from election.web.hall.rights import WATCH, may
from election.web.hall.sheets import HEAD_WORDS, HEADS, MARK_WORDS, Line, number_of
from election.web.hall.where import Where
from election.web.words import _, sentence

CHOICES = ("first", "second", "again")
PHOTOS = ("image/jpeg", "image/png")
#: names of a mark as the record's figures have them
FIELDS = {"for": "votes_for", "against": "against", "abstain": "abstain"}


@dataclass(frozen=True)
class Cell:
    """One figure that two people entered differently."""

    #: ``valid``, ``r.ID.for`` or ``w.NAME``
    key: str
    words: str
    first: int
    second: int


def flat(figures: dict[str, Any]) -> dict[str, int]:
    """Figures by key; a written name that a sheet lacks counts as 0 there, and lines of one name are one."""
    found = {name: int(figures[name]) for name in HEADS}
    for row in figures["rows"]:
        found |= {f"r.{row['candidate']}.{mark}": int(row[field]) for mark, field in FIELDS.items()}
    for line in figures["write_ins"]:
        key = f"w.{line['name']}"
        found[key] = found.get(key, 0) + int(line["votes_for"])
    return found


def figures_of(values: dict[str, int], lines: Sequence[Line]) -> Figures:
    """Back from ``flat``; a written name without votes goes."""
    rows = [
        Row(candidate=line.person, **{field: values[f"r.{line.person}.{mark}"] for mark, field in FIELDS.items()})
        for line in lines
    ]
    written = [WriteIn(name=k[2:], votes_for=v) for k, v in values.items() if k.startswith("w.") and v > 0]
    return Figures(rows=tuple(rows), write_ins=tuple(written), **{name: values[name] for name in HEADS})


def differing(here: Where) -> list[Cell]:
    """Cells that differ, in the order of the sheet."""
    assert here.sheet is not None  # two entries are in
    return compared(here, *here.sheet.entries.values())


def compared(here: Where, one: dict[str, Any], other: dict[str, Any]) -> list[Cell]:
    """Where two counts of a sheet differ."""
    first, second = flat(one), flat(other)
    words: dict[str, str] = {name: _(HEAD_WORDS[name]) for name in HEADS}
    for line in here.lines:
        words |= {f"r.{line.person}.{mark}": f"{line.words} · {_(said)}" for mark, said in MARK_WORDS.items()}
    for key in (*first, *second):
        words.setdefault(key, _("另选他人 {name}", name=key[2:]))
    return [
        Cell(key, said, first.get(key, 0), second.get(key, 0))
        for key, said in words.items()
        if first.get(key, 0) != second.get(key, 0)
    ]


@blueprint.route("/<uuid:election>/differences/<contest>/<int:box>", methods=["GET", "POST"])
@policy(at="election", roles=WATCH)
def differences(election: UUID, contest: str, box: int) -> Answer:
    here = where.find(contest, box)
    if here.sheet is None or not here.sheet.differs:
        return redirect(url_for("hall.sign_sheet" if here.sheet and here.sheet.final else "hall.home", **_way(here)))
    if request.method == "GET":
        return _page(here, Doing("", today()))
    if not _settles(here):
        abort(404)
    attempt = doing.begun()
    if request.form.get("_go") == "photo":
        return _take_photo(here, attempt)
    act = _resolution(here, attempt)
    if act is None or doing.judged_and_signed(attempt, act).stopped:
        return _page(here, attempt)
    photo = _photo(here)
    if doing.done(attempt, act, [photo] if photo else []) is None:
        return _page(here, attempt)
    drafts.drop(store(), account().id, place().log, here.draft("photo"))
    flash(_("不同之处已核定：{sheet}", sheet=here.words))
    return redirect(url_for("hall.sign_sheet", **here.address))


def _way(here: Where) -> dict[str, Any]:
    settled = here.sheet is not None and here.sheet.final is not None
    return here.address if settled else {"election": place().election}


def _settles(here: Where) -> bool:
    """A third person: neither of the two who entered."""
    return may(place(), "tally.resolve") and here.sheet is not None and account().id not in here.sheet.commitments


def _resolution(here: Where, attempt: Doing) -> ResolveTally | None:
    assert here.sheet is not None  # two entries are in
    values = flat(next(iter(here.sheet.entries.values())))
    for at, cell in enumerate(differing(here)):
        chosen = request.form.get(f"c.{at}", "")
        if chosen not in CHOICES:
            attempt.errors[f"c.{at}"] = _("{cell}：请选定用哪一个数", cell=cell.words)
        elif chosen == "again":
            number, wrong = number_of(request.form.get(f"c.{at}.again", ""))
            if number is None:
                attempt.errors[f"c.{at}.again"] = f"{cell.words}：{wrong}"
            values[cell.key] = number or 0
        else:
            values[cell.key] = cell.first if chosen == "first" else cell.second
    reason = texts.told(request.form, "reason", 4000, attempt.errors, long=True)
    if len(reason) < 2:
        attempt.errors["reason"] = _("请写明核定的理由")
    if attempt.errors:
        return None
    figures = figures_of(values, here.lines)
    for check in checked.checks(here.this, here.contest, figures):
        if check.severity == "error":
            attempt.errors[""] = _located(here, check.fields, sentence(check.code, check.params))
    if attempt.errors:
        return None
    return ResolveTally(contest=here.contest.id, box=here.box, figures=figures, reason=reason)


def _located(here: Where, places: Sequence[str], said: str) -> str:
    """A check's sentence with the candidate it is about."""
    line = next((x for x in here.lines if places and places[0].startswith(f"votes.{x.person}.")), None)
    return f"{line.words}：{said}" if line is not None and len(places) == 3 else said


def _page(here: Where, attempt: Doing) -> Answer:
    assert here.sheet is not None  # two entries are in
    scan = here.this.scans.get(here.box)
    scanned = scan is not None and here.world.election.counting == "scan" and scan.account in here.sheet.entries
    names = [
        (_("扫描") if scan is not None and a == scan.account else _("手工")) if scanned else where.name_of(a)
        for a in here.sheet.entries
    ]
    page = render_template(
        "web/hall/differences.html",
        here=here,
        cells=differing(here),
        names=names,
        scanned=scanned,
        settles=_settles(here),
        entered=account().id in here.sheet.commitments,
        doing=attempt,
        photo=_photo(here) is not None,
        sealed=_sealed(here),
    )
    return (page, 422) if attempt.stopped else page


# --- the photo of the paper sheet ------------------------------------------------------------------------------------


def _take_photo(here: Where, attempt: Doing) -> Answer:
    """Keep a photo beside the form; what was chosen so far stays."""
    files, wrong = attachments(request.files.getlist("photo")[:1])
    if wrong or not files:
        attempt.errors["photo"] = wrong or _("请选择照片")
    elif files[0].media_type not in PHOTOS:
        attempt.errors["photo"] = _("照片须是 JPG 或 PNG 文件")
    else:
        drafts.keep(store(), account().id, place().log, here.draft("photo"), files[0].data, real_now())
    return _page(here, attempt)


def _photo(here: Where) -> Content | None:
    kept = drafts.kept(store(), account().id, place().log, here.draft("photo"))
    if kept is None:
        return None
    kind = next((kind for start, kind in SCANS.items() if kept.content.startswith(start)), "")
    return Content(kept.content, kind) if kind in PHOTOS else None


def _sealed(here: Where) -> list[tuple[str, int, int]]:
    """Photos that the two tellers sealed with their entries: (whose, seq of the entry, number there)."""
    assert here.sheet is not None  # two entries are in
    ours = set(here.sheet.commitments.values())
    with store().read() as session:
        entered = [e for e in entries(session, place().log) if e.act == CommitTally.code]
    return [
        (where.name_of(str(e.actor["account"])), e.seq, number)
        for e in entered
        if e.payload["commitment"] in ours
        for number in range(len(e.attachments))
    ]


@blueprint.get("/<uuid:election>/differences/<contest>/<int:box>/photo/<int:seq>/<int:number>")
@policy(at="election", roles=frozenset({Role.ADJUDICATOR, Role.SCRUTINEER}))
def sealed_photo(election: UUID, contest: str, box: int, seq: int, number: int) -> Answer:
    """A teller's photo of the sheet, now that both entries are open."""
    here = where.find(contest, box)
    if here.sheet is None or not here.sheet.entries or (seq, number) not in {found[1:] for found in _sealed(here)}:
        abort(404)
    with store().read() as session:
        (entry,) = entries(session, place().log, seq, seq + 1)
        content = content_of(store(), session, str(entry.attachments[number]["sha256"]))
    if content is None:
        abort(410 if "files" in place().world.election.destroyed else 404)
    response = make_response(content.data)
    response.mimetype = content.media_type
    return response


@blueprint.get("/<uuid:election>/differences/<contest>/<int:box>/photo")
@policy(at="election", roles=frozenset({Role.ADJUDICATOR, Role.SCRUTINEER}))
def sheet_photo(election: UUID, contest: str, box: int) -> Answer:
    """The person's own photo, as long as it has not been sealed."""
    photo = _photo(where.find(contest, box))
    if photo is None:
        abort(404)
    response = make_response(photo.data)
    response.mimetype = photo.media_type
    return response

"""Importing a roll: the file is checked first, every fault with its row; nothing is written until it is confirmed."""

from __future__ import annotations

import base64
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for

from election import roll
from election.acts import rolls
from election.acts.perform import Refused
from election.documents.sheets import table_to_xlsx
from election.faults import WrongInput
from election.names.writing import clean_text
from election.process.roll import REGISTRARS
from election.roll import Fault
from election.store import drafts
from election.web import typed as texts
from election.web.access.policy import policy
from election.web.committee import blueprint
from election.web.committee.doing import crumbs
from election.web.committee.flow import Answer
from election.web.committee.rolls import title
from election.web.context import account, now, place, real_now, store, today
from election.web.words import _, fault, language, sentence
from election.words import sentences

LARGEST = 12 * 1024 * 1024
#: faults shown on the page; the sheet to download has all
MOST_SHOWN = 200
DRAFT = "roll-import"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Report:
    """What checking a file found, as the page and the sheet say it."""

    name: str
    rows: int
    registered: int
    held: int
    rejected: int
    warned: int
    #: (row, code, sentence, rejected)
    faults: tuple[tuple[int, str, str, bool], ...]


def _report(name: str, found: rolls.Preview) -> Report:
    checked = found.checked
    faults = [(f, True) for f in checked.rejected] + [(f, False) for f in checked.warnings]
    faults.sort(key=lambda pair: (pair[0].row, not pair[1], pair[0].code))
    return Report(
        name,
        found.rows,
        checked.registered,
        len(checked.held),
        len({f.row for f in checked.rejected}),
        len({f.row for f in checked.warnings}),
        tuple((f.row, f.code, _words(f), rejected) for f, rejected in faults),
    )


def _words(fault: Fault) -> str:
    return sentence(fault.sentence, dict(fault.params))


def _kept() -> tuple[str, bytes, rolls.Preview] | None:
    """The file that waits to be confirmed, checked against the roll as it is now."""
    kept = drafts.kept(store(), account().id, place().log, DRAFT)
    if kept is None:
        return None
    name, data = str(kept.value["name"]), base64.b64decode(kept.value["data"])
    return name, data, rolls.preview(store(), place().log, data, name)


@blueprint.route("/<uuid:election>/roll/import", methods=["GET", "POST"])
@policy(at="election", roles=REGISTRARS)
def roll_import(election: Any) -> Answer:
    """Take a file, check it, keep it until it is confirmed."""
    error = ""
    if request.method == "POST":
        file = request.files.get("file")
        if file is None or not file.filename:
            error = _("请选择要导入的文件")
        else:
            name = clean_text(file.filename)[-80:]
            data = file.stream.read(LARGEST + 1)
            try:
                if len(data) > LARGEST:
                    raise WrongInput("is larger than {megabytes} MB", mend="split it into several files", megabytes=12)
                rolls.preview(store(), place().log, data, name)
            except WrongInput as wrong:
                error = fault(wrong)
            else:
                content = {"name": name, "data": base64.b64encode(data).decode()}
                drafts.keep(store(), account().id, place().log, DRAFT, content, real_now())
                return redirect(url_for("committee.roll_check", election=place().election))
    facts = place().world.election
    words = render_template(
        "web/committee/roll_import.html",
        error=error,
        closed=facts.roll.closed or facts.roll.frozen,
        headers=list((roll.MEMBER_HEADERS if facts.body == "party" else roll.HEADERS).values()),
        waiting=drafts.kept(store(), account().id, place().log, DRAFT) is not None,
        crumbs=_crumbs(_("导入名册")),
    )
    return (words, 422) if error else words


@blueprint.route("/<uuid:election>/roll/import/check", methods=["GET", "POST"])
@policy(at="election", roles=REGISTRARS)
def roll_check(election: Any) -> Answer:
    """What the check found; then import all good rows, or none."""
    here = place()
    try:
        kept = _kept()
    except WrongInput as wrong:
        flash(fault(wrong), "error")
        kept = None
    if kept is None:
        return redirect(url_for("committee.roll_import", election=here.election))
    name, data, found = kept
    errors: dict[str, str] = {}
    demands: tuple[Any, ...] = ()
    on = request.form.get("occurred_on", today().isoformat())
    if request.method == "POST":
        if request.form.get("_go") == "discard":
            drafts.drop(store(), account().id, here.log, DRAFT)
            return redirect(url_for("committee.roll_import", election=here.election))
        day = texts.day(on)
        if isinstance(day, str):
            errors["occurred_on"] = _("实际发生日期须是日期，如 2010-12-26")
        else:
            try:
                entry, done = rolls.import_file(store(), account().actor, here.log, data, name, day, now())
            except Refused as refused:
                demands = refused.demands
            except WrongInput as wrong:
                errors[""] = fault(wrong)
            else:
                drafts.drop(store(), account().id, here.log, DRAFT)
                flash(
                    _(
                        "已导入 {count} 人，记入选举记录第 {number} 条",
                        count=done.checked.registered + len(done.checked.held),
                        number=entry.seq + 1,
                    ),
                    "done",
                )
                following = "roll_review" if here.role in REGISTRARS and done.checked.warnings else "roll"
                return redirect(url_for(f"committee.{following}", election=here.election))
    report = _report(name, found)
    words = render_template(
        "web/committee/roll_check.html",
        report=report,
        most=MOST_SHOWN,
        on=on,
        errors=errors,
        demands=demands,
        crumbs=_crumbs(_("核对导入文件")),
    )
    return (words, 422) if errors or demands else words


@blueprint.get("/<uuid:election>/roll/import/report.xlsx")
@policy(at="election", roles=REGISTRARS)
def roll_report(election: Any) -> Answer:
    """Every fault with its row, as a sheet to work through beside the file."""
    try:
        kept = _kept()
    except WrongInput as wrong:
        flash(fault(wrong), "error")
        kept = None
    if kept is None:
        return redirect(url_for("committee.roll_import", election=place().election))
    report = _report(kept[0], kept[2])
    headers = [_("行号"), _("处理"), _("问题")]
    rows: list[list[str | int | date | None]] = [
        [row, _("退回") if rejected else _("须核对"), words] for row, _code, words, rejected in report.faults
    ]
    return _sheet(table_to_xlsx(_("名册核对结果"), headers, rows), "roll-check.xlsx")


@blueprint.get("/<uuid:election>/roll/template.xlsx")
@policy(at="election", roles=REGISTRARS)
def roll_template(election: Any) -> Answer:
    """The empty roll to fill in."""
    helps = {
        key.removeprefix("roll.help."): value[language()]
        for key, value in sentences().items()
        if key.startswith("roll.help.")
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        roll.template(path, members=place().world.election.body == "party", help_texts=helps)
        return _sheet(path.read_bytes(), "roll-template.xlsx")


def _sheet(data: bytes, name: str) -> Answer:
    response = make_response(data)
    response.mimetype = XLSX
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


def _crumbs(here: str) -> list[tuple[str, str]]:
    return crumbs("", (title(place().world), url_for("committee.roll", election=place().election)), (here, ""))

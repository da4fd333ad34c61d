"""One act of the hall from its own page: when it happened, what stands against it, who signs it, done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from flask import request

from election.acts.do import do, missing_for
from election.acts.perform import Refused
from election.faults import WrongInput
from election.process.base import Act, Demand
from election.record.entry import Entry
from election.store.append import Content
from election.web import typed as texts
from election.web.access.signing import Signing, signers_from_form
from election.web.context import account, now, place, store, today
from election.web.words import _, fault


@dataclass
class Doing:
    """One request to do something. With ``errors`` or ``demands`` nothing has been done."""

    #: the day as it was typed, and as it is read
    occurred_on: str
    on: date
    #: input name -> sentence
    errors: dict[str, str] = field(default_factory=dict)
    demands: Sequence[Demand] = ()
    signing: Signing | None = None

    @property
    def stopped(self) -> bool:
        return bool(self.errors or self.demands)

    @property
    def status(self) -> int:
        return 422 if self.stopped else 200


def begun() -> Doing:
    """From the request: the day it happened, today if none is given (a sheet from a hall without power comes later)."""
    typed = request.form.get("occurred_on", "")
    found = texts.day(texts.line(typed)) if typed.strip() else today()
    if isinstance(found, date):
        return Doing(found.isoformat(), found)
    wrong = _("实际发生日期须是日期，如 2010-12-26")
    return Doing(typed, today(), {"occurred_on": wrong})


def judged(doing: Doing, act: Act) -> Doing:
    """What stands against the act as things are; signature and papers come later."""
    doing.demands = missing_for(store(), place().log, act, account().actor, doing.on, now())
    return doing


def signed(doing: Doing) -> Doing:
    """Unwrap the keys that the form's signature names."""
    doing.signing = signers_from_form(request.form, request.files, account())
    doing.errors |= doing.signing.errors
    return doing


def done(doing: Doing, act: Act, attachments: Sequence[Content] = ()) -> Entry | None:
    """Do it; None with what stands against it."""
    signing = doing.signing or Signing()
    try:
        return do(
            store(),
            place().log,
            act,
            account().actor,
            doing.on,
            now(),
            signers=signing.signers,
            attachments=[*signing.attachments, *attachments],
            on_paper=signing.on_paper,
        )
    except Refused as refused:
        doing.demands = refused.demands
    except WrongInput as wrong:
        doing.errors[""] = fault(wrong)
    return None


def judged_and_signed(doing: Doing, act: Act) -> Doing:
    """First the law, then the signature: no password is tried for an act that is refused anyway."""
    if not doing.stopped and not judged(doing, act).demands:
        signed(doing)
    return doing

"""From facts and tables to papers: what an act seals is rendered before it stands, from the facts as they are.

A paper that the facts cannot fill yet is not made; the act that asks for it is then refused by its own demands, each
with its sentence. The same facts, the same record and the same day give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from election import documents
from election.acts import ballots
from election.acts.papers import absent, candidates, closing, letters, meeting, results, rolls
from election.acts.papers.forms import DRAWN_AS, FORMS
from election.acts.papers.sources import Made, Sources, Stored
from election.acts.perform import RenderedPaper
from election.documents import Paper
from election.faults import WrongInput
from election.process.base import Act, Deed
from election.process.notices import PostNotice
from election.process.preparation import ReleaseBallots
from election.process.world import World
from election.store.database import Store

Builder = Callable[[Sources, Any], Sequence[Made]]


@dataclass(frozen=True)
class _Notice:
    """A posted notice of the election's one numbered series."""

    build: Callable[[Sources, PostNotice | None], Paper | None]

    def __call__(self, s: Sources, act: PostNotice | None) -> list[Made]:
        data = self.build(s, act)
        return [] if data is None else [Made(str(len(s.world.election.notices) + 1), data)]


def correction_notice(s: Sources, act: PostNotice | None) -> Sequence[Made]:
    """更正公告: the notice that is replaced, as it reads now, under its new number."""
    replaced = next((n.kind for n in s.world.election.notices if act and n.number == act.supersedes), "")
    build = NOTICES.get(replaced)
    if build is None:
        return []
    return [Made(made.number, made.data, form=replaced) for made in build(s, act)]


def candidate_report(s: Sources, act: Any) -> list[Made]:
    data = candidates.candidate_report(s, act)
    return [Made("", data)] if data else []


def ballot(s: Sources, act: ReleaseBallots | None) -> list[Made]:
    """One copy of the round's ballot, the master of those printed; a draft is a proof that no reader takes.

    Raises WrongInput where the design that is being released is not that of the candidates as they stand.
    """
    if not (s.world.election.official_fixed or s.draft):
        return []
    this = ballots.chosen(s.world, act)
    if not this.contests:
        return []
    pdf, layout = ballots.design(s.world, this, proof=s.draft)
    if act is not None and not s.draft and act.design != layout["design"]:
        raise WrongInput(
            "the ballot's layout is not that of the candidates as they stand",
            place="ballot",
            mend="make the ballot anew before it is released",
        )
    return [Made(layout["design"][:8], pdf)]


NOTICES: dict[str, Builder] = {
    "roll_notice": _Notice(rolls.roll_notice),
    "roll_correction": _Notice(rolls.roll_correction),
    "seats_notice": _Notice(rolls.seats_notice),
    "representatives": _Notice(rolls.representatives),
    "delegates": _Notice(rolls.delegates),
    "prospective_list": _Notice(candidates.prospective_list),
    "official_list": _Notice(candidates.official_list),
    "polling_notice": _Notice(meeting.polling_notice),
    "staff_notice": _Notice(meeting.staff_notice),
    "proxy_list": _Notice(absent.proxy_list),
    "result_notice": _Notice(results.result_notice),
}

#: every kind of paper that acts seal or pages preview
BUILDERS: dict[str, Builder] = {
    **NOTICES,
    "posts_notice": rolls.posts_notice,
    "correction_notice": correction_notice,
    "candidate_report": candidate_report,
    "ballot": ballot,
    "proxy_certificate": absent.proxy_certificate,
    "tally_sheet": meeting.tally_sheet,
    "result_report": results.result_report,
    "approval_request": letters.approval_request,
    "approval_reply": letters.approval_reply,
    "appointment_notice": letters.appointment_notice,
    "certificate": closing.certificate,
    "filing_form": closing.filing_form,
    "handover_list": closing.handover_list,
    "inspection_report": closing.inspection_report,
    "turnover_report": closing.turnover_report,
}

#: papers that an act seals beyond those it must
ALSO = {
    "approve.decide": ("approval_reply",),
    "inspection.record": ("inspection_report",),
    "tally.sign": ("tally_sheet",),
}

forms = FORMS


def kinds(act: Act) -> tuple[str, ...]:
    """Kinds of papers that an act seals."""
    if isinstance(act, PostNotice):
        return (act.kind,)
    return (*act.papers, *ALSO.get(act.code, ()))


def render(store: Store, session: Session, world: World, deed: Deed, *, draft: bool = False) -> list[RenderedPaper]:
    """The papers that ``deed`` seals, from the facts before it stands; empty for an act without papers.

    Raises WrongInput naming what is missing or cannot be printed.
    """
    wanted = kinds(deed.act)
    if not wanted:
        return []
    s = Sources(world, Stored(store, session), deed.occurred_on, deed.actor.role, draft=draft)
    return [
        RenderedPaper(kind, made.number, pdf(kind, made)) for kind in wanted for made in BUILDERS[kind](s, deed.act)
    ]


def preview(
    store: Store, session: Session, world: World, kind: str, act: Act | None = None, today: date | None = None
) -> bytes:
    """A draft of a paper with its watermark, from the facts as they are and as much of ``act`` as is known.

    ``today`` is the day it bears, the election day if none is given. Raises WrongInput where there is nothing to show.
    """
    on = today or world.day
    if kind not in BUILDERS or on is None:
        raise WrongInput("there is no such paper", place="{kind}", kind=kind)
    s = Sources(world, Stored(store, session), on, draft=True)
    found = BUILDERS[kind](s, act)
    if not found:
        raise WrongInput(
            "there is nothing to show yet", place="{kind}", mend="finish what comes before first", kind=kind
        )
    return pdf(kind, found[-1])


def form(store: Store, session: Session, world: World, kind: str, today: date) -> bytes:
    """A paper form to be filled in by hand; ``kind`` is a key of ``forms``. Raises WrongInput where it has no content yet."""
    if kind not in FORMS:
        raise WrongInput("there is no such form", place="{kind}", kind=kind)
    s = Sources(world, Stored(store, session), today, form=True)
    data = FORMS[kind](s)
    if data is None:
        raise WrongInput(
            "there is nothing to print yet", place="{kind}", mend="finish what comes before first", kind=kind
        )
    return documents.render(DRAWN_AS.get(kind, kind), data)


def pdf(kind: str, made: Made) -> bytes:
    return made.data if isinstance(made.data, bytes) else documents.render(made.form or kind, made.data)


__all__ = ["BUILDERS", "DRAWN_AS", "Made", "Sources", "form", "forms", "kinds", "preview", "render"]

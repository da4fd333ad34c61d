"""What does not add up on a tally sheet, at the places where it stands: for the person who is typing it."""

from __future__ import annotations

from election import count
from election.process.base import Demand
from election.process.facts import Contest, Round
from election.process.tally import CommitTally, Figures, sheet_demands
from election.process.world import World


def document(this: Round, contest: Contest) -> dict[str, object]:
    """The contest as a count file has it."""
    candidates = [c.as_json() for c in this.candidates[contest.id]]
    return {"id": contest.id, "seats": contest.seats, "candidates": candidates}


def checks(this: Round, contest: Contest, figures: Figures) -> list[count.Check]:
    """The arithmetic of a sheet, each check with the places it concerns (``votes.ID.for``)."""
    return count.check_sheet(figures.tally(), document(this, contest), figures.returned)


def against(world: World, contest: str, box: str, figures: Figures) -> list[Demand]:
    """What else would refuse the sheet: it must have every line, and agree with the account of ballots."""
    act = CommitTally(contest=contest, box=box, commitment="0" * 64)
    return [d for d in sheet_demands(world, act, figures) if not d.met and not d.code.startswith("sheet.")]

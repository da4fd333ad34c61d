"""Hand tallies, of the whole or box by box, into votes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from election.count.ballots import Votes
from election.count.shape import Frame, known_keys, mapping, sequence, text, whole
from election.count.sheet import Check, check_sheet, read_sheet
from election.faults import WrongInput
from election.law import Ruleset


def count_tallies(file: Mapping[str, Any], frame: Frame, rs: Ruleset) -> dict[str, Votes]:
    """Votes by contest from ``tallies`` or ``boxes``. Raises WrongInput for anything that does not add up."""
    if "tallies" in file:
        return _count_sheets(file["tallies"], "tallies", file, frame, rs, frame.returned)
    votes = {contest.id: Votes() for contest in frame.contests}
    seen: set[str] = set()
    total = 0
    for index, given in enumerate(sequence(file["boxes"], "boxes")):
        place = f"boxes[{index}]"
        box = mapping(given, place)
        name = text(box.get("id"), f"{place}.id")
        if name in seen:
            raise WrongInput(
                "box {name!r} stands twice", place="{at}.id", mend="count each box once", name=name, at=place
            )
        seen.add(name)
        returned = whole(box.get("returned"), f"{place}.returned")
        total += returned
        for contest, sheet in _count_sheets(box.get("tallies"), f"{place}.tallies", file, frame, rs, returned).items():
            _add(votes[contest], sheet)
    if total != frame.returned:
        raise WrongInput(
            "{total} ballots in the boxes are not the {returned} returned",
            place="boxes",
            mend="check every box",
            total=total,
            returned=frame.returned,
        )
    return votes


def _count_sheets(
    given: object, place: str, file: Mapping[str, Any], frame: Frame, rs: Ruleset, returned: int
) -> dict[str, Votes]:
    sheets = mapping(given, place)
    known_keys(sheets, frozenset(contest.id for contest in frame.contests), place)
    votes = {}
    for contest in file["contests"]:
        here = f"{place}.{contest['id']}"
        sheet = mapping(sheets.get(contest["id"]), here)
        for check in check_sheet(sheet, contest, returned, carried=bool(rs.value("carry_down"))):
            if check.severity == "error":
                raise _fault(check, here)
        votes[contest["id"]] = read_sheet(sheet, contest)
        if votes[contest["id"]].write_ins and not rs.value("write_in.allowed"):
            raise WrongInput(
                "this ruleset allows no write-ins", place="{here}.write_ins", mend="leave them out", here=here
            )
    return votes


def _fault(check: Check, place: str) -> WrongInput:
    """What is wrong with a sheet, for the person who wrote the file; the form shows the same codes in words."""
    at = ".".join((place, *check.fields[:1]))
    match check.code:
        case "sheet.not_a_sheet":
            return WrongInput("is not a tally", place="{at}", mend="write valid, invalid, votes and write_ins", at=at)
        case "sheet.unknown_key":
            return WrongInput("is not a key of a tally", place="{at}", mend="check its spelling", at=at)
        case "sheet.not_a_number":
            return WrongInput(
                "is not a number of ballots", place="{at}", mend="write a whole number of at least 0", at=at
            )
        case "sheet.row_missing":
            return WrongInput("has no row", place="{at}", mend="give every candidate a row, also of noughts", at=at)
        case "sheet.row_unknown":
            return WrongInput("is not a candidate of this contest", place="{at}", mend="name a candidate's id", at=at)
        case "sheet.write_in_unnamed":
            return WrongInput("is not a name", place="{at}", mend="write the name", at=at)
        case "sheet.returned":
            return WrongInput(
                "valid {valid} and invalid {invalid} are not the {returned} returned",
                place="{at}",
                mend="count again",
                at=at,
                **check.params,
            )
        case "sheet.row":
            return WrongInput(
                "for, against and abstain make {total}, not the {valid} valid ballots",
                place="{at}",
                mend="count the row again",
                at=at,
                **check.params,
            )
        case "sheet.write_in_over":
            return WrongInput(
                "{for} votes for one name are more than {valid} valid ballots",
                place="{at}",
                mend="count again",
                at=at,
                **check.params,
            )
        case "sheet.write_in_listed_over":
            return WrongInput(
                "more votes written in than ballots that abstained", place="{at}", mend="count the row again", at=at
            )
        case "sheet.write_in_ambiguous":
            return WrongInput(
                "is the name of two candidates", place="{at}", mend="add the votes to the row of the one meant", at=at
            )
        case "sheet.too_many":
            return WrongInput(
                "{for} votes for are more than {seats} seats on each valid ballot allow, {most}",
                place="{at}",
                mend="count again",
                at=at,
                **check.params,
            )
    raise ValueError(check.code)


def _add(total: Votes, votes: Votes) -> None:
    total.valid += votes.valid
    total.invalid += votes.invalid
    total.for_.update(votes.for_)
    total.against.update(votes.against)
    total.write_ins.update(votes.write_ins)
    total.carried.update(votes.carried)

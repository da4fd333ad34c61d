"""Hand tallies, of the whole or box by box, into votes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from election.count.ballots import Votes
from election.count.shape import Frame, known_keys, mapping, sequence, text, whole, wrong
from election.count.sheet import Check, check_sheet, read_sheet
from election.law import Ruleset

#: what is wrong with a sheet, for the person who wrote the file; the form shows the same codes in words
_WHAT = {
    "sheet.not_a_sheet": ("is not a tally", "write valid, invalid, votes and write_ins"),
    "sheet.unknown_key": ("is not a key of a tally", "check its spelling"),
    "sheet.not_a_number": ("is not a number of ballots", "write a whole number of at least 0"),
    "sheet.row_missing": ("has no row", "give every candidate a row, also of noughts"),
    "sheet.row_unknown": ("is not a candidate of this contest", "name a candidate's id"),
    "sheet.write_in_unnamed": ("is not a name", "write the name"),
    "sheet.returned": ("valid {valid} and invalid {invalid} are not the {returned} returned", "count again"),
    "sheet.row": ("for, against and abstain make {total}, not the {valid} valid ballots", "count the row again"),
    "sheet.write_in_over": ("{for} votes for one name are more than {valid} valid ballots", "count again"),
    "sheet.write_in_listed_over": ("more votes written in than ballots that abstained", "count the row again"),
    "sheet.write_in_ambiguous": ("is the name of two candidates", "add the votes to the row of the one meant"),
    "sheet.too_many": ("{for} votes for are more than {seats} seats on each valid ballot allow, {most}", "count again"),
}


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
            wrong(f"{place}.id", f"box {name!r} stands twice", "count each box once")
        seen.add(name)
        returned = whole(box.get("returned"), f"{place}.returned")
        total += returned
        for contest, sheet in _count_sheets(box.get("tallies"), f"{place}.tallies", file, frame, rs, returned).items():
            _add(votes[contest], sheet)
    if total != frame.returned:
        wrong("boxes", f"{total} ballots in the boxes are not the {frame.returned} returned", "check every box")
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
                _refuse(check, here)
        votes[contest["id"]] = read_sheet(sheet, contest)
        if votes[contest["id"]].write_ins and not rs.value("write_in.allowed"):
            wrong(f"{here}.write_ins", "this ruleset allows no write-ins", "leave them out")
    return votes


def _refuse(check: Check, place: str) -> None:
    what, mend = _WHAT[check.code]
    wrong(".".join((place, *check.fields[:1])), what.format_map(check.params), mend)


def _add(total: Votes, votes: Votes) -> None:
    total.valid += votes.valid
    total.invalid += votes.invalid
    total.for_.update(votes.for_)
    total.against.update(votes.against)
    total.write_ins.update(votes.write_ins)
    total.carried.update(votes.carried)

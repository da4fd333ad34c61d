"""One test per refusal: whatever does not fit is WrongInput that names the place, never another exception."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from election import count, law
from election.count.shape import LARGEST
from election.faults import WrongInput

BALLOTS = {
    "ruleset": "qilihe-2010.party",
    "entitled": 10,
    "present": 9,
    "issued": 9,
    "returned": 9,
    "contests": [
        {
            "id": "a",
            "seats": 2,
            "candidates": [{"id": "c1", "name": "甲", "sex": "male", "reserved": ["民警"]}, {"id": "c2", "name": "乙"}],
        },
        {"id": "b", "seats": 1, "candidates": [{"id": "c1", "name": "丙"}]},
    ],
    "ballots": [
        {"times": 6, "box": "1", "marks": {"a": {"c1": "for", "c2": "against"}, "b": "unreadable"}},
        {"times": 2, "write_ins": {"a": [{"name": "赵六", "mark": "for"}]}},
        {"spoiled": True},
    ],
    "require": [{"kind": "woman", "at_least": 1, "contest": "a"}],
}
_ROW = {"for": 3, "against": 3, "abstain": 2}
_SHEETS = {
    "a": {"valid": 8, "invalid": 1, "votes": {"c1": _ROW, "c2": _ROW}, "write_ins": [{"name": "赵六", "for": 2}]},
    "b": {"valid": 8, "invalid": 1, "votes": {"c1": _ROW}},
}
TALLIES = {key: value for key, value in BALLOTS.items() if key != "ballots"} | {"tallies": _SHEETS}
BOXES = {key: value for key, value in BALLOTS.items() if key != "ballots"} | {
    "boxes": [{"id": "1", "returned": 9, "tallies": _SHEETS}]
}


def decide(file):
    return count.decide(file, law.load("qilihe-2010.party"))


def put(file, path, value):
    """A copy of ``file`` with ``value`` at ``path``; the value DROP takes the key out."""
    changed = copy.deepcopy(file)
    place = changed
    *way, last = path
    for step in way:
        place = place[step]
    if value is DROP:
        del place[last]
    else:
        place[last] = value
    return changed


DROP = object()


@pytest.mark.parametrize("file", [BALLOTS, TALLIES, BOXES])
def test_the_files_themselves_are_good(file):
    assert decide(file)["valid"]


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (["ruleset"], DROP, "ruleset"),
        (["ruleset"], 5, "ruleset"),
        (["ruleset"], "party-2020", "ruleset"),
        (["round"], 0, "round"),
        (["round"], 1.0, "round"),
        (["round"], True, "round"),
        (["revote"], "yes", "revote"),
        (["meeting"], "party", "meeting"),
        (["meeting"], [], "meeting"),
        (["method"], "acclamation", "method"),
        (["entitled"], DROP, "entitled"),
        (["entitled"], -1, "entitled"),
        (["entitled"], "10", "entitled"),
        (["entitled"], 10**30, "entitled"),
        (["present"], DROP, "present"),
        (["present"], 11, "present"),
        (["issued"], None, "issued"),
        (["returned"], 9.0, "returned"),
        (["returned"], 8, "ballots"),
        (["contests"], DROP, "contests"),
        (["contests"], [], "contests"),
        (["contests"], {}, "contests"),
        (["contests", 0], "a", "contests[0]"),
        (["contests", 0, "id"], DROP, "contests[0].id"),
        (["contests", 0, "id"], " ", "contests[0].id"),
        (["contests", 1, "id"], "a", "contests[1].id"),
        (["contests", 0, "seats"], 0, "contests[0].seats"),
        (["contests", 0, "seats"], DROP, "contests[0].seats"),
        (["contests", 0, "candidates"], DROP, "contests[0].candidates"),
        (["contests", 0, "candidates", 1], None, "contests[0].candidates[1]"),
        (["contests", 0, "candidates", 1, "id"], "c1", "contests[0].candidates[1].id"),
        (["contests", 0, "candidates", 1, "id"], "write-in:乙", "contests[0].candidates[1].id"),
        (["contests", 0, "candidates", 1, "name"], DROP, "contests[0].candidates[1].name"),
        (["contests", 0, "candidates", 1, "name"], "", "contests[0].candidates[1].name"),
        (["contests", 0, "candidates", 0, "sex"], 1, "contests[0].candidates[0].sex"),
        (["contests", 0, "candidates", 0, "struck"], 1, "contests[0].candidates[0].struck"),
        (["contests", 0, "candidates", 0, "reserved"], "民警", "contests[0].candidates[0].reserved"),
        (["contests", 0, "candidates", 0, "reserved", 0], 3, "contests[0].candidates[0].reserved[0]"),
        (["require"], {}, "require"),
        (["require", 0], [], "require[0]"),
        (["require", 0, "kind"], DROP, "require[0].kind"),
        (["require", 0, "at_least"], DROP, "require[0].at_least"),
        (["require", 0, "contest"], "z", "require[0].contest"),
        (["require", 0, "contest"], ["a"], "require[0].contest"),
        (["ballots"], DROP, "ballots"),
        (["ballots"], {}, "ballots"),
        (["tallies"], _SHEETS, "tallies"),
        (["boxes"], [], "boxes"),
        (["ballots", 0], [], "ballots[0]"),
        (["ballots", 0, "writeins"], {}, "ballots[0].writeins"),
        (["ballots", 0, "times"], 0, "ballots[0].times"),
        (["ballots", 0, "times"], -6, "ballots[0].times"),
        (["ballots", 0, "times"], 7, "ballots"),
        (["ballots", 0, "box"], 1.5, "ballots[0].box"),
        (["ballots", 0, "box"], True, "ballots[0].box"),
        (["ballots", 2, "spoiled"], "true", "ballots[2].spoiled"),
        (["ballots", 0, "marks"], None, "ballots[0].marks"),
        (["ballots", 0, "marks", "z"], {}, "ballots[0].marks.z"),
        (["ballots", 0, "marks", "a"], "blank", "ballots[0].marks.a"),
        (["ballots", 0, "marks", "a", "c9"], "for", "ballots[0].marks.a.c9"),
        (["ballots", 0, "marks", "a", "c1"], "yes", "ballots[0].marks.a.c1"),
        (["ballots", 0, "marks", "a", "c1"], ["for"], "ballots[0].marks.a.c1"),
        (["ballots", 1, "write_ins"], [], "ballots[1].write_ins"),
        (["ballots", 1, "write_ins", "z"], [], "ballots[1].write_ins.z"),
        (["ballots", 1, "write_ins", "a"], {}, "ballots[1].write_ins.a"),
        (["ballots", 1, "write_ins", "a", 0], "赵六", "ballots[1].write_ins.a[0]"),
        (["ballots", 1, "write_ins", "a", 0, "name"], DROP, "ballots[1].write_ins.a[0].name"),
        (["ballots", 1, "write_ins", "a", 0, "name"], "  ", "ballots[1].write_ins.a[0].name"),
        (["ballots", 1, "write_ins", "a", 0, "mark"], "x", "ballots[1].write_ins.a[0].mark"),
        (["ballots", 1, "write_ins", "a", 0, "times"], 2, "ballots[1].write_ins.a[0].times"),
    ],
)
def test_a_file_of_ballots(path, value, place):
    with pytest.raises(WrongInput) as error:
        decide(put(BALLOTS, path, value))
    assert str(error.value).startswith(f"{place}: "), error.value
    assert "; " in str(error.value), "it says the mend"


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (["tallies"], [], "tallies"),
        (["tallies", "z"], {}, "tallies.z"),
        (["tallies", "b"], DROP, "tallies.b"),
        (["tallies", "a", "total"], 9, "tallies.a.total"),
        (["tallies", "a", "valid"], DROP, "tallies.a.valid"),
        (["tallies", "a", "valid"], 8.0, "tallies.a.valid"),
        (["tallies", "a", "invalid"], 2, "tallies.a.valid"),
        (["tallies", "a", "votes"], [], "tallies.a.votes"),
        (["tallies", "a", "votes", "c2"], DROP, "tallies.a.votes.c2"),
        (["tallies", "a", "votes", "c2"], 3, "tallies.a.votes.c2"),
        (["tallies", "a", "votes", "c3"], _ROW, "tallies.a.votes.c3"),
        (["tallies", "a", "votes", "c1", "for"], -3, "tallies.a.votes.c1.for"),
        (["tallies", "a", "votes", "c1", "for"], DROP, "tallies.a.votes.c1.for"),
        (["tallies", "a", "votes", "c1", "for"], 4, "tallies.a.votes.c1.for"),
        (["tallies", "a", "votes", "c1", "blank"], 0, "tallies.a.votes.c1.blank"),
        (["tallies", "a", "votes", "c1", "carried"], 1, "tallies.a.votes.c1.carried"),
        (["tallies", "a", "write_ins"], {}, "tallies.a.write_ins"),
        (["tallies", "a", "write_ins", 0], "赵六", "tallies.a.write_ins[0]"),
        (["tallies", "a", "write_ins", 0, "name"], "", "tallies.a.write_ins[0].name"),
        (["tallies", "a", "write_ins", 0, "for"], "2", "tallies.a.write_ins[0].for"),
        (["tallies", "a", "write_ins", 0, "for"], 9, "tallies.a.write_ins"),
        (["tallies", "a", "write_ins", 0, "against"], 1, "tallies.a.write_ins[0].against"),
        (["tallies", "a", "write_ins", 0], {"name": "甲", "for": 3}, "tallies.a.write_ins[0].for"),
        (["tallies", "b", "write_ins"], [{"name": "赵六", "for": 6}], "tallies.b.votes.c1.for"),
    ],
)
def test_a_file_of_tallies(path, value, place):
    with pytest.raises(WrongInput) as error:
        decide(put(TALLIES, path, value))
    assert str(error.value).startswith(f"{place}: "), error.value


def test_a_written_name_that_two_candidates_of_a_tally_share():
    shared = put(TALLIES, ["contests", 0, "candidates", 1, "name"], "甲")
    with pytest.raises(WrongInput, match="two candidates"):
        decide(put(shared, ["tallies", "a", "write_ins", 0, "name"], "甲"))


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (["boxes"], {}, "boxes"),
        (["boxes", 0], None, "boxes[0]"),
        (["boxes", 0, "id"], DROP, "boxes[0].id"),
        (["boxes", 0, "returned"], DROP, "boxes[0].returned"),
        (["boxes", 0, "returned"], 8, "boxes[0].tallies.a.valid"),
        (["boxes", 0, "tallies"], DROP, "boxes[0].tallies"),
        (["boxes"], [{"id": "1", "returned": 9, "tallies": _SHEETS}] * 2, "boxes[1].id"),
        (["boxes"], [], "boxes"),
        (["returned"], 8, "boxes"),
    ],
)
def test_a_file_of_boxes(path, value, place):
    with pytest.raises(WrongInput) as error:
        decide(put(BOXES, path, value))
    assert str(error.value).startswith(f"{place}: "), error.value


def test_unknown_keys_elsewhere_are_ignored():
    file = put(
        put(put(BALLOTS, ["title"], "公告"), ["contests", 0, "office"], 5),
        ["contests", 0, "candidates", 0, "strokes"],
        3,
    )
    assert decide(file) == decide(BALLOTS)
    # a box is neither a ballot nor a tally; what it holds is
    assert decide(put(BOXES, ["boxes", 0, "place"], "第二投票站")) == decide(BOXES)


def _paths(value, path=()):
    if path:
        yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _paths(inner, (*path, key))


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 12), st.floats(allow_nan=False), st.text(max_size=3),
    st.lists(st.integers(0, 3), max_size=2), st.dictionaries(st.text(max_size=2), st.integers(0, 3), max_size=2),
)  # fmt: skip


@given(st.sampled_from([BALLOTS, TALLIES, BOXES]), st.data(), JUNK)
@settings(max_examples=600, deadline=None)
def test_junk_anywhere_is_counted_or_refused(file, data, junk):
    path = data.draw(st.sampled_from(list(_paths(file))))
    try:
        answer = decide(put(file, path, junk))
    except WrongInput:
        return
    json.dumps(answer)


def test_a_file_without_votes_says_so():
    with pytest.raises(WrongInput, match=r"ballots: there are no votes; give one of"):
        decide(put(BALLOTS, ["ballots"], DROP))


def test_what_stands_in_place_of_a_number_is_said():
    with pytest.raises(WrongInput, match=r"entitled: 'ten' is not a number of people or papers"):
        decide(put(BALLOTS, ["entitled"], "ten"))


def test_the_largest_number_is_a_number(tally):
    file = tally([1, 0], of=1) | {"entitled": LARGEST, "present": LARGEST, "issued": LARGEST}
    assert count.decide(file, law.load(file["ruleset"]))["valid"]
    with pytest.raises(WrongInput, match="entitled"):
        count.decide(file | {"entitled": LARGEST + 1}, law.load(file["ruleset"]))

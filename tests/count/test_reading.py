"""Count files from disk: strict, bounded, and the large ones folded without changing the count."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from election import count, law
from election.count import folding, reading
from election.faults import WrongInput

NAMES = ["王建国", "李秀英", "赵六", '引"号', "括}}, {号", "反\\斜"]


def election(number, seed=1, *, extra=lambda ballot, rng: ballot):
    rng = random.Random(seed)
    candidates = [{"id": f"c{n}", "name": f"候选人{n}"} for n in range(9)]
    ballots = []
    for _ in range(number):
        marks = {f"c{n}": rng.choice(["for", "against", "abstain"]) for n in range(2)}
        ballots.append(extra({"marks": {"a": marks}}, rng))
    returned = sum(ballot.get("times", 1) for ballot in ballots)
    return {
        "ruleset": "qilihe-2010.residents",
        "entitled": returned,
        "present": returned,
        "issued": returned,
        "returned": returned,
        "contests": [{"id": "a", "seats": 2, "candidates": candidates}],
        "ballots": ballots,
    }


def with_write_in(ballot, rng):
    if rng.random() < 0.3:
        ballot["write_ins"] = {"a": [{"name": rng.choice(NAMES[:3]), "mark": "for"}]}
    return ballot


def with_two_write_ins(ballot, rng):
    ballot["write_ins"] = {"a": [{"name": name, "mark": "for"} for name in rng.sample(NAMES[:3], 2)]}
    return ballot


def with_times_last(ballot, rng):
    return ballot | {"times": rng.randint(1, 3)}


def shuffled(ballot, rng):
    marks = list(ballot["marks"]["a"].items())
    rng.shuffle(marks)
    whole = [("marks", {"a": dict(marks)}), ("box", str(rng.randint(1, 3))), ("spoiled", False)]
    rng.shuffle(whole)
    return dict(whole)


def decided(file):
    return count.decide(file, law.load(file["ruleset"]))


@pytest.fixture
def always_large(monkeypatch):
    monkeypatch.setattr(reading, "LARGE", 0)


@pytest.mark.parametrize("extra", [lambda b, _: b, with_write_in, with_two_write_ins, with_times_last, shuffled])
@pytest.mark.parametrize("style", [{}, {"separators": (",", ":")}, {"indent": 2}, {"ensure_ascii": False}])
def test_folding_changes_no_count(always_large, extra, style):
    raw = json.dumps(election(400, extra=extra), **style).encode()
    folded, plain = count.read(raw), count.read(raw, fold=False)
    assert decided(folded) == decided(plain)


def test_equal_ballots_come_together(always_large):
    file = count.read(json.dumps(election(400)).encode())
    assert len(file["ballots"]) < 40
    assert sum(ballot.get("times", 1) for ballot in file["ballots"]) == 400


def test_key_order_is_evened_out(always_large, monkeypatch):
    monkeypatch.setattr(folding, "_BITE", 4096)
    monkeypatch.setattr(folding, "_VARIED", 20)
    file = election(2000, extra=shuffled)
    folded = count.read(json.dumps(file).encode())
    # 9 ways to mark and 3 boxes, beside the pieces cut before the orders were seen to differ
    assert len(folded["ballots"]) < 27 + 120
    assert decided(folded) == decided(file)


@pytest.mark.parametrize("ensure_ascii", [True, False])
@pytest.mark.parametrize("names", [NAMES[:3], NAMES])
def test_names_that_look_like_joints_or_escapes(always_large, monkeypatch, ensure_ascii, names):
    monkeypatch.setattr(folding, "_BITE", 4096)
    monkeypatch.setattr(folding, "_VARIED", 5)

    def extra(ballot, rng):
        ballot["write_ins"] = {"a": [{"name": rng.choice(names), "mark": "for"}]}
        return dict(rng.sample(list(ballot.items()), 2))

    file = election(600, extra=extra)
    assert decided(count.read(json.dumps(file, ensure_ascii=ensure_ascii).encode())) == decided(file)


@pytest.mark.parametrize("bite", [64, 4096])
def test_a_bite_that_holds_no_joint_is_read_plainly(always_large, monkeypatch, bite):
    monkeypatch.setattr(folding, "_BITE", bite)
    file = election(200, extra=with_write_in)
    assert decided(count.read(json.dumps(file).encode())) == decided(file)


@given(
    st.integers(1, 60),
    st.integers(0, 10**6),
    st.sampled_from([with_write_in, with_two_write_ins, with_times_last, shuffled]),
)
@settings(max_examples=60, deadline=None)
def test_folding_agrees_with_plain_reading(number, seed, extra):
    file = election(number, seed, extra=extra)
    raw = json.dumps(dict(random.Random(seed).sample(list(file.items()), len(file)))).encode()
    folded = folding.fold(raw, reading._strict, reading._DECODER)
    if folded is not None:
        assert decided(folded) == decided(file)


def test_ballots_inside_something_else_are_not_cut(always_large):
    file = election(50) | {"note": {"ballots": [{"x": {}}, {"y": {}}]}}
    swapped = {"note": file.pop("note"), **file}
    assert decided(count.read(json.dumps(swapped).encode())) == decided(file)


# --- what is refused -------------------------------------------------------------------------------------------------


def refused(raw, match):
    for fold in (True, False):
        with pytest.raises(WrongInput, match=match) as error:
            count.read(raw, fold=fold)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("raw", "match"),
    [
        (b"", "not JSON"),
        (b"{", "line 1 column"),
        (b"[]", "one JSON object"),
        (b"null", "one JSON object"),
        (b"\xff\xfe", "UTF-8"),
        (b"[" * 100_000, "nested"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": "\\ud800"}', "half a character"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not a count file"),
    ],
)
def test_what_is_not_a_count_file(raw, match):
    refused(raw, match)


@pytest.mark.parametrize("varied", [0, 4096])
def test_a_key_that_stands_twice_is_found_in_a_large_file_too(always_large, monkeypatch, varied):
    monkeypatch.setattr(folding, "_VARIED", varied)
    monkeypatch.setattr(folding, "_BITE", 2048)
    text = json.dumps(election(300))
    at = text.rindex('"c1": ')
    for place in (at, text.index('"c1": ', len(text) // 2)):
        refused((text[:place] + '"c1": "for", ' + text[place:]).encode(), "twice")
        escaped = '"c\\u0031": "\\u0066or", '
        refused((text[:place] + escaped + text[place:]).encode(), "twice")


def test_times_that_are_no_number_are_left_to_the_plain_reading(always_large):
    file = election(50, extra=with_times_last)
    file["ballots"][30]["times"] = "3"
    read = count.read(json.dumps(file).encode())
    with pytest.raises(WrongInput, match=r"ballots\[30\]\.times"):
        decided(read)


def test_a_bom_is_forgiven():
    assert decided(count.read(b"\xef\xbb\xbf" + json.dumps(election(3)).encode()))["valid"]


@pytest.mark.parametrize("path", ["no-such-file.json", ".", "a\0b"])
def test_a_file_that_cannot_be_read(path):
    with pytest.raises(WrongInput):
        count.read(path)


def test_a_file_too_large_to_be_one(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "_LARGEST", 10)
    (tmp_path / "f.json").write_bytes(b" " * 11)
    with pytest.raises(WrongInput, match="too large"):
        count.read(tmp_path / "f.json")


def test_a_very_wide_object_is_refused_at_once():
    raw = b"{" + b",".join(b'"k%d": 0' % number for number in range(200_000)) + b', "k199999": 0}'
    with pytest.raises(WrongInput, match="'k199999' stands twice"):
        count.read(raw)

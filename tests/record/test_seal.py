from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from election.record import seal

SALT = bytes(range(32))


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_a_commitment_opens_with_its_salt_and_value_only(value: str) -> None:
    opening = seal.commit(value)
    assert opening.commitment == hashlib.sha256(b"elec-opening/v1\n" + opening.salt + value.encode()).hexdigest()
    assert seal.check(opening)
    assert not seal.check(replace(opening, value=value + "x"))
    assert not seal.check(replace(opening, salt=SALT))
    assert not seal.check(replace(opening, salt=opening.salt + b"x", value=value))


def test_one_value_gives_two_commitments() -> None:
    assert seal.commit("王建国").commitment != seal.commit("王建国").commitment


def test_a_short_salt_is_refused() -> None:
    with pytest.raises(ValueError, match="32"):
        seal.commit("王建国", b"short")


def test_an_opening_does_not_print_what_it_opens() -> None:
    assert "王建国" not in repr(seal.commit("王建国"))


def test_personal_leaves_are_sealed_and_revealed() -> None:
    payload = {
        "people": [{"name": "王建国", "phone": None, "age": 41}, {"name": "李秀英"}],
        "chair": "王建国",
        "note": "公开",
    }
    personal = seal.paths("people.*.name", "people.*.phone", "chair")
    sealed, openings = seal.seal_payload(payload, personal)
    assert [opening.value for opening in openings] == ["王建国", "李秀英", "王建国"]
    assert len(set(seal.sealed_in(sealed))) == 3
    assert "王建国" not in str(sealed)
    assert sealed["people"][0] == {"name": {"sealed": openings[0].commitment}, "phone": None, "age": 41}
    assert sealed["note"] == "公开"
    values = {opening.commitment: opening.value for opening in openings}
    assert seal.reveal(sealed, values) == payload
    assert seal.reveal(sealed, {}) == sealed


def test_a_personal_value_that_is_no_text_is_refused() -> None:
    with pytest.raises(TypeError, match=r"people\.0\.age"):
        seal.seal_payload({"people": [{"age": 41}]}, seal.paths("people.*.age"))


@pytest.mark.parametrize(
    "value", [{"sealed": "a" * 63}, {"sealed": "A" * 64}, {"sealed": 1}, {"sealed": "a" * 64, "x": 1}, "a" * 64]
)
def test_what_only_looks_like_a_commitment_is_none(value: object) -> None:
    assert not seal.is_sealed(value)
    assert list(seal.sealed_in(value)) == []

"""Canonical bytes against an independent implementation of RFC 8785, and every refusal."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from election.record import canonical
from election.record.canonical import NotCanonical

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=20).map(lambda s: unicodedata.normalize("NFC", s))
names = st.text("abcdefghijklmnopqrstuvwxyz0123456789_.-", min_size=1, max_size=8)
plain = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(names, inner, max_size=5), max_leaves=25
)


@given(values)
def test_bytes_are_those_of_rfc_8785(value: Any) -> None:
    data = canonical.encode(value)
    assert data == rfc8785.dumps(value)
    assert canonical.decode(data) == value


@given(values)
def test_any_other_spelling_is_refused(value: Any) -> None:
    spaced = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8", "surrogatepass")
    if spaced != canonical.encode(value):
        with pytest.raises(NotCanonical):
            canonical.decode(spaced)


@given(st.binary(max_size=60))
def test_no_bytes_make_it_fall_over(data: bytes) -> None:
    try:
        value = canonical.decode(data)
    except NotCanonical:
        return
    assert canonical.encode(value) == data


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        2**53,
        -(2**53),
        {"Name": 1},
        {"姓名": 1},
        {"": 1},
        {1: 2},
        "e\u0301",
        {"a": ["ok", "e\u0301"]},
        "\ud800",
        (1, 2),
        b"bytes",
        {"a": {1, 2}},
    ],
    ids=repr,
)
def test_outside_the_profile_is_not_written(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical.encode(value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nul",
        b"1.0",
        b"1e3",
        b"-0",
        b"9007199254740992",
        b"18446744073709551616",
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1}\n',
        b'{"A":1}',
        b'{"a":"\\u00e9"}',
        b'{"a":"\\/"}',
        b'{"a":"\\ud800"}',
        '{"a":"e\u0301"}'.encode(),
        b'{"a":"\xff"}',
        b"\xef\xbb\xbf1",
        b"[" * 300 + b"]" * 300,
        b"[" * 100_000,
    ],
    ids=lambda data: data[:24],
)
def test_other_bytes_are_not_read(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        canonical.decode(data)


def test_a_combining_mark_after_an_escape_is_in_normal_form() -> None:
    """The bytes hold ``n`` and an accent side by side, the text does not."""
    value = "\n\u0301"
    assert canonical.decode(canonical.encode(value)) == value


def test_a_value_nested_without_end_is_outside_the_profile() -> None:
    value: Any = []
    for _ in range(5000):
        value = [value]
    with pytest.raises(NotCanonical, match="nested too deeply"):
        canonical.look(value)

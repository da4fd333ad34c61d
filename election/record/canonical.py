"""Canonical bytes: RFC 8785 in a restricted profile.

A value of the record is null, true, false, an integer with ``|n| < 2**53``, a string in NFC without lone
surrogates, a list, or an object whose keys are ``[a-z0-9_.-]+``. There are no floats: shares and money are
strings, counts are integers. In this profile the order of keys by UTF-16 units, by code points and by bytes is one
order, so a fast JSON writer that sorts keys gives exactly the bytes RFC 8785 asks for (the tests hold it against an
independent implementation).

The exact bytes are what is hashed, signed and stored. ``decode`` never repairs: bytes that are not the one
canonical form of their value are refused, and a duplicate key cannot survive that comparison.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any
from unicodedata import is_normalized

import orjson

#: integers at or beyond this are not exact in every JSON reader (RFC 8785 §3.2.2.3)
LIMIT = 2**53

_KEY = re.compile(r"[a-z0-9_.-]+")


class NotCanonical(ValueError):
    """A value outside the profile, or bytes that are not the canonical form of their value."""


def encode(value: Any) -> bytes:
    """The canonical bytes of ``value``. Raises NotCanonical for anything outside the profile."""
    try:
        _walk(value, check_text=True)
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONEncodeError, RecursionError) as error:
        raise NotCanonical(f"cannot be written: {error}") from error


def again(value: Any) -> bytes:
    """The canonical bytes of a value put together from parts of canonical values: nothing is looked at a second time."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def read(data: bytes) -> Any:
    """The value of bytes that are known to be canonical."""
    return orjson.loads(data)


def decode(data: bytes) -> Any:
    """The value of canonical ``data``. Raises NotCanonical for any other bytes, also for other bytes of the same value."""
    value = parse(data)
    look(value)
    return value


def parse(data: bytes) -> Any:
    """The value of ``data`` where these are the one way to write it; what it is made of is for ``look`` to say.

    Raises NotCanonical.
    """
    try:
        value = orjson.loads(data)
        again = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        if again != data:
            raise NotCanonical("these bytes are not the canonical form of their value")
        # One look at the whole line is enough as a rule: every part of an NFC text is NFC.
        if not (data.isascii() or is_normalized("NFC", data.decode())):
            _walk(value, check_text=True)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError) as error:
        raise NotCanonical(f"not JSON: {error}") from error
    return value


def look(value: Any) -> None:
    """Whether a parsed value, or a part of one, is made only of what the profile knows. Raises NotCanonical."""
    try:
        _walk(value, check_text=False)
    except RecursionError as error:
        raise NotCanonical("nested too deeply") from error


def _walk(value: Any, *, check_text: bool) -> None:
    kind = type(value)
    if kind is str:
        if check_text and not (value.isascii() or is_normalized("NFC", value)):
            raise NotCanonical("a text is not in normal form NFC")
    elif kind is dict:
        _good_keys(tuple(value))
        for inner in value.values():
            if type(inner) is not str or check_text:
                _walk(inner, check_text=check_text)
    elif kind is list:
        for inner in value:
            if type(inner) is not str or check_text:
                _walk(inner, check_text=check_text)
    elif kind is int:
        if not -LIMIT < value < LIMIT:
            raise NotCanonical("an integer is 2^53 or more")
    elif value is not None and kind is not bool:
        raise NotCanonical(f"a value of type {kind.__name__} has no place in the record")


@lru_cache(maxsize=4096)
def _good_keys(keys: tuple[object, ...]) -> None:
    """A record has few kinds of objects: their keys are looked at once for each. Raises NotCanonical."""
    for key in keys:
        if type(key) is not str or _KEY.fullmatch(key) is None:
            raise NotCanonical(f"the key {key!r} is not made of a-z 0-9 _ . -")

"""Codes become sentences: each code has one, none is guessed."""

from __future__ import annotations

import pytest

from election import words
from election.words import acts


def test_a_code_in_two_files_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    text = '["a.code"]\nzh = "甲"\nen = "A"\n'
    monkeypatch.setattr(words, "_texts", lambda folder: (text, text))
    with pytest.raises(ValueError, match=r"a\.code is defined twice"):
        words.sentences.__wrapped__()


def test_an_unknown_code_has_no_sentence() -> None:
    with pytest.raises(KeyError, match=r"no\.such"):
        words.sentence("no.such")


def test_a_text_without_english_stays_chinese() -> None:
    chinese, english = next(iter(words.interface().items()))
    assert (words.translate(chinese), words.translate(chinese, "en")) == (chinese, english)
    assert words.translate("没有这句话", "en") == "没有这句话"


def test_the_two_bodies_have_names_of_their_own() -> None:
    names = {
        (body, language): acts.body_name(body, language) for body in ("party", "residents") for language in ("zh", "en")
    }  # type: ignore[arg-type]
    assert len(set(names.values())) == 4
    assert names["residents", "en"].isascii()

"""A form saves itself while somebody types; an act that is done leaves no draft behind, however late the saving comes."""

from __future__ import annotations

from typing import Any

import pytest

from election.store import drafts
from tests.web.committee_town import Told, told, told_once  # noqa: F401

TYPED = {
    "kind": "roll_missing",
    "about": "丁某",
    "text": "名单上没有我的名字。",
    "by": "丁某",
    "contact": "00012345678",
}
BY_ITSELF = {"HX-Request": "true"}


def test_saving_that_comes_after_the_act_leaves_no_draft(told: Told) -> None:  # noqa: F811
    browser, address = told.browser("zuzhang5"), f"/c/{told.residents}/act/objection.file"
    seen = browser.get(address).value("_seen")
    assert browser.post(address, TYPED | {"_go": "next", "_seen": seen}).status == 302
    assert browser.post(address, TYPED | {"_go": "draft", "_seen": seen}, **BY_ITSELF).status == 204
    assert "已恢复您没有办完的草稿" not in browser.get(address).text


def test_saving_in_the_midst_of_the_act_leaves_no_draft(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    browser, address = told.browser("zuzhang5"), f"/c/{told.residents}/act/objection.file"
    seen = browser.get(address).value("_seen")
    keep = drafts.keep

    def late(*what: Any) -> None:
        monkeypatch.undo()
        assert told.browser("zuzhang5").post(address, TYPED | {"_go": "next", "_seen": seen}).status == 302
        keep(*what)

    monkeypatch.setattr(drafts, "keep", late)
    assert browser.post(address, TYPED | {"_go": "draft", "_seen": seen}, **BY_ITSELF).status == 204
    assert "已恢复您没有办完的草稿" not in browser.get(address).text


def test_typing_anew_after_the_act_is_saved(told: Told) -> None:  # noqa: F811
    browser, address = told.browser("zuzhang5"), f"/c/{told.residents}/act/objection.file"
    assert browser.post(address, TYPED | {"_go": "next"}).status == 302
    seen = browser.get(address).value("_seen")
    kept = browser.post(address, TYPED | {"_go": "draft", "_seen": seen}, **BY_ITSELF)
    assert "已自动保存草稿" in kept.text
    assert "已恢复您没有办完的草稿" in browser.get(address).text

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from ballots.geometry import OUTLINE_MM, design_of
from ballots.template import MOST_BOXES, load, template
from election.faults import WrongInput

from . import samples, scans
from .test_reading import answer


def layout() -> dict[str, Any]:
    return copy.deepcopy(samples.printed()[1])


def signed(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "design": design_of(document)}


def test_a_layout_file_comes_back_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "L.json").write_text(json.dumps(layout(), ensure_ascii=False, indent=1), encoding="utf-8")
    read = load(tmp_path / "L.json")
    assert (read.form, read.width, read.height, read.pages) == ("columns", 210.0, 297.0, 1)
    assert read.seats == {"chair": 1, "deputy": 2, "member": 5}
    assert (read.own, read.proof, read.outline) == (True, False, OUTLINE_MM)
    assert read.contests_on(1) == ["chair", "deputy", "member"]


def test_a_layout_of_the_contracts_keys_alone_is_enough_to_read_with() -> None:
    keys = ("form", "page", "pages", "contests", "fiducials", "marks", "write_ins")
    bare = template(signed({key: layout()[key] for key in keys}))
    assert not bare.own
    found = answer(bare, scans.rasterise(samples.printed()[0], 200))
    assert found["status"] == "read"


def broken() -> list[tuple[str, Any]]:
    def change(*path: Any, to: Any) -> dict[str, Any]:
        document = layout()
        place: Any = document
        for key in path[:-1]:
            place = place[key]
        if to is KeyError:
            del place[path[-1]]
        else:
            place[path[-1]] = to
        return signed(document) if isinstance(document.get("fiducials"), list) else document

    first = layout()["fiducials"][0]
    mark = layout()["marks"][0]
    return [
        ("form", change("form", to="circles")),
        ("page", change("page", to=KeyError)),
        ("page.width_mm", change("page", "width_mm", to="210")),
        ("page.height_mm", change("page", "height_mm", to=1e9)),
        ("pages", change("pages", to=0)),
        ("pages", change("pages", to=True)),
        ("contests", change("contests", to=None)),
        ("contests[0].seats", change("contests", 0, "seats", to=0)),
        ("contests[1].id", change("contests", 1, "id", to="chair")),
        ("fiducials", change("fiducials", to={})),
        ("fiducials[0].dictionary", change("fiducials", 0, "dictionary", to="DICT_5X5_50")),
        ("fiducials[0].id", change("fiducials", 0, "id", to=250)),
        ("fiducials[0].page", change("fiducials", 0, "page", to=2)),
        ("fiducials", change("fiducials", 1, to=first)),
        ("fiducials", change("fiducials", to=[first])),
        ("marks[0].x_mm", change("marks", 0, "x_mm", to=-1.0)),
        ("marks[0]", change("marks", 0, "x_mm", to=209.0)),
        ("marks[0].w_mm", change("marks", 0, "w_mm", to=0.0)),
        ("marks[0].choice", change("marks", 0, "choice", to="sign")),
        ("marks[0].contest", change("marks", 0, "contest", to="mayor")),
        ("marks[0].row", change("marks", 0, "candidate", to=None)),
        ("marks", change("marks", 1, to=mark)),
        ("marks", change("marks", to=[])),
        ("write_ins[0].row", change("write_ins", 0, "row", to="1")),
        ("write_ins[0]", change("write_ins", 0, to=7)),
        ("outline_mm", change("outline_mm", to=0)),
        ("design", {**layout(), "design": "0" * 64}),
        ("design", {**layout(), "texts": []}),
        ("design", {**layout(), "texts": [float("nan")]}),
        ("page.width_mm", change("page", "width_mm", to=10**400)),
        ("contests[0].id", change("contests", 0, "id", to="")),
        ("marks[0].candidate", change("marks", 0, "candidate", to=7)),
        ("marks", change("marks", to=[{}] * (MOST_BOXES + 1))),
    ]


@pytest.mark.parametrize(("named", "document"), broken(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_broken_layout_is_refused_with_its_key(named: str, document: dict[str, Any]) -> None:
    with pytest.raises(WrongInput) as refused:
        template(document, "L.json")
    assert str(refused.value).startswith(f"L.json: {named}: ")


def test_a_contest_over_two_pages_is_refused() -> None:
    two = copy.deepcopy(samples.printed((samples.CHAIR, samples.MEMBER), "sign", "A5")[1])
    assert two["pages"] == 2
    chair = next(mark for mark in two["marks"] if mark["contest"] == "chair")
    chair["page"] = 2
    with pytest.raises(WrongInput, match="two pages"):
        template(signed(two))


def test_another_marker_id_does_not_change_the_design() -> None:
    document = layout()
    document["fiducials"][0]["id"] = next(
        number for number in range(250) if number not in {one["id"] for one in document["fiducials"]}
    )
    assert template(document).fiducials[0].id == document["fiducials"][0]["id"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b'{"a": NaN}',
        b'{"a": 1, "a": 2}',
        b"\xff\xfe{}",
        b"[" * 100_000,
        b'{"pages": ' + b"9" * 5000 + b"}",
    ],
    ids=["empty", "list", "cut", "nan", "twice", "utf-16", "deep", "long"],
)
def test_a_file_that_is_no_layout_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "L.json").write_bytes(content)
    with pytest.raises(WrongInput) as refused:
        load(tmp_path / "L.json")
    assert "L.json" in str(refused.value)
    assert "\n" not in str(refused.value)

"""``election rulesets``, ``margin`` and ``calendar`` from the outside."""

from __future__ import annotations

import json

import pytest

from election import law
from election.cli import main

OWN = 'id = "own"\nextends = "qilihe-2010.residents"\n[values]\n"margin.share" = { value = "1/2", source = "甲", article = "乙" }\n'


@pytest.fixture
def run(capsys):
    def execute(*arguments):
        with pytest.raises(SystemExit) as stop:
            main(list(arguments))
        out, err = capsys.readouterr()
        return stop.value.code, out, err

    return execute


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    return str(path)


def test_the_list(run):
    code, out, _ = run("rulesets", "--json")
    rows = json.loads(out)
    assert code == 0
    assert {row["id"]: (row["body"], row["extends"]) for row in rows} == {
        "qilihe-2010.party": ("party", None),
        "qilihe-2010.residents": ("residents", None),
        "villagers-2018": ("villagers", None),
        "party-2020": ("party", None),
        "residents-2026": ("residents", "villagers-2018"),
    }
    assert {row["id"]: row["in_force"] for row in rows}["residents-2026"] == {"from": "2026-01-01", "to": None}
    assert all(row["title"] for row in rows)
    assert "party-2020" in run("rulesets")[1]


def test_one_ruleset_whole(run):
    code, out, _ = run("rulesets", "qilihe-2010.residents", "--json")
    document = json.loads(out)
    assert code == 0
    assert document["values"]["quorum.assembly"] == {
        "value": "> 1/2",
        "source": "七里河区某街道社区“两委”换届选举实施方案(2010年)",
        "article": "方案五（二）8",
        "status": "seen",
    }
    assert law.from_json(document) == law.load("qilihe-2010.residents")


def test_one_ruleset_for_people(run):
    _, out, _ = run("rulesets", "qilihe-2010.residents")
    assert "会议有效：实到占应到：> 1/2（方案五（二）8；见原文）" in out
    assert "residents.hands" in out


def test_the_table(run):
    assert run("rulesets", "--table")[1].startswith("# 规则集对照")


def test_an_own_file(run, own):
    assert json.loads(run("rulesets", "--ruleset-file", own, "--json")[1])["id"] == "own"
    assert json.loads(run("margin", "--ruleset-file", own, "--seats", "4", "--json")[1]) == {
        "seats": 4,
        "candidates_at_least": 6,
        "article": "乙",
    }
    assert run("margin", "own", "--ruleset-file", own, "--seats", "4")[0] == 0
    assert run("margin", "qilihe-2010.residents", "--ruleset-file", own, "--seats", "4")[0] == 0
    assert run("calendar", "own", "--ruleset-file", own, "--election-day", "2010-12-26", "--json")[0] == 0
    code, _, err = run("margin", "party-2020", "--ruleset-file", own, "--seats", "4")
    assert code == 2
    assert "own.toml" in err


def test_margin(run):
    assert json.loads(run("margin", "qilihe-2010.party", "--seats", "6", "--json")[1]) == {
        "seats": 6,
        "candidates_at_least": 8,
        "article": "方案五（二）6",
    }
    assert run("margin", "villagers-2018", "--seats", "3")[1] == "应选 3 名，候选人至少 4 名（组织法第15条）\n"


def test_calendar(run, tmp_path):
    ics = tmp_path / "days.ics"
    code, out, _ = run("calendar", "qilihe-2010.residents", "--election-day", "2010-12-26", "--ics", str(ics), "--json")
    days = json.loads(out)
    assert code == 0
    assert {
        "date": "2010-12-21",
        "step": "residents.official",
        "title": "公布正式候选人名单",
        "title_en": "Official candidates posted",
        "deadline": True,
        "article": "方案五（二）6",
    } in days
    assert ics.read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
    assert (
        "2010-12-21  截止  公布正式候选人名单"
        in run("calendar", "qilihe-2010.residents", "--election-day", "2010-12-26")[1]
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("rulesets", "nowhere", "--json"),
        ("rulesets", "--ruleset-file", "no-such.toml"),
        ("margin", "--seats", "3"),
        ("margin", "party-2020", "--seats", "0"),
        ("margin", "party-2020", "--seats", "three"),
        ("margin", "party-2020"),
        ("calendar", "party-2020"),
        ("calendar", "party-2020", "--election-day", "24 December"),
        ("calendar", "party-2020", "--election-day", "0001-01-01"),
        ("calendar", "party-2020", "--election-day", "2010-12-24", "--ics", "/no/such/folder/x.ics"),
    ],
)
def test_wrong_usage_is_exit_two_and_one_line(run, arguments):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("election: ")
    assert err.count("\n") == 1


def test_a_line_of_the_list_has_the_contract_s_keys(run):
    for row in json.loads(run("rulesets", "--json")[1]):
        assert {"id", "title", "body", "in_force", "extends"} <= row.keys()
        assert row["in_force"].keys() == {"from", "to"}


def test_the_calendar_is_a_list_in_order_with_the_contract_s_keys(run):
    for known in law.ids():
        days = json.loads(run("calendar", known, "--election-day", "2026-12-26", "--json")[1])
        assert days
        assert {tuple(sorted(day)) for day in days} == {("article", "date", "deadline", "step", "title", "title_en")}
        assert [day["date"] for day in days] == sorted(day["date"] for day in days)
        assert {day["step"] for day in days} <= set(law.step_titles())
        assert {day["deadline"] for day in days} <= {True, False}
        assert all(day["article"] for day in days)


@pytest.mark.parametrize("command", [
    ("rulesets", "--json"), ("margin", "--seats", "5", "--json"), ("calendar", "--election-day", "2010-12-26", "--json"),
    ("count", "{file}", "--json"), ("roll", "check", "{roll}", "--election-day", "2010-12-26", "--json"),
    ("ballot", "print", "{file}", "--out", "{pdf}", "--layout", "{layout}", "--copies", "1"),
])  # fmt: skip
def test_every_command_takes_an_own_file(run, own, tmp_path, command):
    file = {
        "ruleset": "own", "entitled": 1, "present": 1, "issued": 1, "returned": 1,
        "contests": [{"id": "a", "office": "主任", "seats": 1, "candidates": [{"id": "c1", "name": "王建国"}, {"id": "c2", "name": "李秀英"}]}],
    }  # fmt: skip
    votes = {} if command[0] == "ballot" else {"ballots": [{"marks": {"a": {"c1": "for"}}}]}
    places = {name: str(tmp_path / name) for name in ("file", "roll", "pdf", "layout")}
    (tmp_path / "file").write_text(json.dumps(file | votes), encoding="utf-8")
    places["roll"] += ".csv"
    (tmp_path / "roll.csv").write_text("姓名,出生日期\n王建国,1980-01-01\n", encoding="utf-8")
    arguments = [argument.format(**places) for argument in command]
    assert run(*arguments, "--ruleset-file", own)[0] == 0
    broken = tmp_path / "broken.toml"
    broken.write_text(OWN.replace(', source = "甲"', ""), encoding="utf-8")
    code, out, err = run(*arguments, "--ruleset-file", str(broken))
    assert (code, out) == (2, "")
    assert "broken.toml: margin.share: carries no source" in err
    assert err.count("\n") == 1

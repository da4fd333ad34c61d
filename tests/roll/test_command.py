import json
from pathlib import Path

import pytest

from election.cli import main
from tests.roll.making import csv_text, number, person

CHECK = ["--election-day", "2010-12-26", "--ruleset", "qilihe-2010.residents"]


def run(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main(["roll", *arguments])
    out, err = capsys.readouterr()
    return int(end.value.code or 0), out, err


@pytest.fixture
def good(tmp_path: Path) -> str:
    path = tmp_path / "good.csv"
    path.write_text(csv_text([person()]), encoding="utf-8")
    return str(path)


@pytest.fixture
def bad(tmp_path: Path) -> str:
    path = tmp_path / "bad.csv"
    path.write_text(
        csv_text([person(), person(), person(name="李四", id_number="", birth="1992-12-26")]), encoding="utf-8"
    )
    return str(path)


def test_a_good_roll(good: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(["check", good, *CHECK, "--json"], capsys)
    assert (code, err) == (0, "")
    assert json.loads(out) == {"rows": 1, "registered": 1, "rejected": [], "warnings": []}


def test_a_roll_with_rejected_rows(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(["check", bad, *CHECK, "--json"], capsys)
    answer = json.loads(out)
    assert (code, err, answer["rows"], answer["registered"]) == (1, "", 3, 2)
    assert answer["rejected"] == [
        {
            "row": 3,
            "code": "duplicate",
            "text": "与第 2 行重复（身份证号和姓名都相同）。",
            "text_en": "Repeats row 2 (same identity number, same name).",
        }
    ]
    assert [(fault["row"], fault["code"]) for fault in answer["warnings"]] == [
        (4, "no-id"),
        (4, "birthday-on-election-day"),
    ]


def test_in_words(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(["check", bad, *CHECK], capsys)
    assert code == 1
    assert out.splitlines()[0] == "共 3 行：登记 2 人，暂不登记 0 行，退回 1 行。"
    assert out.splitlines()[1].startswith("第 3 行：")


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_no_personal_data_in_the_answer(bad: str, as_json: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(["check", bad, *CHECK, *as_json], capsys)
    assert number() not in out
    assert "王建国" not in out


@pytest.mark.parametrize(
    "arguments",
    [
        ["--election-day", "26.12.2010", "--ruleset", "qilihe-2010.residents"],
        ["--election-day", "2010-W52-7", "--ruleset", "qilihe-2010.residents"],
        ["--election-day", "2010-12-26", "--ruleset", "none"],
        ["--election-day", "2010-12-26"],
        ["--election-day", "2010-12-26", "--ruleset", "qilihe-2010.party"],
        ["--ruleset", "qilihe-2010.residents"],
        [*CHECK, "--ruleset-file", "no-such-file.toml"],
        [*CHECK, "--members"],
    ],
)
def test_wrong_usage_is_one_line(good: str, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(["check", good, *arguments, "--json"], capsys)
    assert (code, out) == (2, "")
    assert err.startswith("election: ")
    assert err.count("\n") == 1


def test_a_missing_file_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(["check", "no-such-roll.xlsx", *CHECK], capsys)
    assert code == 2
    assert "no-such-roll.xlsx" in err


def test_an_offices_own_ruleset(good: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'id = "own.residents"\ntitle = "x"\nextends = "qilihe-2010.residents"\n'
        '[values]\nage.min = { value = 40, source = "测试", article = "一", status = "local" }\n',
        encoding="utf-8",
    )
    for named in ([], ["--ruleset", "own.residents"], ["--ruleset", "qilihe-2010.residents"]):
        code, out, _ = run(
            ["check", good, "--election-day", "2010-12-26", *named, "--ruleset-file", str(own), "--json"], capsys
        )
        assert (code, json.loads(out)["rejected"][0]["code"]) == (1, "under-age")
    code, _, err = run(
        ["check", good, "--election-day", "2010-12-26", "--ruleset", "villagers", "--ruleset-file", str(own)], capsys
    )
    assert code == 2
    assert "own.residents" in err


def test_the_template(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t.xlsx"
    code, out, err = run(["template", "--out", str(path)], capsys)
    assert (code, out) == (0, "")
    assert str(path) in err
    code, out, _ = run(["check", str(path), *CHECK, "--json"], capsys)
    assert (code, json.loads(out)["rows"]) == (0, 0)


def test_a_template_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["template", "--out", str(tmp_path / "no" / "t.xlsx")], capsys)[0] == 2

"""``election count`` from the outside."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from election.cli import main

FILE = {
    "ruleset": "qilihe-2010.residents",
    "entitled": 58,
    "present": 55,
    "issued": 55,
    "returned": 55,
    "contests": [
        {
            "id": "chair",
            "office": "主任",
            "seats": 1,
            "candidates": [{"id": "c1", "name": "甲"}, {"id": "c2", "name": "乙"}],
        },
        {"id": "deputy", "office": "副主任", "seats": 1, "candidates": [{"id": "c1", "name": "丙"}]},
    ],
    "ballots": [
        {"times": 27, "marks": {"chair": {"c1": "for"}, "deputy": {"c1": "for"}}},
        {"times": 27, "marks": {"chair": {"c2": "for"}, "deputy": {"c1": "for"}}},
        {"spoiled": True},
    ],
}


@pytest.fixture
def run(tmp_path, capsys):
    """``run(file, *options)`` -> ``(exit code, standard output, standard error)``."""

    def execute(file, *options):
        path = tmp_path / "file.json"
        path.write_text(file if isinstance(file, str) else json.dumps(file), encoding="utf-8")
        with pytest.raises(SystemExit) as stop:
            main(["count", str(path), *options])
        out, err = capsys.readouterr()
        return stop.value.code, out, err

    return execute


def test_json_is_one_document_with_every_sentence(run):
    code, out, err = run(FILE, "--json")
    answer = json.loads(out)
    assert (code, err) == (0, "")
    said = [*answer["checks"], *(row["why"] for contest in answer["contests"] for row in contest["votes"])]
    assert all(fact["text"] and fact["text_en"] and fact["article"] for fact in said)
    assert answer["checks"][0]["text"] == "应到 58 人，实到 55 人，达到规定的至少 30 人，人数符合规定。"


def test_a_person_reads_the_same(run):
    code, out, _ = run(FILE)
    assert code == 0
    assert "主任：有效票 54，无效票 1" in out
    assert "乙：赞成 27，反对 0，弃权 27。得票 27，不足当选所需的 28 票" in out
    assert "缺额 1 名，另行选举，候选人：甲、乙。" in out
    assert "丙：赞成 54" in out


def test_the_page_names_every_kind_of_next(run):
    tied = FILE | {"revote": True}
    assert "重新投票，选 1 名" in run(tied)[1].replace("在票数相等的 甲、乙 中", "")
    void = run(FILE | {"entitled": 200})
    assert "选举无效，重新选举。" in void[1]
    last = FILE | {"ruleset": "villagers-2018", "round": 2, "ballots": [{"times": 55}]}
    assert "缺额 1 名，暂缺。" in run(last)[1]
    struck = json.loads(json.dumps(FILE | {"ballots": [{"times": 55}]}))
    struck["contests"][1]["candidates"][0]["struck"] = True
    assert "须重新提名候选人" in run(struck)[1]


def test_a_void_election_is_exit_one(run):
    assert run(FILE | {"entitled": 200}, "--json")[0] == 1


def test_a_tie_or_a_shortfall_is_exit_zero(run):
    assert run(FILE | {"revote": True}, "--json")[0] == 0
    assert run(FILE, "--json")[0] == 0


@pytest.mark.parametrize(
    ("file", "place"),
    [
        ("{", "line 1 column 2"),
        ({"ruleset": "nowhere"}, "nowhere"),
        ({"ruleset": ["x"]}, "ruleset"),
        ({}, "ruleset"),
        (FILE | {"present": 59}, "present"),
        (FILE | {"returned": 54}, "ballots"),
    ],
)
def test_wrong_input_is_exit_two_and_one_line(run, file, place):
    code, out, err = run(file, "--json")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "file.json" in err
    assert place in err


def test_a_missing_file(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["count", "no-such.json", "--json"])
    assert stop.value.code == 2
    assert "no-such.json" in capsys.readouterr().err


def test_an_office_s_own_ruleset(run, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        'id = "own"\nextends = "qilihe-2010.residents"\n[values]\n'
        '"threshold.assembly" = { value = ">= 1/3", source = "街道办〔2010〕1号" }\n',
        encoding="utf-8",
    )
    code, out, _ = run(FILE, "--json", "--ruleset-file", str(own))
    answer = json.loads(out)
    assert (code, answer["ruleset"], answer["contests"][0]["needed"]) == (0, "own", 19)
    assert run(FILE | {"ruleset": "party-2020"}, "--ruleset-file", str(own))[0] == 2


def test_a_broken_ruleset_names_its_own_file(run, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        'id = "own"\nextends = "qilihe-2010.residents"\n[values]\n"age.min" = { value = 16 }\n', encoding="utf-8"
    )
    code, _, err = run(FILE, "--ruleset-file", str(own))
    assert code == 2
    assert err.startswith("election: own.toml: age.min: carries no source")


def test_the_place_in_a_large_file_is_the_ballot_s_own(run, monkeypatch):
    from election.count import reading

    monkeypatch.setattr(reading, "LARGE", 0)
    bad = FILE | {"ballots": [{"marks": {"chair": {}}}] * 40 + [{"marks": {"chair": {"c9": "for"}}}] * 15}
    assert "ballots[40].marks.chair.c9" in run(bad)[2]


def test_counting_imports_neither_web_nor_database_nor_pydantic(tmp_path):
    (tmp_path / "f.json").write_text(json.dumps(FILE), encoding="utf-8")
    program = (
        "import sys; from election.cli import main\n"
        "try: main(['count', sys.argv[1], '--json'])\n"
        "except SystemExit: pass\n"
        "heavy = {'flask', 'sqlalchemy', 'pydantic', 'numpy', 'cv2', 'weasyprint', 'cryptography'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "f.json")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["valid"] is True

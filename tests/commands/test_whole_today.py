"""The command line from outside: the sample under today's law driven to its archive, exported, verified, audited."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.commands.test_whole import election
from tests.documents.reading import pages


@pytest.mark.long
@pytest.mark.timeout(600)
def test_today_s_turnover_reaches_an_archive_that_verifies(tmp_path: Path) -> None:
    home = tmp_path / "home"
    done = election(home, "demo", "--to-end", "--law", "today", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert {(e["body"], e["state"]) for e in answer["elections"]} == {("party", "archived"), ("residents", "archived")}
    for told in answer["elections"]:
        bundle = tmp_path / f"{told['body']}.zip"
        assert election(home, "bundle", "export", told["id"], "--out", str(bundle)).returncode == 0
        verified = election(tmp_path / "nowhere", "verify", str(bundle), "--trust", answer["trust"], "--json")
        found = json.loads(verified.stdout)
        assert (verified.returncode, found["ok"], found["trust"]) == (0, True, "pinned")
    with zipfile.ZipFile(bundle) as archive:
        entries = [json.loads(line) for line in archive.read("logs/election.jsonl").splitlines()]
        opened = archive.read("openings.jsonl").decode() if "openings.jsonl" in archive.namelist() else ""
        rulesets = {name for name in archive.namelist() if "ruleset" in name}
        posted = ["".join(pages(archive.read(name))) for name in archive.namelist() if name.startswith("papers/")]
    acts = [e["act"] for e in entries]
    assert {"electorate.choose", "proxy.grant", "visit.ask", "vetting.record", "polling.close", "tally.mix"} <= set(
        acts
    )
    assert acts.count("result.announce") == 2, "a second round for the chair"
    assert rulesets
    assert [text for text in posted if "应到" in text or "实到" in text] == [], "nobody meets"
    assert sum("参加投票" in text for text in posted) >= 3, "reports, the notice and the filing form say who voted"
    visits = [e["payload"] for e in entries if e["act"] == "visit.ask"]
    assert all(set(v["person"]) == set(v["name"]) == set(v["reason"]) == {"sealed"} for v in visits)
    assert "行动不便" not in opened
    assert "外出务工" not in opened
    audited = json.loads(election(home, "audit", "verify", "--json").stdout)
    assert (audited["ok"], audited["problems"]) == (True, [])

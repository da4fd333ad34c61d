"""The catalogue of acts and demands against the words and the pages that speak of it: nothing missing, nothing idle."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import pytest

from election import law
from election.acts.papers.forms import FORMS
from election.commands import docs
from election.documents.catalogue import KINDS
from election.law.keys import DEPARTMENTS, REASONS
from election.process import drawing
from election.process.base import ACTS, Role
from election.process.campaign import community_demands
from election.process.facts import Campaign
from election.process.nomination import EDUCATION
from election.process.notices import NOTICES
from election.process.relatives import RELATIONS
from election.process.representatives import OFFICES
from election.process.steps import Status
from election.words import acts as words
from election.words import sentences

ROOT = Path(__file__).parents[2]
LANGUAGES: tuple[words.Language, ...] = ("zh", "en")


# --- demands ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Site:
    """One ``Demand(…)`` in the code: the codes it can have and the numbers it gives; None where they come from elsewhere."""

    where: str
    codes: tuple[str, ...]
    numbers: frozenset[str] | None


def _community() -> tuple[str, ...]:
    steps = [s for s in law.step_titles() if s.startswith(("campaign.", "community."))]
    return tuple(d.code for step in steps for d in community_demands(Campaign(), "c", step))


def _literals(file: str, name: str, severity: str) -> tuple[str, ...]:
    """Codes of ``name("code", "severity", …)`` in a file of another room."""
    calls = (n for n in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))) if isinstance(n, ast.Call))
    return tuple(
        ast.literal_eval(call.args[0])
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id == name
        and (not severity or ast.literal_eval(call.args[1]) == severity)
    )


#: a code that is not written out -> what it can be
FAMILIES: dict[str, tuple[str, ...]] = {
    "f'notice.ready.{self.kind}'": tuple(f"notice.ready.{kind}" for kind in NOTICES),
    "f'assess.{kind}'": tuple(f"assess.{kind}" for kind in ("term", "evaluation", "inspection", "joint_vetting")),
    "f\"nomination.require-{rule['kind']}\"": ("nomination.require-police", "nomination.require-tertiary"),
    "f'{apart}.relative'": tuple(f"{apart}.relative" for apart in ("staff", "members", "presiding")),
    "f'handover.signed.{side}'": tuple(
        f"handover.signed.{r}" for r in ("outgoing_member", "incoming_member", "street_officer")
    ),
    "code": _community(),
    "finding.code": _literals("election/law/seats.py", "Finding", ""),
    "check.code": _literals("election/count/sheet.py", "Check", "error"),
}

#: codes of the importer's faults and of accounts, whose words are held where they are made
ELSEWHERE = (("rolls.py", "fault.sentence"), ("accounts.py", "code"))

#: numbers that are handed on from another demand, or from the rooms that hold their own sentences
HANDED_ON: dict[str, frozenset[str] | None] = {
    "met.params": frozenset({"present", "entitled", "needs"}),
    "dict(check.params)": None,
    "dict(finding.params)": None,
}


def _sites() -> Iterator[Site]:
    for file in sorted([*(ROOT / "election/process").glob("*.py"), *(ROOT / "election/acts").glob("*.py")]):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Demand":
                code = node.args[0]
                if (file.name, ast.unparse(code)) not in ELSEWHERE:
                    yield _site(f"{file.name}:{node.lineno}", code, node)


def _site(where: str, code: ast.expr, node: ast.Call) -> Site:
    codes = (code.value,) if isinstance(code, ast.Constant) else FAMILIES[ast.unparse(code)]
    given = node.args[2] if len(node.args) > 2 else next((k.value for k in node.keywords if k.arg == "params"), None)
    if given is None:
        return Site(where, codes, frozenset())
    if isinstance(given, ast.Dict):
        return Site(where, codes, frozenset(ast.literal_eval(key) for key in given.keys if key is not None))
    return Site(where, codes, HANDED_ON[ast.unparse(given)])


SITES = list(_sites())
CODES = {code for site in SITES for code in site.codes}


def test_the_scan_finds_what_the_code_yields() -> None:
    assert len(SITES) > 200
    assert {
        "margin.enough",
        "act.busy",
        "notice.ready.roll_notice",
        "law.seats.even",
        "sheet.row",
        "campaign.led",
    } <= CODES


def _placeholders(entry: dict[str, str]) -> set[str]:
    return {n for text in entry.values() for _, n, _, _ in Formatter().parse(text) if n is not None}


@pytest.mark.parametrize("site", SITES, ids=lambda site: f"{site.where} {site.codes[0]}")
def test_every_demand_has_a_sentence_that_asks_for_no_number_it_is_not_given(site: Site) -> None:
    for code in site.codes:
        assert code in sentences(), f"{site.where}: no sentence of {code}"
        if site.numbers is not None:
            assert _placeholders(sentences()[code]) <= site.numbers, f"{site.where}: {code}"


def test_numbers_handed_on_are_those_of_the_demand_they_come_from() -> None:
    given = {site.numbers for site in SITES if "meeting.quorum" in site.codes}
    assert given == {HANDED_ON["met.params"]}


def test_every_demand_of_this_room_has_a_line_for_the_checklist() -> None:
    other = {*FAMILIES["finding.code"], *FAMILIES["check.code"]}
    other |= {code for code in CODES if code.startswith("account.")}
    assert [code for code in sorted(CODES - other) if not {"zh_line", "en_line"} <= set(sentences()[code])] == []


def test_no_sentence_waits_for_a_demand_that_nobody_makes() -> None:
    shown = {
        node.args[0].value
        for file in (ROOT / "election/web").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Demand" and isinstance(node.args[0], ast.Constant)
    }
    idle = [code for code, entry in sentences().items() if "zh_line" in entry and code not in CODES | shown]
    assert idle == []


def test_a_step_s_checklist_lists_no_code_unknown_to_the_scan() -> None:
    steps = {drawing.suffix(rule.name) for known in law.ids() for rule in law.load(known).steps}
    listed = {code for step in steps for found in drawing.demanded(step) for code in docs.members(found)}
    assert listed <= CODES
    assert "handover.signed.street_officer" in listed


# --- acts, fields, choices -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(ACTS))
def test_every_act_has_a_title_a_line_for_the_minutes_and_a_hint(code: str, language: words.Language) -> None:
    assert words.act_title(code, language) != code
    assert words.act_done(code, language) != code
    assert words.act_hint(code, language)


FIELDS = [(code, field) for code, act in sorted(ACTS.items()) for field in drawing.fields(act) if not field.filled]


def test_the_fields_reach_into_rows() -> None:
    found = {(code, field.path) for code, field in FIELDS}
    assert {
        ("handover.list", "items.kind"),
        ("hands.record", "tallies.rows.against"),
        ("tally.reveal", "entries.figures.write_ins.name"),
    } <= found
    assert ("tally.sign", "sheet_sha256") not in found


@pytest.mark.parametrize(("code", "field"), FIELDS, ids=lambda x: x if isinstance(x, str) else x.path)
def test_every_field_that_is_asked_has_a_label_and_every_choice_a_name(code: str, field: drawing.FieldOf) -> None:
    for language in LANGUAGES:
        assert words.field_label(code, field.path, language) != field.path
    for choice in field.choices:
        assert words.option_label(code, field.path, choice) != choice


def test_personal_fields_are_known_as_such() -> None:
    marks = {(code, field.path): field.personal for code, field in FIELDS}
    assert marks["objection.file", "contact"] == "sealed"
    assert marks["lead.form", "members.name"] == "posted"
    assert marks["representatives.change", "joins_name"] == "listed"
    assert marks["prepare.place", "place"] == ""


#: vocabulary -> every code it must name
VOCABULARIES = {
    "role": {role.value for role in Role},
    "body": {law.load(known).body for known in law.ids()},
    "status": {status.value for status in Status},
    "notice": {*NOTICES, "posts_notice"},
    "paper": {*KINDS, *(set(FORMS) - {"hands_tally"}), *(kind for act in ACTS.values() for kind in act.papers)},
    "department": set(DEPARTMENTS),
    "ground": set(REASONS),
    "education": {"", *EDUCATION},
    "relation": set(RELATIONS),
    "office": {*OFFICES, "党员代表"},
    #: parts of a place's path: none is the whole office, three a community
    "level": {"0", "1", "2", "3"},
}


def test_every_name_is_used_and_every_code_is_named() -> None:
    for field_code, field in FIELDS:
        if field.choices:
            options = words._field(field_code, field.path).get("options", field.path.rsplit(".", 1)[-1])
            VOCABULARIES.setdefault(options, set()).update(field.choices)
    named: dict[str, set[str]] = {}
    for key in sentences():
        vocabulary, colon, code = key.partition(":")
        if colon and vocabulary not in ("act", "field", "step", "place") and not vocabulary.startswith("rule-value."):
            named.setdefault(vocabulary, set()).add(code)
    assert named == VOCABULARIES


def test_no_words_wait_for_an_act_or_a_field_that_is_gone() -> None:
    titled = {key.removeprefix("act:") for key in sentences() if key.startswith("act:")}
    assert titled == set(ACTS)
    used = {id(words._field(code, field.path)) for code, field in FIELDS}
    idle = [key for key, entry in sentences().items() if key.startswith("field:") and id(entry) not in used]
    assert idle == []


def test_every_step_has_a_title() -> None:
    steps = {rule.name for known in law.ids() for rule in law.load(known).steps}
    steps |= {act.step for act in ACTS.values() if act.log == "campaign"} | {
        "general",
        "office",
        "campaign",
        "archived",
        "closed",
    }
    for step in steps:
        for language in LANGUAGES:
            assert words.step_title(step, language) != step


@pytest.mark.parametrize("kind", [kind for kind, found in KINDS.items() if found.title])
def test_a_paper_bears_the_same_name_on_a_page_as_on_the_paper(kind: str) -> None:
    assert words.paper_title(kind) == KINDS[kind].title.replace("(", "（").replace(")", "）")


# --- what the pages of docs/ are made of -----------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["state-machine.md", "acts.md"])
def test_a_generated_page_is_not_stale(page: str) -> None:
    stored = (ROOT / "docs" / page).read_text("utf-8")
    assert stored == docs.PAGES[page](), f"docs/{page} is stale: run `make docs`"


def test_ways_back_are_read_out_of_the_code() -> None:
    assert drawing.reopens(ACTS["nomination.decide"]) == ["prospective"]
    assert drawing.reopens(ACTS["meeting.void"]) == ["prepare"]
    assert {"prepare", "ballot", "hands"} <= set(drawing.reopens(ACTS["approve.decide"]))
    assert drawing.reopens(ACTS["seats.fix"]) == []
    assert drawing.reopens(ACTS["step.reopen"]) == []


def test_a_return_leads_only_to_steps_that_the_ruleset_runs() -> None:
    party = {(way.act, way.since, way.to) for way in drawing.returns(law.load("qilihe-2010.party"))}
    assert ("nomination.decide", "party.nominate_approve", "party.prospective") in party
    assert ("candidate.withdraw", "", "party.prospective") in party
    assert not [way for way in party if way[2].startswith("residents.")]


def test_an_act_stands_at_the_first_of_its_steps_or_in_both_branches() -> None:
    residents = law.load("qilihe-2010.residents")
    assert drawing.places(residents, "ballot|hands") == ["residents.ballot", "residents.hands"]
    assert drawing.places(law.load("qilihe-2010.party"), "ballot|hands") == ["party.ballot"]
    assert drawing.places(law.load("qilihe-2010.party"), "nominate_approve|assess") == ["party.nominate_approve"]
    assert drawing.places(residents, "nominate_approve|assess") == ["residents.assess"]
    assert drawing.places(residents, "") == []


def test_the_picture_has_every_step_branch_and_deadline() -> None:
    ruleset = law.load("qilihe-2010.residents")
    picture = drawing.state_machine(ruleset)
    for rule in ruleset.steps:
        assert f'{rule.name.replace(".", "_")}["' in picture
        assert rule.title in picture
    assert 'community_notice(["community.notice"])' in picture
    assert "residents_meeting -->|hands| residents_hands" in picture
    assert "D-5, then refused" in picture
    assert "3 days after, then shown as late" in picture


def test_the_table_says_who_may_do_what() -> None:
    page = docs.acts_table()
    for code in ACTS:
        assert page.count(f"\n| `{code}`") == 2
    _, *rows = page.split("## Who may do what")[1].split("\n| ")
    columns = [cell.strip() for cell in rows[0].split("|")]
    cells = {row.split("`")[1]: [c.strip() for c in row.split("|")] for row in rows if row.startswith("`")}
    assert cells["tally.commit"][columns.index("计票人")] == "●"
    assert cells["tally.commit"][columns.index("监票人")] == ""
    assert cells["prepare.complete"][columns.index("选举领导小组组长")] == "R"
    assert cells["prepare.complete"][columns.index("换届选举工作委员会主任")] == "P"
    assert "观察员" in columns


def test_the_pages_are_written_where_they_are_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert docs.main([str(tmp_path)]) == 0
    assert {file.name for file in tmp_path.iterdir()} == set(docs.PAGES)
    assert capsys.readouterr().out.split() == [str(tmp_path / page) for page in docs.PAGES]

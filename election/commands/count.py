"""``election count``: who is elected and why, from a count file, without database or network."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from election.law import Ruleset


@click.command()
@click.argument("file", type=click.Path())
@click.option("--ruleset-file", type=click.Path(), help="An office's own ruleset, instead of the built-in one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def count(file: str, ruleset_file: str | None, as_json: bool) -> int:
    """Count FILE. Exit 0 when the election stands, 1 when it is void, 2 when the file is wrong."""
    from election import law
    from election.count import decide, read
    from election.faults import WrongInput

    own = law.load_file(ruleset_file) if ruleset_file else None
    try:
        given = read(file)
        try:
            answer = decide(given, own or _named(given))
        except WrongInput:
            # equal ballots of a large file were counted together: say which one in the file is wrong
            given = read(file, fold=False)
            answer = decide(given, own or _named(given))
    except WrongInput as error:
        error.file = file
        raise
    put_into_words(answer)
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else _page(answer, given))
    return 0 if answer["valid"] else 1


def _named(given: dict[str, Any]) -> Ruleset:
    from election import law
    from election.faults import WrongInput

    name = given.get("ruleset")
    if not isinstance(name, str):
        raise WrongInput(
            "is missing or not a text", place="ruleset", mend="one of {choices}", choices=", ".join(law.ids())
        )
    return law.load(name, "ruleset")


def put_into_words(answer: dict[str, Any]) -> None:
    """Give every check and every ``why`` of a count its two sentences, in place."""
    from election.words import sentence

    said = [*answer["checks"], *(row["why"] for contest in answer["contests"] for row in contest["votes"])]
    for fact in said:
        fact["text"] = sentence(fact["code"], fact["params"], "zh")
        fact["text_en"] = sentence(fact["code"], fact["params"], "en")


def _page(answer: dict[str, Any], given: dict[str, Any]) -> str:
    lines = [f"{check['text']}（{check['article']}）" for check in answer["checks"]]
    offices = {contest["id"]: contest.get("office") or contest["id"] for contest in given["contests"]}
    for contest in answer["contests"]:
        lines += ["", f"{offices[contest['id']]}：有效票 {contest['valid']}，无效票 {contest['invalid']}"]
        names = {}
        for row in contest["votes"]:
            names[row["candidate"]] = row["name"]
            carried = f",上位 {row['carried']}" if "carried" in row else ""
            figures = f"赞成 {row['for']}{carried}，反对 {row['against']}，弃权 {row['abstain']}"
            lines.append(f"  {row['name']}：{figures}。{row['why']['text']}")
        if contest["next"]:
            lines.append(f"  {_next(contest['next'], names)}")
        elif contest["vacant"]:
            lines.append(f"  缺额 {contest['vacant']} 名，暂缺。")
    return "\n".join(lines)


def _next(then: dict[str, Any], names: dict[str, str]) -> str:
    from election.words import sentence

    code = f"count.next.{then['kind']}"
    if then["kind"] == "second_round" and not then["candidates"]:
        code = "count.next.second_round_open"
    who = "、".join(names[candidate] for candidate in then.get("candidates", []))
    return sentence(code, {**then, "candidates": who}, "zh")

"""Rulesets from files: built-in TOML, an office's own file, or the sealed JSON of a resolved one.

All three have one shape. A file that ``extends`` another names only what it changes, and every changed value carries
its source. Anything wrong is a ``WrongInput`` that names the file, the key and the mend.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from election.faults import WrongInput, contents
from election.law.consistency import asked, require_consistent
from election.law.dates import day
from election.law.keys import KEYS, PLANNED, key_of
from election.law.ruleset import BODIES, BRANCHES, ON_MISS, STATUSES, Deadline, Period, Ruleset, StepRule, Value

_FOLDER = Path(__file__).parent / "rulesets"
_STEPS = Path(__file__).parent / "steps.toml"
_EARLIER = Path(__file__).parent / "earlier.toml"
#: a ruleset is a few dozen kilobytes; a file far beyond that is not one
_LARGEST = 1_000_000

Choice = TypeVar("Choice", bound=str)


@cache
def step_titles() -> dict[str, tuple[str, str]]:
    """``{step name: (Chinese, English)}`` of every step there is, those of the campaign and the community too."""
    table = tomllib.loads(_STEPS.read_text(encoding="utf-8"))
    return {name: (row["title"], row["title_en"]) for name, row in table.items()}


@cache
def ids() -> list[str]:
    """The built-in rulesets, oldest first."""
    return sorted((file.name.removesuffix(".toml") for file in _FOLDER.glob("*.toml")), key=_age)


def _age(ruleset_id: str) -> tuple[str, str]:
    year = "".join(filter(str.isdigit, ruleset_id))
    return year, ruleset_id


def load(ruleset_id: str, place: str = "") -> Ruleset:
    """A built-in ruleset. Raises WrongInput for an id that is none, with the nearest; ``place`` is where it is named."""
    if ruleset_id not in ids():
        near = _nearest(ruleset_id, ids())
        raise WrongInput(
            "there is no ruleset {ruleset!r}",
            place="{at}",
            mend="did you mean {near}?" if near else "one of {choices}",
            ruleset=ruleset_id,
            at=place,
            near=near,
            choices=", ".join(ids()),
        )
    return _built_in(ruleset_id)


@cache
def _built_in(ruleset_id: str) -> Ruleset:
    file = _FOLDER / f"{ruleset_id}.toml"
    return _build(tomllib.loads(file.read_text(encoding="utf-8")), file.name)


def _nearest(given: str, known: list[str]) -> str | None:
    # only a mistake pays for this import
    from difflib import get_close_matches

    return next(iter(get_close_matches(given, known, 1)), None)


def load_file(path: str | Path) -> Ruleset:
    """An office's own ruleset in a file; as ``load_bytes``."""
    file = Path(path)
    return load_bytes(contents(file, _LARGEST), file.name)


def load_bytes(raw: bytes, name: str) -> Ruleset:
    """An office's own ruleset (TOML, or JSON of the same shape) that extends a built-in one; ``name`` is the file's.

    Raises WrongInput that names the file, the key and the mend.
    """
    if len(raw) > _LARGEST:
        raise WrongInput("is too large for a ruleset", place="{name}", mend="give the ruleset's own file", name=name)
    document = _parse(raw, name)
    if "extends" not in document or document["extends"] is None:
        raise WrongInput(
            "names no built-in ruleset",
            place="{name}: extends",
            mend="one of {choices}",
            name=name,
            choices=", ".join(ids()),
        )
    if document.get("id") in ids():
        raise WrongInput(
            "is the id of a built-in ruleset, whose meaning never changes",
            place="{name}: id",
            mend="give the changed ruleset an id of its own",
            name=name,
        )
    return _build(document, name)


@cache
def earlier() -> dict[str, Value]:
    """What a ruleset means that was sealed before it was asked for these values."""
    return _values(_parse(_EARLIER.read_bytes(), _EARLIER.name), _EARLIER.name)


def from_json(document: bytes | str | Mapping[str, Any]) -> Ruleset:
    """A resolved ruleset as ``as_json`` gave it; nothing else is read, so a sealed one keeps its meaning for ever."""
    if isinstance(document, bytes | str):
        try:
            document = json.loads(document)
        except (ValueError, RecursionError):
            raise WrongInput("is not JSON", place="ruleset", mend="give the ruleset as it was sealed") from None
    if not isinstance(document, Mapping):
        raise WrongInput("is not an object", place="ruleset", mend="give the ruleset as it was sealed")
    return _build(document, "ruleset", resolved=True)


def _parse(raw: bytes, where: str) -> dict[str, Any]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongInput("is not UTF-8", place="{where}", mend="save it as UTF-8", where=where) from None
    try:
        document: dict[str, Any] = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except RecursionError:
        raise WrongInput(
            "is nested too deeply", place="{where}", mend="give the ruleset's own file", where=where
        ) from None
    except (json.JSONDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongInput(
            "cannot be parsed: {reason}", place="{where}", mend="mend the syntax there", reason=error, where=where
        ) from None
    except ValueError as error:
        raise WrongInput(
            "cannot be parsed: {reason}", place="{where}", mend="mend the number", reason=error, where=where
        ) from None
    return document


def _build(document: Mapping[str, Any], where: str, *, resolved: bool = False) -> Ruleset:
    extends = document.get("extends")
    if extends is not None and not isinstance(extends, str):
        raise WrongInput(
            "must be the id of a ruleset in quotes", place="{where}: extends", mend="write it as text", where=where
        )
    base = load(extends, f"{where}: extends") if extends and not resolved else None
    values = {**(base.values if base else {}), **_values(document, where)}
    body = _choice(document.get("body", base.body if base else None), BODIES, f"{where}: body")
    if resolved:
        values = {key: value for key, value in earlier().items() if key in asked(body)} | values
    require_consistent(values, body, where)
    return Ruleset(
        id=_text(document, "id", where),
        title=_text(document, "title", where, base.title if base else None),
        title_en=_text(document, "title_en", where, base.title_en if base else None),
        body=body,
        in_force=_period(document["in_force"], where) if "in_force" in document else _inherited(base, where),
        extends=extends or None,
        values=values,
        steps=_steps(document, base, values, where),
    )


def _inherited(base: Ruleset | None, where: str) -> Period:
    if base is None:
        raise WrongInput("is missing", place="{where}: in_force", mend="give from and to", where=where)
    return base.in_force


def _text(document: Mapping[str, Any], name: str, where: str, default: str | None = None) -> str:
    value = document.get(name, default)
    if not isinstance(value, str) or not value.strip():
        raise WrongInput("must be a text", place="{where}: {name}", mend='write {name} = "…"', where=where, name=name)
    return value


def _choice(value: object, choices: tuple[Choice, ...], place: str) -> Choice:
    for choice in choices:
        if value == choice:
            return choice
    raise WrongInput(
        "is not known", place="{at}", mend="one of {choices}", at=place, choices=", ".join(map(repr, choices))
    )


def _period(value: object, where: str) -> Period:
    if not isinstance(value, Mapping):
        raise WrongInput("must have from and to", place="{where}: in_force", mend="write from and to", where=where)
    period = Period(*(_day(value.get(end), f"{where}: in_force.{end}") for end in ("from", "to")))
    if period.from_ and period.to and period.to < period.from_:
        raise WrongInput("ends before it begins", place="{where}: in_force", mend="put from before to", where=where)
    return period


def _day(value: object, place: str) -> date | None:
    if value is None:
        return None
    try:
        return day(str(value))
    except ValueError:
        raise WrongInput("is not a date", place="{at}", mend="write YYYY-MM-DD, or leave it out", at=place) from None


def _values(document: Mapping[str, Any], where: str) -> dict[str, Value]:
    table = document.get("values", {})
    sources = document.get("sources", {})
    if not isinstance(table, Mapping) or not isinstance(sources, Mapping):
        raise WrongInput("must be a table", place="{where}: values", mend="write [values]", where=where)
    return {name: _value(name, given, sources, where) for name, given in _leaves(table, "")}


def _leaves(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """Flat dotted keys, whether the file quotes them or lets TOML nest them."""
    for name, given in table.items():
        full = prefix + name
        if isinstance(given, Mapping) and "value" not in given and not _is_value_without_value(given, full):
            yield from _leaves(given, f"{full}.")
        else:
            yield full, given


def _is_value_without_value(given: Mapping[str, Any], name: str) -> bool:
    return key_of(name) is not None or not given


def _value(name: str, given: object, sources: Mapping[str, Any], where: str) -> Value:
    place = f"{where}: {name}"
    key = key_of(name)
    if key is None:
        near = _nearest(name, list(KEYS))
        raise WrongInput(
            "is not a key of a ruleset",
            place="{at}",
            mend="did you mean {near}?" if near else "leave it out",
            at=place,
            near=near,
        )
    if name.startswith(PLANNED) and name.removeprefix(PLANNED) not in step_titles():
        raise WrongInput("names no such step", place="{at}", mend="check the name of the step", at=place)
    if not isinstance(given, Mapping) or "value" not in given:
        raise WrongInput("has no value", place="{at}", mend="write {{ value = …, source = …, article = … }}", at=place)
    if unknown := set(given) - {"value", "source", "article", "status"}:
        raise WrongInput("has an unknown part {part!r}", place="{at}", mend="leave it out", part=min(unknown), at=place)
    value = given["value"]
    try:
        key.check(value)
    except WrongInput as must:
        raise WrongInput(
            "{value!r} does not fit", place="{at}", mend="{must}", must=must, value=value, at=place
        ) from None
    source = given.get("source")
    if not isinstance(source, str) or not source.strip():
        raise WrongInput("carries no source", place="{at}", mend="say where the number stands: source = …", at=place)
    article = given.get("article", "")
    if not isinstance(article, str):
        raise WrongInput("has an article that is not a text", place="{at}", mend="write it in quotes", at=place)
    status = _choice(given.get("status", "local"), STATUSES, f"{place}.status")
    return Value(value, str(sources.get(source, source)), article, status)


def _steps(
    document: Mapping[str, Any], base: Ruleset | None, values: Mapping[str, Value], where: str
) -> tuple[StepRule, ...]:
    rows = document.get("steps", [step.as_json() for step in base.steps] if base else [])
    if not isinstance(rows, list) or not rows:
        raise WrongInput("has no steps", place="{where}: steps", mend="list them as [[steps]]", where=where)
    steps = tuple(_step(row, values, f"{where}: steps[{index}]") for index, row in enumerate(rows))
    seen: set[str] = set()
    for step in steps:
        if step.name in seen:
            raise WrongInput("is listed twice", place="{where}: {step}", mend="keep one", where=where, step=step.name)
        seen.add(step.name)
    for step in steps:
        for other in (*step.after, *(step.deadline.of if step.deadline else ())):
            if other not in seen and other not in step_titles():
                raise WrongInput(
                    "names an unknown step {other!r}",
                    place="{where}: {step}",
                    mend="check it",
                    other=other,
                    where=where,
                    step=step.name,
                )
    return steps


def _step(row: object, values: Mapping[str, Value], place: str) -> StepRule:
    if not isinstance(row, Mapping) or not isinstance(name := row.get("name"), str):
        raise WrongInput("has no name", place="{at}", mend="write name = …", at=place)
    place = f"{place} {name}"
    titles = step_titles().get(name, (None, None))
    return StepRule(
        name=name,
        title=_text(row, "title", place, titles[0]),
        title_en=_text(row, "title_en", place, titles[1]),
        after=_names(row.get("after", []), f"{place}: after"),
        when=_choice(row.get("when", ""), BRANCHES, f"{place}: when"),
        deadline=_deadline(row.get("deadline"), values, f"{place}: deadline"),
    )


def _names(value: object, place: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise WrongInput("must be a list of step names", place="{at}", mend='write ["…"]', at=place)
    return tuple(value)


def _deadline(given: object, values: Mapping[str, Value], place: str) -> Deadline | None:
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise WrongInput("must be a table", place="{at}", mend="write {{ key = …, on_miss = … }}", at=place)
    key = given.get("key")
    rule = values.get(key) if isinstance(key, str) else None
    if rule is None or not isinstance(rule.value, int) or isinstance(rule.value, bool):
        raise WrongInput(
            "{key!r} is not a number of days in values",
            place="{at}",
            mend="name the key of the days",
            key=key,
            at=place,
        )
    of = _names(given.get("of", []), f"{place}.of")
    return Deadline(
        key=str(key),
        days_before=None if of else rule.value,
        days_after=rule.value if of else None,
        of=of,
        on_miss=_choice(given.get("on_miss"), ON_MISS, f"{place}.on_miss"),
        article=rule.article,
        source=rule.source,
        status=rule.status,
    )

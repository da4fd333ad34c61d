"""Words for what is done: acts, their fields and choices, and the demands that stand in their way.

The codes are those of the record; this room knows them as plain texts. Nothing here raises: a page in a hall must not
fail for want of a word, so a number that is missing is a dash and a code without words stands as itself. The tests
hold every code of the catalogue against the words, so that neither is seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from election import law
from election.words import Language, sentences

DASH: Final = "—"

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

#: numbers of a demand that are codes -> the vocabulary that names them
_VOCABULARIES: Final = {
    "role": "role", "roles": "role", "body": "body", "kind": "paper", "office": "office", "departments": "department",
    "level": "level",
}  # fmt: skip


def _form(key: str, form: str, language: Language) -> str | None:
    """One text of an entry: ``form`` is empty for the text itself, else ``line``, ``done``, ``hint`` …"""
    entry = sentences().get(key, {})
    return entry.get(f"{language}_{form}" if form else language)


def _named(vocabulary: str, code: str, language: Language) -> str:
    return _form(f"{vocabulary}:{code}", "", language) or code or DASH


# --- demands ---------------------------------------------------------------------------------------------------------


class _Shown(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return DASH


def demand_sentence(code: str, params: Mapping[str, object] | None = None, language: Language = "zh") -> str:
    """As a refusal: what stands in the way, with its numbers, and what to do about it."""
    template = _form(code, "", language)
    if template is None:
        return code
    return template.format_map(_shown(params or {}, language))


def demand_line(code: str, params: Mapping[str, object] | None = None, language: Language = "zh") -> str:
    """As a line of a checklist, which stands ticked or open; the refusal where no line is written."""
    template = _form(code, "line", language)
    if template is None:
        return demand_sentence(code, params, language)
    return template.format_map(_shown(params or {}, language))


def _shown(params: Mapping[str, object], language: Language) -> _Shown:
    return _Shown({name: _value(name, value, language) for name, value in params.items()})


def _value(name: str, value: object, language: Language) -> str:
    """One number or code as it stands in a sentence."""
    if value is None or value == "":
        return DASH
    if isinstance(value, date):
        return day(value, language)
    if isinstance(value, list | tuple | set | frozenset):
        return _joined((_value(name, each, language) for each in value), language)
    text = str(value)
    if name in _VOCABULARIES:
        return _named(_VOCABULARIES[name], text, language)
    if name == "step":
        return step_title(text, language)
    if name == "ruleset":
        return ruleset_title(text, language)
    if name == "key":
        return _form(f"ruleset.{text}", "", language) or text
    if name == "keys":
        return _joined((_value("key", key, language) for key in text.split("、")), language)
    return text


def _joined(texts: Iterable[str], language: Language) -> str:
    return ("、" if language == "zh" else ", ").join(texts) or DASH


def day(value: date, language: Language = "zh") -> str:
    """``2010年12月21日`` or ``21 December 2010``."""
    if language == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


# --- acts ------------------------------------------------------------------------------------------------------------


def act_title(code: str, language: Language = "zh", *, notice: str = "") -> str:
    """Verb and object, as on a button: 确定职数. With the kind of a notice, what is posted: 公布选民名单."""
    return _act(code, "", "notice", language, notice)


def act_done(code: str, language: Language = "zh", *, notice: str = "") -> str:
    """As in the minutes: 确定了职数, 公布了选民名单."""
    return _act(code, "done", "notice_done", language, notice)


def _act(code: str, plain: str, with_notice: str, language: Language, notice: str) -> str:
    template = _form(f"act:{code}", with_notice, language) if notice else None
    if template is not None:
        return template.format_map({"notice": notice_title(notice, language)})
    return _form(f"act:{code}", plain, language) or code


def act_hint(code: str, language: Language = "zh") -> str:
    """One sentence: what the act does and what follows; says so where it cannot be undone."""
    return _form(f"act:{code}", "hint", language) or ""


# --- fields and choices ----------------------------------------------------------------------------------------------


def _field(act_code: str, field_name: str) -> Mapping[str, str]:
    """The entry of a field: of this act, or of its place in a list (``items.kind``), at last of its own name alone."""
    parts = field_name.split(".")
    tails = [".".join(parts[start:]) for start in range(len(parts))]
    for key in (f"field:{act_code}.{field_name}", *(f"field:{tail}" for tail in tails)):
        if key in sentences():
            return sentences()[key]
    return {}


def field_label(act_code: str, field_name: str, language: Language = "zh") -> str:
    """Label of a field. A field inside a list is named with the list: ``field_label(act, "items.kind")``."""
    return _field(act_code, field_name).get(language, field_name)


def field_hint(act_code: str, field_name: str, language: Language = "zh") -> str:
    """What to write there; empty where the label says it."""
    return _field(act_code, field_name).get(f"{language}_hint", "")


def option_label(act_code: str, field_name: str, value: str, language: Language = "zh") -> str:
    """Name of one choice of a field."""
    last = field_name.rsplit(".", 1)[-1]
    vocabulary = _field(act_code, field_name).get("options", last)
    return _form(f"{vocabulary}:{value}", "", language) or value


# --- names -----------------------------------------------------------------------------------------------------------


def role_name(role: str, language: Language = "zh") -> str:
    return _named("role", role, language)


def body_name(body: str, language: Language = "zh") -> str:
    return _named("body", body, language)


def step_title(step: str, language: Language = "zh", *, ruleset: law.Ruleset | None = None) -> str:
    """Title of a step: the ruleset's own where it gives one."""
    own = next((s for s in ruleset.steps if s.name == step), None) if ruleset else None
    if own is not None:
        return own.title if language == "zh" else own.title_en
    chinese, english = law.step_titles().get(step, ("", ""))
    return (chinese if language == "zh" else english) or _named("step", step, language)


def status_name(status: str, language: Language = "zh") -> str:
    """Where a step stands: 未到, 进行中, 已完成, 不进行."""
    return _named("status", status, language)


def paper_title(kind: str, language: Language = "zh") -> str:
    """Name of a kind of paper: 选举结果报告单."""
    return _named("paper", kind, language)


def notice_title(kind: str, language: Language = "zh") -> str:
    """What a notice posts: 选民名单."""
    return _named("notice", kind, language)


def place_title(path: str, language: Language = "zh") -> str:
    """Level of a place path (``district/street/community``): 区, 街道, 社区. An empty path is above all of them."""
    if not path:
        return DASH
    level = ("district", "street", "community")[min(path.count("/"), 2)]
    return _named("place", level, language)


def ruleset_title(ruleset_id: str, language: Language = "zh") -> str:
    """Title of a built-in ruleset; one that is not known stands by its id."""
    if ruleset_id not in law.ids():
        return ruleset_id
    found = law.load(ruleset_id)
    return found.title if language == "zh" else found.title_en

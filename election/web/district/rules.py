"""A number of the law in words: what it is, what it says, where it stands, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

from election import law
from election.law import Value
from election.law.keys import PLANNED, key_of
from election.law.ruleset import UNCONFIRMED
from election.web.words import _, language, step_title
from election.words import sentence, sentences

#: values that list several codes, and what the codes are of
SEVERAL = {"vetting.departments": "department", "vetting.reasons": "ground"}


@dataclass(frozen=True)
class Shown:
    """One value of a ruleset."""

    key: str
    label: str
    value: str
    #: article, or source where no article was found
    where: str
    source: str
    status: str
    status_words: str
    #: where the program knows one way only, a word on that
    fixed: str

    @property
    def doubtful(self) -> bool:
        """Rests on memory or assumption."""
        return self.status in UNCONFIRMED


def label(key: str) -> str:
    """A key in words; the planned day of a step is named after the step."""
    if key.startswith(PLANNED):
        return sentence("ruleset.planned", {"step": step_title(key.removeprefix(PLANNED))}, language())
    code = f"ruleset.{key}"
    return sentence(code, language=language()) if code in sentences() else key


def value_words(key: str, value: object) -> str:
    """A plain value as people read it: 是, 否, a number, 超过 4/5, a date, or the words of a choice."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    text = str(value)
    for sign, words in ((">=", _("不少于")), (">", _("超过"))):
        if text.startswith(sign):
            return f"{words} {text.removeprefix(sign).strip()}"
    if key in SEVERAL:
        return "、".join(sentence(f"{SEVERAL[key]}:{word}", language=language()) for word in text.split())
    parts = key.split(".")
    for name in (key, parts[0], parts[-1]):
        code = f"rule-value.{name}:{text}"
        if code in sentences():
            return sentence(code, language=language())
    return text


def shown(key: str, value: Value) -> Shown:
    return Shown(
        key,
        label(key),
        value_words(key, value.value),
        value.article or value.source,
        value.source,
        value.status,
        sentence(f"ruleset.status.{value.status}", language=language()),
        sentence("ruleset.fixed", language=language()) if (found := key_of(key)) and found.fixed else "",
    )


def all_shown(rules: law.Ruleset) -> tuple[list[Shown], list[Shown]]:
    """Values that decide an election, and the others; each in the order of the keys."""
    deciding: list[Shown] = []
    others: list[Shown] = []
    for key in sorted(rules.values):
        found = key_of(key)
        (deciding if found is not None and found.decides else others).append(shown(key, rules.values[key]))
    return deciding, others

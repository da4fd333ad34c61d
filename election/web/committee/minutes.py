"""The record as minutes: day, who, what was done, with the fields a person would ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from election.documents import KINDS
from election.process.base import Act
from election.process.sealing import UnknownAct, open_act
from election.process.world import World
from election.record.entry import Entry
from election.store import accounts
from election.store.database import Store
from election.store.reading import posted
from election.store.worlds import Gone
from election.web.controls import words as words_of
from election.web.forms import ActForm, Found, Offer
from election.web.words import _, language, role_name, step_title
from election.words import acts as said

#: what stands in the place of a personal value that is not posted (``process.sealing``)
_SEALED = re.compile(r"［[0-9a-f]{12}］")
#: codes and check codes that say nothing to a reader; the entry's own page shows all of it
_NOT_SAID = re.compile(
    r"sha256|public_key|fingerprint|commitment|salt|entries"
    r"|^(root|path|account|person|persons|campaign|community|community_name|count_semantics|version)$"
)
LONGEST = 90


@dataclass(frozen=True)
class Line:
    """One entry as a line of minutes."""

    seq: int
    day: str
    recorded_at: str
    who: str
    role: str
    title: str
    step: str
    step_title: str
    fields: tuple[tuple[str, str], ...]
    #: title and SHA-256
    papers: tuple[tuple[str, str], ...]
    #: SHA-256 of those that were posted, which everybody may read
    posted: frozenset[str]
    attachments: int
    signatures: int
    on_paper: bool


class Names:
    """Names of accounts, each asked once; ``known`` are those asked together before."""

    def __init__(self, store: Store, known: dict[str, str] | None = None) -> None:
        self._store = store
        self._known = known or {}

    def of(self, account: str) -> str:
        if account not in self._known:
            try:
                self._known[account] = accounts.get(self._store, account).name
            except Gone:
                self._known[account] = ""
        return self._known[account]


def lines(store: Store, session: Session, world: World, chosen: Sequence[Entry]) -> list[Line]:
    """These entries of one log as minutes, in the order given."""
    if not chosen:
        return []
    opened = posted(store, session, chosen[0].log, (entry.seq for entry in chosen))
    names = Names(store, accounts.names(store, session, (str(entry.actor["account"]) for entry in chosen)))
    return [line_of(entry, opened, names, world) for entry in chosen]


def line_of(entry: Entry, opened: Mapping[str, str], names: Names, world: World) -> Line:
    try:
        act = open_act(entry.act, entry.payload, opened)
    except UnknownAct:
        act = None
    notice = str(entry.payload.get("kind", "")) if entry.act == "notice.post" else ""
    return Line(
        entry.seq,
        entry.occurred_on,
        entry.recorded_at,
        names.of(str(entry.actor["account"])),
        role_name(str(entry.actor["role"])),
        said.act_done(entry.act, language(), notice=notice),
        entry.step,
        _("其他事项") if entry.step == "general" else step_title(entry.step),
        tuple(fields_of(act, world)) if act is not None else (),
        tuple((said.paper_title(p["kind"], language()), str(p["sha256"])) for p in entry.papers),
        frozenset(str(p["sha256"]) for p in entry.papers if is_posted(str(p["kind"]))),
        len(entry.attachments),
        len(entry.statements),
        entry.on_paper is not None,
    )


def is_posted(kind: str) -> bool:
    """Whether papers of this kind hang on the notice board."""
    return kind in KINDS and KINDS[kind].posted


def fields_of(act: Act, world: World) -> list[tuple[str, str]]:
    """What the act says, in words; personal values that are not posted stay closed."""
    names = world.election.names
    offices = [(c.id, c.office) for c in world.election.contests]
    options = dict.fromkeys(("office", "candidates.office", "contest"), offices)
    options["ruleset"] = [(id_, said.ruleset_title(id_, language())) for id_ in [str(getattr(act, "ruleset", ""))]]
    known = Offer(known=lambda p: Found(p, names[p]) if p in names else None, options=options)
    form = ActForm(type(act), known)
    found = []
    for asked in form.fields:
        value = getattr(act, asked.name)
        if value in (None, "", ()) or (not asked.required and value == asked.default):
            continue
        if _NOT_SAID.search(asked.name) and not (asked.carries or asked.kind in ("person", "people")):
            continue
        if asked.name == "kind" and act.code == "notice.post":
            continue
        words = words_of(form, asked, asked.name, value, act).replace("\n", "；")
        if _SEALED.search(words):
            words = _SEALED.sub(_("（不公开）"), words)
        elif asked.kind in ("person", "people") and words in (str(value), "、".join(map(str, value))):
            continue  # an id without a posted name says nothing
        elif asked.kind == "people":
            for person in (str(p) for p in value if p not in names):
                words = words.replace(person, _("（不公开）"))  # among names that are posted it is one more person
        found.append((form.label(asked.name), words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"))
    return found

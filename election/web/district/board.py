"""The board: communities by two bodies, each cell a step of so many, with its word; by delay, name or step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from election.documents.sheets import Cell as SheetCell
from election.law import Ruleset
from election.web.district.tracks import SOON, Stop, Track, state
from election.web.district.where import BODIES, Turnover
from election.web.typed import line
from election.web.words import _, body_name, language, step_title

#: states of a cell, the most pressing first
PRESSING = ("overdue", "soon", "open", "waiting", "absent", "done")
SORTS = ("delay", "name", "step")
FAR = 10_000
#: cells of one day, one a language, are kept
LANGUAGES = 2


@dataclass(frozen=True)
class Cell:
    """One election on the board."""

    body: str
    state: str
    #: the step it stands at, as a word
    step: str = ""
    step_code: str = ""
    number: int = 0
    of: int = 0
    attempt: int = 1
    #: what the deadline says: 逾期 3 天
    due: str = ""
    #: days that are left; negative when overdue
    left: int = FAR
    election: str = ""
    #: shapes of the strip by state: [(state, path)]
    strip: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Row:
    """One community on the board."""

    campaign: str
    street: str
    community: str
    name: str
    cells: tuple[Cell, ...]

    @property
    def left(self) -> int:
        return min(c.left for c in self.cells)

    @property
    def progress(self) -> int:
        """Thousandths of the way that the slower body has come."""
        return min((c.number * 1000 // c.of if c.of else 0) for c in self.cells)


@dataclass(frozen=True)
class Wish:
    """What of the board somebody wants to see, from the address."""

    street: str = ""
    body: str = ""
    state: str = ""
    search: str = ""
    sort: str = "delay"

    @classmethod
    def of(cls, args: Mapping[str, str]) -> Wish:
        """Unknown wishes are no wishes."""

        def one(name: str, allowed: Sequence[str]) -> str:
            said = args.get(name, "")
            return said if said in allowed else ""

        return cls(
            args.get("street", "")[:40],
            one("body", BODIES),
            one("state", PRESSING),
            line(args.get("q", ""))[:40],
            one("sort", SORTS) or "delay",
        )

    @property
    def narrow(self) -> bool:
        """Something of the board is left out: whoever filters looks for communities."""
        return bool(self.street or self.body or self.state or self.search)

    @property
    def bodies(self) -> tuple[str, ...]:
        return (self.body,) if self.body else BODIES


def rows(turnovers: Sequence[Turnover], tracks: Mapping[str, Track], today: date) -> list[Row]:
    """Every community with both bodies, in the order of the campaigns."""
    found = []
    for turnover in turnovers:
        for community in turnover.communities():
            cells = []
            for body in BODIES:
                head = turnover.elections.get((community.id, body))
                cells.append(cell(tracks[head.id], today) if head else absent(body))
            found.append(Row(turnover.id, turnover.facts.street, community.id, community.name, tuple(cells)))
    return found


def absent(body: str) -> Cell:
    return Cell(body, "absent", _("未启动"))


def cell(track: Track, today: date) -> Cell:
    """One election's cell; made once a day and language, until its track changes."""
    key = (today, language())
    if key not in track.shown:
        if len(track.shown) > LANGUAGES:
            track.shown.clear()  # of days that are over
        track.shown[key] = _cell(track, today)
    found: Cell = track.shown[key]
    return found


def _cell(track: Track, today: date) -> Cell:
    current = track.current
    if current is None:
        closed = track.closed
        return Cell(
            track.body,
            "done" if closed else "waiting",
            _("已归档") if closed else _("已全部完成"),
            number=track.number,
            of=len(track.stops),
            election=track.election,
            strip=strip(track, today),
        )
    nearest = track.nearest()
    pressing = state(nearest, today) if nearest is not None else ""
    return Cell(
        track.body,
        pressing if pressing in ("overdue", "soon") else "open",
        step_title(current.step, track.rules),
        current.step,
        track.number,
        len(track.stops),
        current.attempt,
        due_words(nearest, current, track.rules, today),
        (nearest.due - today).days if nearest is not None and nearest.due else FAR,
        track.election,
        strip(track, today),
    )


def due_words(stop: Stop | None, current: Stop, rules: Ruleset | None, today: date) -> str:
    """By when, or how late; with the step's name where it is not the one the election stands at."""
    if stop is None or stop.due is None:
        return ""
    left = (stop.due - today).days
    if left < 0:
        said = _("逾期 {days} 天", days=-left)
    elif left == 0:
        said = _("今天截止")
    elif left <= SOON:
        said = _("还有 {days} 天", days=left)
    else:
        return ""
    return said if stop is current else _("{what}（{step}）", what=said, step=step_title(stop.step, rules))


@lru_cache(maxsize=4096)
def _shape(places: tuple[int, ...]) -> str:
    return "".join(f"M{place * 10} 0h8v8h-8z" for place in places)


def strip(track: Track, today: date) -> tuple[tuple[str, str], ...]:
    """The steps as a row of squares: one shape a state."""
    places: dict[str, list[int]] = {}
    for place, stop in enumerate(track.stops):
        places.setdefault(state(stop, today), []).append(place)
    return tuple((name, _shape(tuple(at))) for name, at in places.items())


def chosen(found: Sequence[Row], wish: Wish) -> list[Row]:
    """The rows of a wish, sorted as it says; one body alone leaves out the other's cells."""
    kept = []
    for row in found:
        cells = tuple(c for c in row.cells if c.body in wish.bodies)
        matches = not wish.search or wish.search in row.name or wish.search in row.street
        if (
            wish.street in ("", row.campaign)
            and matches
            and (not wish.state or any(c.state == wish.state for c in cells))
        ):
            kept.append(Row(row.campaign, row.street, row.community, row.name, cells))
    keys: dict[str, Callable[[Row], tuple[object, ...]]] = {
        "delay": lambda r: (r.left, r.progress, r.name),
        "name": lambda r: (r.street, r.name),
        "step": lambda r: (r.progress, r.left, r.name),
    }
    return sorted(kept, key=keys[wish.sort])


def by_state(found: Sequence[Row]) -> dict[str, int]:
    """How many elections are in each state."""
    count = Counter(c.state for row in found for c in row.cells)
    return {name: count[name] for name in PRESSING if count[name]}


def by_step(turnovers: Sequence[Turnover], tracks: Mapping[str, Track], body: str) -> list[tuple[str, int]]:
    """How many communities stand at each step of one body, in the order of the steps; before and after them too."""
    order: dict[str, None] = {}
    count: Counter[str] = Counter()
    opened = communities = 0
    for turnover in turnovers:
        communities += len(turnover.facts.communities)
        for community in turnover.communities():
            head = turnover.elections.get((community.id, body))
            if head is None:
                continue
            opened += 1
            track = tracks[head.id]
            order.update(dict.fromkeys(s.step for s in track.stops))
            current = track.current
            count[current.step if current else ""] += 1
    lines = [
        (_("{number} {step}", number=n, step=step_title(step)), count[step]) for n, step in enumerate(order, start=1)
    ]
    before = [(_("未启动"), communities - opened)] if communities > opened else []
    after = [(_("已全部完成"), count[""])] if count[""] else []
    return [*before, *lines, *after]


def table(found: Sequence[Row]) -> tuple[list[str], list[list[SheetCell]]]:
    """The board as a sheet: heads and rows."""
    heads = [_("街道"), _("社区")]
    for body in BODIES:
        name = body_name(body)
        heads += [
            _("{body}步骤", body=name),
            _("{body}第几步", body=name),
            _("{body}共几步", body=name),
            _("{body}期限", body=name),
        ]
    lines: list[list[SheetCell]] = []
    for row in found:
        values: list[SheetCell] = [row.street, row.name]
        for one in row.cells:
            values += [one.step, one.number or None, one.of or None, one.due]
        lines.append(values)
    return heads, lines

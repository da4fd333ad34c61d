"""``make bench``: speeds, each beside a limit or a peer in the same run. This machine is noisy: read the ratios.

bench.py            pages
bench.py all        pages, store, counting, record, ballots
bench.py pages|store|count|record|ballots
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

os.environ["ELECTION_PASSWORD_COST"] = "cheap"  # noqa: S105 a cost, no password
ROUNDS = 15
LIMIT_MS = 25.0
#: pages that may be slower: they render a PDF or a workbook, export the whole record, or derive a key from a password
SLOW = (".pdf", ".xlsx", "/draft/", "/form/", "/bundle", "/paper", "/login", "/password")
SLOW_NOTE = " (PDF, xlsx, export or password)"


@dataclass(frozen=True)
class Took:
    """Medians in ms: by the clock on the wall, which a busy machine stretches, and of this process's own work."""

    wall: float
    cpu: float


def median_ms(call: Callable[[], object], rounds: int = ROUNDS) -> float:
    return took(call, rounds).wall


def took(call: Callable[[], object], rounds: int = ROUNDS) -> Took:
    call()
    wall, cpu = [], []
    for _ in range(rounds):
        gc.collect()
        began, worked = time.perf_counter(), time.process_time()
        call()
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - worked) * 1000)
    return Took(statistics.median(wall), statistics.median(cpu))


def line(name: str, value: float, beside: float, unit: str, note: str = "") -> None:
    print(f"{name:<78} {value:>10.2f} {unit:<6} {value / beside:>8.2f}x {note}", flush=True)


# --- pages -----------------------------------------------------------------------------------------------------------


def pages() -> int:
    """Median server time of every GET page with the sample loaded, beside an empty Flask page. Returns how many exceed the limit.

    A page that the sample has no content for is asked for in a hall that is counting.
    """
    from flask import Flask

    empty = Flask("empty")
    empty.add_url_rule("/", "empty", lambda: "ok")
    bare = took(lambda: empty.test_client().get("/"), 50)
    line("an empty Flask page", bare.wall, bare.wall, "ms", f"{bare.cpu:.2f} ms of work")
    over, unseen = 0, None
    for moment in (_served, _counting):
        unseen, late = _pages_of(moment, bare, unseen)
        over += late
    print(f"\npages over {LIMIT_MS} ms: {over}; no address with content for: {', '.join(unseen or ()) or 'none'}")
    return over


def _pages_of(moment: Callable[[Any], Any], bare: Took, wanted: list[str] | None) -> tuple[list[str], int]:
    """The pages among ``wanted`` (None: all) at a moment: those it has no content for, and how many exceed the limit."""
    from election.store.database import open_store
    from election.store.home import Home
    from election.web import create_app

    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Home(Path(folder) / "home"))
        clock, people = moment(store)
        app = create_app(store, clock=lambda: clock.now, testing=True)
        app.config["WTF_CSRF_ENABLED"] = False
        clients = {"nobody": app.test_client()}
        for login, password in people:
            clients[login] = app.test_client()
            clients[login].post("/login", data={"login": login, "password": password})
        over, unseen = 0, []
        for rule in sorted(app.url_map.iter_rules(), key=str):
            if "GET" not in (rule.methods or set()) or rule.endpoint.endswith("static"):
                continue
            if wanted is not None and str(rule) not in wanted:
                continue
            found = _measured(str(rule), list(_addresses(store, app, rule)), clients)
            if found is None:
                unseen.append(str(rule))
                continue
            value, who = found
            slow = any(part in str(rule) for part in SLOW)
            late = value.wall > LIMIT_MS and not slow
            over += late
            note = f"{value.cpu:.2f} ms of work  {who}{SLOW_NOTE * slow}{'  OVER' * late}"
            line(str(rule), value.wall, bare.wall, "ms", note)
        store.close()
    return unseen, over


def _served(store: Any) -> tuple[Any, list[tuple[str, str]]]:
    """The sample as it is served: its clock, and who can sign in."""
    from election.demo import fill
    from election.demo.story import Clock

    visitors = fill.fill(store)
    clock = Clock()
    clock.at(fill.TODAY, 10)
    return clock, [(visitor.login, visitor.password) for visitor in visitors]


def _counting(store: Any) -> tuple[Any, list[tuple[str, str]]]:
    """A party's meeting whose box is open: two tellers entered sheets that differ."""
    from election.acts import tallies
    from election.demo import fill, party, whole
    from election.demo.story import PASSWORD, PIN, sheet
    from election.process import meeting, tally

    sample = fill.begin(store)
    cast = sample.cast
    log, _ = whole.community(sample, 1)
    party.party_roll(sample, log, 1)
    party.party_nomination(sample, log, 1)
    whole.approve_candidates(sample, log, 1)
    whole.hall(sample, log, 1, "party")
    for login, name, role in fill.HALL:
        if login in ("zhuchi", "fapiao", "changpiao", "caijue"):
            by = cast.actor("chair1")
            cast.join(login, login, name, role, sample.path(1), by=by, election=log, password=PIN)
    whole.hold_meeting(sample, log, 1, "party", 75)
    this = cast.world(log).election.rounds[-1]
    box = next(iter(this.boxes))
    cast.do(log, "chair1", meeting.AccountBallots(issued=75, returned=75, spoiled=1, unused=(this.printed or 0) - 76))
    cast.do(log, "scrutineer1", tally.OpenBox(box=box))
    contest = this.contests[0].id
    people = [candidate.person for candidate in this.candidates[contest]]
    for teller, less in (("teller1", 0), ("teller2", 1)):
        votes = [(person, 60 - at - less, 5) for at, person in enumerate(people)]
        who = (store, cast.actor(teller), cast.signer(teller))
        tallies.enter(*who, log, contest, box, sheet(75, 1, votes), cast.clock.today, cast.clock.tick())
    return cast.clock, [(a.login, PIN if a.election else PASSWORD) for a in cast.accounts.values()]


def _measured(rule: str, addresses: list[str], clients: dict[str, Any]) -> tuple[Took, str] | None:
    first = ("nobody", "zhuren1", "zuzhang1", "jiedao", "zuzhibu", "admin")
    order = [*(who for who in first if who in clients), *clients]
    for address in addresses:
        for who in dict.fromkeys(order):
            if clients[who].get(address).status_code == 200:
                return took(lambda a=address, w=who: clients[w].get(a)), who  # type: ignore[misc]
    return None


def _addresses(store: Any, app: Any, rule: Any) -> Iterator[str]:
    """Addresses of a rule in the sample, the fullest first."""
    from itertools import product

    from sqlalchemy import select

    from election.store.tables import AccountRow, Log, Paper, RollRow

    with store.read() as session:
        elections = list(session.scalars(select(Log.id).where(Log.kind == "election").order_by(Log.size.desc())))
        campaign = session.scalars(select(Log.id).where(Log.kind == "campaign")).one()
        paper = session.scalars(select(Paper.sha256).limit(1)).first()
        account = session.scalars(select(AccountRow.id).where(AccountRow.login == "dengji1")).first()
        people = {
            log: session.scalars(select(RollRow.person).where(RollRow.log == log).limit(1)).first() for log in elections
        }
    fixed = {
        "campaign": [campaign],
        "community": ["c1", "c5"],
        "sha256": [paper],
        "seq": [3],
        "number": [1, 2, 0],
        "ruleset": ["qilihe-2010.party"],
        "code": ["nomination.prospective", "seats.fix", "community.notice", "meeting.open", "tally.open_box"],
        "kind": ["prospective_list", "sign_in_sheet", "posts_notice"],
        "step": ["residents.prospective", "party.prospective", "party.approve"],
        "contest": ["member", "chair"],
        "box": [1],
        "body": ["party"],
        "role": ["teller"],
        "login": [account],
    }
    names = sorted(rule.arguments)
    for election in elections if "election" in names else [""]:
        choices = []
        for name in names:
            if name == "election":
                choices.append([election])
            elif name == "person":
                choices.append([account if rule.rule.startswith("/office") else people.get(election)])
            else:
                choices.append(fixed.get(name, []))
        for values in product(*choices):
            if None in values:
                continue
            with app.test_request_context():
                yield app.url_map.bind("localhost").build(rule.endpoint, dict(zip(names, values, strict=True)))


# --- counting and record ---------------------------------------------------------------------------------------------


def counting() -> None:
    """A million ballots of nine candidates beside ``json.load`` of the same file, each in a process of its own."""
    load = ("-c", "import json, sys; json.load(open(sys.argv[1], encoding='utf-8'))")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "count.json"
        for shuffled, goal in ((False, "0.25x"), (True, "0.75x")):
            _write_ballots(path, 10**6, shuffled=shuffled)
            kind = "keys in any order" if shuffled else "3,000 patterns"
            peer, _ = _child(*load, str(path))
            ours, peak = _child("-m", "election", "count", str(path), "--json")
            line(f"json.load of a million ballots, {kind}", peer, peer, "s")
            line(f"election count of them, {kind}", ours, peer, "s", f"goal {goal}")
            line(f"its memory, {kind}", peak / 1000, 1000, "MB", "goal 1x, a gigabyte")
        _write_ballots(path, 60, shuffled=False)
        times = sorted(_child("-m", "election", "count", str(path), "--json")[0] for _ in range(9))
        line("election count of 60 ballots, whole command", times[4], 0.3, "s", "goal 1x, 0.3 s")


def _write_ballots(path: Path, number: int, *, shuffled: bool) -> None:
    import random

    chosen = random.Random(7)  # noqa: S311  a workload, no secret
    candidates = [{"id": f"c{n}", "name": f"候选人{n}"} for n in range(9)]
    patterns = []
    for _ in range(3000):
        marks = {who["id"]: chosen.choice(("for", "against", "abstain")) for who in candidates}
        supported = [who for who, mark in marks.items() if mark == "for"]
        patterns.append(marks | dict.fromkeys(supported[7:], "abstain"))
    head = {
        "ruleset": "villagers-2018",
        **dict.fromkeys(("entitled", "present", "issued", "returned"), number),
        "contests": [{"id": "committee", "seats": 7, "candidates": candidates}],
    }
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "ballots": [')
        for n in range(number):
            marks = chosen.choice(patterns)
            if shuffled:
                marks = dict(chosen.sample(list(marks.items()), len(marks)))
            file.write((", " if n else "") + json.dumps({"marks": {"committee": marks}}))
        file.write("]}")


def _child(*command: str) -> tuple[float, int]:
    """Seconds of processor time and kilobytes of one Python process."""
    child = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL)  # noqa: S603
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def record() -> None:
    """A million-entry record beside one loop over the same bytes; a signed one beside the bare signatures.

    Time is the processor's: what else runs on the machine does not count. ``BENCH_ENTRIES`` makes it smaller.
    """
    number = int(os.environ.get("BENCH_ENTRIES", "1000000"))
    _record_unsigned(number)
    gc.collect()
    _record_signed(number // 10)


#: an entry as a registrar makes thousands of them: what differs is its place, the link, the time and three digests
_ENTRY = (
    '{"act":"roll.change","actor":{"account":"fba9de6b-278f-403d-b78c-3a68c6bffe9f","role":"registrar","scope":'
    '"qilihe/liuyin/c1"},"attachments":[],"attempt":1,"kind":"election","log":"00000000-0000-4000-8000-000000000000",'
    '"occurred_on":"2010-11-08","on_paper":null,"papers":[],"payload":{"name":{"sealed":"%s"},"person":'
    '"06044ec5-0778-4cc6-a751-384897ebbb93","reason":"登记员核对户口簿后确认","root":"%s"},"prev":"%s","recorded_at":'
    '"2010-11-08T01:%02d:%02d.000Z","seen":{"00000000-0000-4000-8000-000000000001":{"head":"%s","size":17}},"seq":%d,'
    '"statements":%s,"step":"residents.register"}'
)


def _record_unsigned(number: int) -> None:
    from election.record import keys, note, tree
    from election.record.chain import walk
    from election.record.entry import ZERO
    from election.record.note import Checkpoint

    lines, previous = [], ZERO
    for seq in range(number):
        digest = f"{seq:064x}"
        text = _ENTRY % (digest, digest, previous, seq // 60 % 60, seq % 60, "a" * 64, seq, "[]")
        lines.append(text.encode())
        previous = sha256(lines[-1]).hexdigest()
    seed = b"s" * 32
    server = note.Verifier("bench", keys.public(seed))
    notes, grown = {}, tree.Tree()
    for size, data in enumerate(lines, start=1):
        grown.append(data)
        if size % 10_000 == 0:
            body = Checkpoint(note.origin("bench", "election", "x"), size, grown.root()).body()
            notes[size] = note.sign(body, "bench", seed)

    def bare() -> None:
        for data in lines:
            sha256(data).digest()
            json.loads(data)

    def verified() -> None:
        again = tree.Tree()
        for data, _, problem in walk(lines):
            again.append(data)
            if problem is not None:
                raise SystemExit("the benchmark's own chain does not hold")
            if again.size in notes:
                said = Checkpoint.parse(note.open(notes[again.size], [server])[0])
                if (said.size, said.root) != (again.size, again.root()):
                    raise SystemExit("the benchmark's own tree does not hold")

    peer, ours = _in_turn(bare, verified)
    line(f"sha256 and json.loads of {number:,} entries of {len(lines[0])} bytes", peer, peer, "s")
    line("their chain, canonical form, shape, tree and checkpoints", ours, peer, "s", "goal 1x")


def _record_signed(number: int) -> None:
    from election.record import keys, statement
    from election.record.entry import ZERO, Entry

    seed = b"p" * 32
    public = keys.public(seed)
    lines, bare_ones, previous = [], [], ZERO
    for seq in range(number):
        digest = f"{seq:064x}"
        parts = (digest, digest, previous, seq // 60 % 60, seq % 60, "a" * 64, seq)
        subject = statement.subject_of(Entry.from_bytes((_ENTRY % (*parts, "[]")).encode()))
        said = statement.sign(
            seed, type="roll.change", log="00000000-0000-4000-8000-000000000000", subject=subject, account="a", role="r"
        )
        signed = json.dumps([said.to_dict()], sort_keys=True, separators=(",", ":"))
        lines.append((_ENTRY % (*parts, signed)).encode())
        bare_ones.append((bytes.fromhex(said.sig), said.message()))
        previous = sha256(lines[-1]).hexdigest()

    def bare() -> None:
        for signature, message in bare_ones:
            keys.verify(public, signature, message)

    def verified() -> None:
        from election.record.chain import walk

        for _, entry, problem in walk(lines):
            if problem is not None or entry is None:
                raise SystemExit("the benchmark's own chain does not hold")
            said = statement.Statement.from_dict(entry.statements[0])
            if said.subject != statement.subject_of(entry) or not statement.verify(said, public):
                raise SystemExit("the benchmark's own signatures do not hold")

    peer, ours = _in_turn(bare, verified)
    line(f"{number:,} bare Ed25519 verifications", peer, peer, "s")
    line("the same entries, each with its chain, form and signature", ours, peer, "s", "goal 1.15x")


def _in_turn(*calls: Callable[[], None]) -> list[float]:
    """Seconds of processor time of each, the least of three: they take turns, so that what else runs troubles them alike."""
    least = [float("inf")] * len(calls)
    for _ in range(3):
        for at, call in enumerate(calls):
            gc.collect()
            began = time.process_time()
            call()
            least[at] = min(least[at], time.process_time() - began)
    return least


def ballots() -> None:
    """Printing beside WeasyPrint, reading beside pure JPEG decoding, cards beside WeasyPrint in one go."""
    import weasyprint

    from ballots import Candidate, Contest, make
    from ballots.printing import print_pdf
    from election.documents import cards, rendering

    names = ["王建国", "李秀英", "张伟", "刘洋", "陈静", "杨帆", "赵敏"]
    contest = Contest("m", "委员", 5, tuple(Candidate(f"c{n}", name) for n, name in enumerate(names)))
    bare = median_ms(lambda: weasyprint.HTML(string="<h1>选票</h1>").write_pdf(), 5)
    one = median_ms(lambda: make([contest], "选票"), 5)
    many = median_ms(lambda: make([contest], "选票", copies=2000), 5)
    from ballots.design import design

    drawn = design([contest], "选票")
    line("a bare WeasyPrint page", bare, bare, "ms")
    line("one ballot, drawn", median_ms(lambda: print_pdf(drawn), 5), bare, "ms", "goal 2x")
    line("one ballot, drawn and read back", one, bare, "ms")
    line("2,000 ballots (beside one)", many, one, "ms", "goal 1.1x")
    made = [
        cards.Card(
            title="选民证", election="某某社区居民委员会换届选举", name=f"{names[n % 7]}", group=f"第{n % 9}居民小组",
            day="2010年12月26日", issuer="某某社区居民委员会选举领导小组", code=f"{n:016d}",
        )
        for n in range(1000)
    ]  # fmt: skip
    from ballots import fonts

    page = rendering.template("_cards.html").render(cards=made, faces=fonts.css(), family=fonts.FAMILY)
    began = time.process_time()
    weasyprint.HTML(string=page, url_fetcher=fonts.fetcher(page)).write_pdf()
    plain = time.process_time() - began
    began = time.process_time()
    for start in range(0, len(made), 100):
        cards.sheets(made[start : start + 100])
    line("1,000 cards by WeasyPrint in one go (CPU)", plain, plain, "s")
    line("1,000 cards as the job makes them (CPU)", time.process_time() - began, plain, "s")
    _reading(make([contest], "选票"))


def _reading(printed: tuple[bytes, dict[str, Any]], pages: int = 600) -> None:
    """The whole command beside decoding the same files, on one core and on two; pages are of 200 dpi, A4, marked."""
    import resource
    import subprocess

    import cv2
    import numpy as np

    from ballots.proving import rasterised

    pdf, layout = printed
    blank = rasterised(pdf, 1, 200)
    rng = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        (at / "L.json").write_text(json.dumps(layout), encoding="utf-8")
        files = []
        for number in range(60):
            page = blank.copy()
            for mark in layout["marks"]:
                if rng.random() < 0.3:
                    x, y = (round((mark[k] + 3.5) * 200 / 25.4) for k in ("x_mm", "y_mm"))
                    cv2.line(page, (x - 15, y), (x - 4, y + 14), 60, 6)
                    cv2.line(page, (x - 4, y + 14), (x + 18, y - 18), 60, 6)
            noisy = np.clip(page + rng.normal(0, 3, page.shape), 0, 255).astype(np.uint8)
            files.append(str(at / f"{number}.jpg"))
            cv2.imwrite(files[-1], noisy, [cv2.IMWRITE_JPEG_QUALITY, 80])
        files *= pages // len(files)
        cv2.setNumThreads(1)
        began = time.process_time()
        for file in files:
            cv2.imdecode(np.frombuffer(Path(file).read_bytes(), np.uint8), cv2.IMREAD_GRAYSCALE)
        decoding = time.process_time() - began
        line(f"decoding {pages} JPEG pages of 200 dpi (CPU)", decoding, decoding, "s")
        command = [sys.executable, "-m", "election.cli", "ballot", "read", str(at / "L.json"), *files, "--json"]
        walls = {}
        for cores in ({0}, {0, 1}):
            if not cores <= os.sched_getaffinity(0):
                continue
            before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(  # noqa: S603 our own program
                command,
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                preexec_fn=lambda cores=cores: os.sched_setaffinity(0, cores),  # type: ignore[misc]
            )
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            walls[len(cores)] = time.perf_counter() - began
            spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            line(f"the whole command on {len(cores)} core(s) (CPU)", spent, decoding, "s", "goal 2.2x on one")
        for count, wall in walls.items():
            line(f"the whole command on {count} core(s) (wall)", wall, walls[1], "s", f"{pages / wall:.0f} pages/s")


def store() -> None:
    """An act on both engines beside a bare transaction."""
    from bench_store import store as measure

    measure()


PARTS: dict[str, Callable[[], object]] = {
    "pages": pages,
    "store": store,
    "count": counting,
    "record": record,
    "ballots": ballots,
}

if __name__ == "__main__":
    wanted = sys.argv[1:] or ["pages"]
    for part in PARTS if wanted == ["all"] else wanted:
        print(f"\n== {part} ==")
        PARTS[part]()

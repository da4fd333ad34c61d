"""A second count, slow and plain, written from the text of the contract alone: nothing of the program is imported.

Ballots are gone through one paper at a time, fractions are ``Fraction``, and who is seated is found by trying every
order that the votes allow: whoever is in for every order is elected, whoever is in for some is tied.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import chain, permutations, product

HALF = Fraction(1, 2)

#: the contract's table of rulesets, and §2 on other meetings: (more than, share) present of entitled, base
RULES = {
    "qilihe-2010.party": {
        "assembly": (True, Fraction(4, 5), "present"),
        "plenary": (True, Fraction(2, 3), "entitled"),
        "over_mark": "ballot",
        "write_in_opposes": True,
        "proxies": False,
        "two_rounds": False,
    },
    "qilihe-2010.residents": {
        "assembly": (True, HALF, "present"),
        "council": (True, HALF, "present"),
        "over_mark": "contest",
        "write_in_opposes": False,
        "proxies": False,
        "two_rounds": False,
    },
    "party-2020": {
        "assembly": (False, Fraction(4, 5), "entitled"),
        "plenary": (True, Fraction(2, 3), "entitled"),
        "over_mark": "ballot",
        "write_in_opposes": True,
        "proxies": False,
        "two_rounds": False,
    },
    "residents-2026": {
        "assembly": (True, HALF, "returned"),
        "council": (True, HALF, "returned"),
        "over_mark": "contest",
        "write_in_opposes": False,
        "proxies": True,
        "two_rounds": True,
    },
    "villagers-2018": {
        "assembly": (True, HALF, "returned"),
        "over_mark": "contest",
        "write_in_opposes": False,
        "proxies": True,
        "two_rounds": True,
    },
}


def count(file, *, blank_invalid=False, carry_down=False, one_post_each=False):
    """The answer of the contract without its sentences. The switches are what a local ruleset may turn on."""
    rules = RULES[file["ruleset"]]
    hands = file.get("method") == "show_of_hands"
    issued = file["present"] if hands else file["issued"]
    returned = file["present"] if hands else file["returned"]
    numbers = {"present": file["present"], "entitled": file["entitled"], "returned": returned}
    exceeded, quorum, base_name = rules[file.get("meeting", "assembly")]
    checks = [_quorum(exceeded, quorum, file["present"], file["entitled"])]
    checks.append({"rule": "returned", "ok": returned <= issued, "needs": f"{returned} <= {issued}"})
    if not rules["proxies"]:
        checks.append({"rule": "issued", "ok": issued <= file["present"], "needs": f"{issued} <= {file['present']}"})
    valid = all(check["ok"] for check in checks)
    base = numbers[base_name]
    this = file.get("round", 1)
    if file.get("revote"):
        needed = 1
    elif this > 1 and rules["two_rounds"]:
        needed = _smallest(lambda votes: votes >= Fraction(base, 3))
    else:
        needed = _smallest(lambda votes: votes > HALF * base)

    if "ballots" in file:
        tallies = [_from_ballots(file, contest, rules, blank_invalid) for contest in file["contests"]]
    else:
        tallies = [_from_hands(file, contest) for contest in file["contests"]]
    if carry_down:
        _carry(file["contests"], tallies)

    asked = {contest["id"]: [] for contest in file["contests"]}
    for requirement in file.get("require", []):
        if "contest" in requirement:
            asked[requirement["contest"]].append((requirement["kind"], requirement["at_least"]))
    if valid:
        most = max(contest["seats"] for contest in file["contests"])
        where = [contest["id"] for contest in file["contests"] if contest["seats"] == most][-1]
        alone, extra = list(asked[where]), []
        # whoever is seated for a requirement may be missing in a smaller post: ask again, never for less
        for _ in range(50):
            asked[where] = alone + extra
            first = _seat_all(file["contests"], tallies, needed, asked, one_post_each)
            more = []
            for requirement in file.get("require", []):
                if "contest" not in requirement:
                    kind = requirement["kind"]
                    already = sum(
                        kind in _kinds(contest, who)
                        for contest, seated in zip(file["contests"], first, strict=True)
                        if contest["id"] != where
                        for who in seated["elected"]
                    )
                    least = extra[len(more)][1] if extra else 0
                    more.append((kind, max(requirement["at_least"] - already, least)))
            if more == extra:
                break
            extra = more
        seatings = _seat_all(file["contests"], tallies, needed, asked, one_post_each)
    else:
        nobody = {"elected": set(), "tied": set(), "for_tied": 0, "held": {}, "taken": set()}
        seatings = [nobody for _ in tallies]

    contests = []
    for contest, tally, seated in zip(file["contests"], tallies, seatings, strict=True):
        rows = []
        for who, votes in tally["people"].items():
            outcome = "elected" if who in seated["elected"] else "tied" if who in seated["tied"] else "not_elected"
            row = {"candidate": who, "name": tally["names"][who], "for": votes["for"]}
            if carry_down:
                row["carried"] = votes["carried"]
            rows.append(row | {"against": votes["against"], "abstain": votes["abstain"], "outcome": outcome})
        contests.append(
            {
                "id": contest["id"],
                "returned": returned,
                "valid": tally["valid"],
                "invalid": tally["invalid"],
                "base": base,
                "needed": needed,
                "votes": rows,
                "elected": sorted(seated["elected"], key=lambda who: (-_total(tally, who), _place(tally, who))),
                "tied": [row["candidate"] for row in rows if row["outcome"] == "tied"],
                "vacant": contest["seats"] - len(seated["elected"]),
                "next": _next(contest, tally, seated, rules, this) if valid else {"kind": "rerun"},
            }
        )
    return {"ruleset": file["ruleset"], "round": this, "valid": valid, "checks": checks, "contests": contests}


def _quorum(exceeded, share, present, entitled):
    ok = present > share * entitled if exceeded else present >= share * entitled
    left = f"{share.denominator}*{present}"
    right = f"{share.numerator}*{entitled}" if share.numerator > 1 else f"{entitled}"
    return {"rule": "quorum", "ok": ok, "needs": f"{left} {'>' if exceeded else '>='} {right}"}


def _smallest(enough):
    """The least number of votes, and at least one, that is enough."""
    votes = 1
    while not enough(votes):
        votes += 1
    return votes


# --- votes -----------------------------------------------------------------------------------------------------------


def _squeezed(name):
    return name.replace(" ", "")


def _names(contest):
    return {candidate["id"]: candidate["name"] for candidate in contest["candidates"]}


def _kinds(contest, who):
    for candidate in contest["candidates"]:
        if candidate["id"] == who:
            woman = {"woman"} if candidate.get("sex") == "female" else set()
            return woman | (set(candidate.get("reserved", [])) - {"woman"})
    return set()


def _from_ballots(file, contest, rules, blank_invalid):
    valid = invalid = 0
    names = _names(contest)
    listed = {who: {"for": 0, "against": 0} for who in names}
    written = {}
    for ballot in file["ballots"]:
        for _paper in range(ballot.get("times", 1)):
            void = ballot.get("spoiled", False)
            if blank_invalid and not any(ballot.get("marks", {}).values()):
                void = void or not any(ballot.get("write_ins", {}).values())
            if rules["over_mark"] == "ballot" and any(_over_marked(ballot, other) for other in file["contests"]):
                void = True
            read = None if void or _over_marked(ballot, contest) else _read(ballot, contest)
            if read is None:
                invalid += 1
                continue
            valid += 1
            marks, others = read
            for who, mark in marks.items():
                if mark != "abstain":
                    listed[who][mark] += 1
            if "against" in marks.values() or not rules["write_in_opposes"]:
                for name in others:
                    written[name] = written.get(name, 0) + 1
    return _table(contest, valid, invalid, listed, written)


def _written(ballot, contest):
    """Listed candidates and other names written in with the mark ``for``; the former by every id that bears the name."""
    listed, others = [], set()
    for row in ballot.get("write_ins", {}).get(contest["id"], []):
        if row.get("mark") != "for":
            continue
        name = _squeezed(row["name"])
        bearers = [who for who, known in _names(contest).items() if _squeezed(known) == name]
        if bearers:
            listed.append(tuple(bearers))
        else:
            others.add(name)
    return set(listed), others


def _over_marked(ballot, contest):
    marks = ballot.get("marks", {}).get(contest["id"], {})
    marked = set() if marks == "unreadable" else {who for who, mark in marks.items() if mark == "for"}
    listed, others = _written(ballot, contest)
    people = {bearers for bearers in listed if not marked & {bearers[0]}}
    return len(marked) + len(people) + len(others) > contest["seats"]


def _read(ballot, contest):
    """``(marks, names written in)`` of one contest on one paper, or None where it cannot be read."""
    marks = ballot.get("marks", {}).get(contest["id"], {})
    if marks == "unreadable":
        return None
    listed, others = _written(ballot, contest)
    for bearers in listed:
        if len(bearers) > 1 or bearers[0] in marks:
            return None
    return {**marks, **{bearers[0]: "for" for bearers in listed}}, others


def _from_hands(file, contest):
    sheets = [file["tallies"]] if "tallies" in file else [box["tallies"] for box in file["boxes"]]
    valid = sum(sheet[contest["id"]]["valid"] for sheet in sheets)
    invalid = sum(sheet[contest["id"]]["invalid"] for sheet in sheets)
    names = _names(contest)
    listed = {who: {"for": 0, "against": 0} for who in names}
    written = {}
    given = {}
    for sheet in sheets:
        for who, row in sheet[contest["id"]]["votes"].items():
            listed[who]["for"] += row["for"]
            listed[who]["against"] += row["against"]
            if "carried" in row:
                given[who] = given.get(who, 0) + row["carried"]
        for row in sheet[contest["id"]].get("write_ins", []):
            name = _squeezed(row["name"])
            bearer = [who for who, known in names.items() if _squeezed(known) == name]
            if bearer:
                listed[bearer[0]]["for"] += row["for"]
            else:
                written[name] = written.get(name, 0) + row["for"]
    return _table(contest, valid, invalid, listed, written) | {"given": given}


def _table(contest, valid, invalid, listed, written):
    """Candidates in file order, then write-ins with at least one vote, most first."""
    people = {who: {**votes, "abstain": valid - votes["for"] - votes["against"]} for who, votes in listed.items()}
    names = _names(contest)
    for name in sorted(written, key=lambda name: (-written[name], name)):
        if written[name]:
            people["write-in:" + name] = {"for": written[name], "against": 0, "abstain": valid - written[name]}
            names["write-in:" + name] = name
    return {"valid": valid, "invalid": invalid, "people": people, "names": names}


def _identity(contest, tally, who):
    notes = {candidate["id"]: candidate.get("note", "") for candidate in contest["candidates"]}
    return _squeezed(tally["names"][who]), notes.get(who, "")


def _carry(contests, tallies):
    """下加计票: the votes of the same person for each post that stands higher in the file."""
    for position, (contest, tally) in enumerate(zip(contests, tallies, strict=True)):
        for who, votes in tally["people"].items():
            if tally.get("given"):
                votes["carried"] = tally["given"].get(who, 0)
                continue
            votes["carried"] = sum(
                higher_votes["for"]
                for higher, higher_tally in zip(contests[:position], tallies[:position], strict=True)
                for other, higher_votes in higher_tally["people"].items()
                if _identity(higher, higher_tally, other) == _identity(contest, tally, who)
            )


def _total(tally, who):
    return tally["people"][who]["for"] + tally["people"][who].get("carried", 0)


def _place(tally, who):
    return list(tally["people"]).index(who)


# --- seats -----------------------------------------------------------------------------------------------------------


def _seat_all(contests, tallies, needed, asked, one_post_each):
    seated, busy = [], set()
    for contest, tally in zip(contests, tallies, strict=True):
        struck = {candidate["id"] for candidate in contest["candidates"] if candidate.get("struck")}
        taken = {who for who in tally["people"] if _identity(contest, tally, who) in busy}
        passed = {
            who: _total(tally, who)
            for who in tally["people"]
            if _total(tally, who) >= needed and who not in struck and who not in taken
        }
        kinds = {who: _kinds(contest, who) for who in passed}
        found = _seat(passed, kinds, contest["seats"], asked[contest["id"]])
        seated.append(found | {"taken": taken, "struck": struck})
        if one_post_each:
            busy |= {_identity(contest, tally, who) for who in found["elected"]}
    return seated


def _seat(passed, kinds, seats, asked):
    draws = []
    for order in _orders(passed):
        chosen, held = [], {}
        for kind, at_least in asked:
            have = sum(kind in kinds[who] for who in chosen)
            while have < at_least and len(chosen) + sum(held.values()) < seats:
                more = [who for who in order if kind in kinds[who] and who not in chosen]
                if more:
                    chosen.append(more[0])
                else:
                    held[kind] = held.get(kind, 0) + 1
                have += 1
        for who in order:
            if who not in chosen and len(chosen) + sum(held.values()) < seats:
                chosen.append(who)
        draws.append((set(chosen), held))
    # a requirement is met by those who cost the others least: no order seats people with more votes together
    most = max(sum(passed[who] for who in chosen) for chosen, _ in draws)
    draws = [draw for draw in draws if sum(passed[who] for who in draw[0]) == most]
    certain = set.intersection(*(chosen for chosen, _ in draws))
    undecided = set.union(*(chosen for chosen, _ in draws)) - certain
    highest = max((passed[who] for who in undecided), default=None)
    tied = {who for who in undecided if passed[who] == highest}
    for_tied = min(len(chosen & tied) for chosen, _ in draws)
    return {"elected": certain, "tied": tied, "for_tied": for_tied, "held": draws[0][1]}


def _orders(passed):
    levels = sorted(set(passed.values()), reverse=True)
    groups = [[who for who in passed if passed[who] == level] for level in levels]
    for arrangement in product(*(permutations(group) for group in groups)):
        yield list(chain.from_iterable(arrangement))


# --- what comes next -------------------------------------------------------------------------------------------------


def _margin(seats, rules):
    """More candidates than seats, or a fifth more with the surplus rounded up."""
    return seats + 1 if rules["two_rounds"] else seats + -(-seats // 5)


def _next(contest, tally, seated, rules, this):
    vacant = contest["seats"] - len(seated["elected"])
    if seated["tied"]:
        among = [who for who in tally["people"] if who in seated["tied"]]
        return {"kind": "revote", "candidates": among, "seats": seated["for_tied"]}
    if vacant == 0 or (rules["two_rounds"] and this >= 2):
        return None
    gone = seated["elected"] | seated["struck"] | seated["taken"]
    left = [who for who in tally["people"] if who not in gone]
    left.sort(key=lambda who: -_total(tally, who))
    invited = set()
    if sum(seated["held"].values()) < vacant:
        invited |= _first(left, _margin(vacant, rules), tally)
    for kind, number in seated["held"].items():
        invited |= _first([who for who in left if kind in _kinds(contest, who)], _margin(number, rules), tally)
    return {"kind": "second_round", "candidates": [who for who in left if who in invited], "seats": vacant}


def _first(people, number, tally):
    """Everyone ahead of whom fewer than ``number`` stand."""
    return {who for who in people if sum(_total(tally, other) > _total(tally, who) for other in people) < number}

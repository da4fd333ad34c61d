"""Small elections at random, with everything that the contract lets a count file say."""

from __future__ import annotations

NAMES = ("甲", "乙", "丙", "丁", "戊", "王 强", "王强")
OTHERS = ("赵六", "钱七", "赵 六")
SWITCHES = ("blank_invalid", "carry_down", "one_post_each")
MEETINGS = {
    "qilihe-2010.party": ("assembly", "plenary"),
    "qilihe-2010.residents": ("assembly", "council"),
    "party-2020": ("assembly", "plenary"),
    "residents-2026": ("assembly", "council"),
    "villagers-2018": ("assembly",),
}


def election(random, ruleset):
    """``(count file, switches of a local ruleset)``; the file fits together, whatever it says."""
    switches = {name: random.random() < 0.2 for name in SWITCHES}
    contests = [_contest(random, identity) for identity in "abc"[: random.choice((1, 1, 1, 2, 2, 3))]]
    file = {
        "ruleset": ruleset,
        "meeting": random.choice(MEETINGS[ruleset]),
        "round": random.choice((1, 1, 1, 2, 3)),
        "revote": random.random() < 0.25,
        "contests": contests,
    }
    if random.random() < 0.5:
        file["require"] = [_requirement(random, contests) for _ in range(random.choice((1, 1, 2)))]
    way = random.random()
    if way < 0.6:
        # a few papers, or many of a few kinds so that somebody passes and somebody is level
        file["ballots"] = [_ballot(random, contests) for _ in range(random.randint(1, 6))]
        returned = sum(ballot.get("times", 1) for ballot in file["ballots"])
    elif way < 0.8:
        returned = random.randint(0, 12)
        file["tallies"] = _sheets(random, contests, returned, carried=switches["carry_down"])
    else:
        boxes = [random.randint(0, 8) for _ in range(random.randint(1, 3))]
        returned = sum(boxes)
        file["boxes"] = [
            {"id": str(n), "returned": of, "tallies": _sheets(random, contests, of, carried=switches["carry_down"])}
            for n, of in enumerate(boxes)
        ]
    file |= _people(random, returned, hands=random.random() < 0.1)
    return file, {name for name, on in switches.items() if on}


def _people(random, returned, *, hands):
    if hands:
        entitled = returned + random.randint(0, 4)
        return {"method": "show_of_hands", "entitled": entitled, "present": returned}
    issued = max(0, returned + random.choice((-1, *[0] * 12, 1, 2)))
    present = max(0, issued + random.choice((-1, *[0] * 12, 1, 2)))
    entitled = present + random.choice((0, 0, 0, 0, 0, 0, 1, 2, present // 4, present // 3, present))
    return {"issued": issued, "returned": returned, "present": present, "entitled": entitled}


def _contest(random, identity):
    number = random.randint(1, 5)
    names = random.sample(NAMES, number)
    candidates = []
    for place, name in enumerate(names):
        candidate = {"id": f"{identity}{place}", "name": name, "sex": random.choice(("male", "male", "female"))}
        if random.random() < 0.08:
            candidate["struck"] = True
        if random.random() < 0.25:
            candidate["reserved"] = ["民警"]
        if random.random() < 0.1:
            candidate["note"] = "一组"
        candidates.append(candidate)
    return {"id": identity, "office": identity, "seats": random.choice((1, 1, 2, 2, 3, 4)), "candidates": candidates}


def _requirement(random, contests):
    found = {"kind": random.choice(("woman", "woman", "民警")), "at_least": random.randint(0, 3)}
    if random.random() < 0.4:
        found["contest"] = random.choice(contests)["id"]
    return found


def _ballot(random, contests):
    ballot = {}
    if random.random() < 0.8:
        ballot["times"] = random.choice((1, 2, 2, 3, 5))
    if random.random() < 0.05:
        ballot["spoiled"] = True
    if random.random() < 0.2:
        ballot["box"] = random.choice(("1", "2"))
    if random.random() < 0.08:
        return ballot
    marks, write_ins = {}, {}
    for contest in contests:
        chance = random.random()
        if chance < 0.06:
            marks[contest["id"]] = "unreadable"
        elif chance < 0.94:
            marks[contest["id"]] = _marks(random, contest)
        if random.random() < 0.2:
            write_ins[contest["id"]] = [
                {"name": random.choice((*NAMES, *OTHERS, *OTHERS)), "mark": random.choice(("for", "for", "against"))}
                for _ in range(random.randint(0, 2))
            ]
    return ballot | {"marks": marks} | ({"write_ins": write_ins} if write_ins else {})


def _marks(random, contest):
    """Most papers keep to the seats; some say anything at all."""
    ids = [candidate["id"] for candidate in contest["candidates"]]
    if random.random() < 0.15:
        return {who: random.choice(("for", "against", "abstain")) for who in ids if random.random() < 0.75}
    supported = random.sample(ids, min(len(ids), random.choice((contest["seats"], contest["seats"], 1))))
    others = {who: random.choice(("against", "abstain")) for who in ids if random.random() < 0.4}
    return others | dict.fromkeys(supported, "for")


def _sheets(random, contests, returned, *, carried):
    return {contest["id"]: _sheet(random, contest, returned, carried=carried) for contest in contests}


def _sheet(random, contest, returned, *, carried):
    invalid = random.randint(0, returned) if random.random() < 0.3 else 0
    valid = returned - invalid
    budget = contest["seats"] * valid
    given = carried and random.random() < 0.3
    rows, write_ins = {}, []
    for candidate in contest["candidates"]:
        for_ = min(budget, random.choice((valid, valid // 2 + 1, valid // 2 + 1, random.randint(0, valid))), valid)
        against = random.randint(0, valid - for_)
        budget -= for_
        rows[candidate["id"]] = {"for": for_, "against": against, "abstain": valid - for_ - against}
        if given:
            rows[candidate["id"]]["carried"] = random.randint(0, 5)
    bearers = {}
    for candidate in contest["candidates"]:
        bearers.setdefault(candidate["name"].replace(" ", ""), []).append(candidate["id"])
    room = dict.fromkeys((name.replace(" ", "") for name in OTHERS), valid)
    room |= {name: rows[ids[0]]["abstain"] for name, ids in bearers.items() if len(ids) == 1}
    for name in random.sample(sorted(room), min(len(room), random.choice((0, 0, 1, 2)))):
        for_ = random.randint(0, min(room[name], budget))
        budget -= for_
        write_ins.append({"name": name, "for": for_})
    return {"valid": valid, "invalid": invalid, "votes": rows} | ({"write_ins": write_ins} if write_ins else {})

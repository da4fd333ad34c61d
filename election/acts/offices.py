"""What papers call places, bodies and offices: 福临里社区居民委员会选举领导小组, 中共向阳街道工作委员会."""

from __future__ import annotations

import re

from election.process.facts import Election
from election.process.world import World

_TERM = re.compile(r"第.{1,4}届")
#: a place path holds codes; only a part in Chinese is a name
_CHINESE = re.compile(r"[\u3400-\u9fff]+")

PARTY_FORMS = {
    "branch": "支部委员会",
    "general_branch": "总支部委员会",
    "committee": "委员会",
    "no_committee": "支部",
}


def community(name: str) -> str:
    return name if name.endswith(("社区", "村")) else f"{name}社区"


def community_of(world: World) -> str:
    return community(world.election.community_name)


def street(world: World) -> str:
    name = world.campaign.street
    return name if name.endswith(("街道", "镇", "乡")) else f"{name}街道"


def district(world: World) -> str:
    """The district's name as the plan gives it, or where the place path says it in Chinese; else blank."""
    if world.campaign.district:
        return world.campaign.district
    first = world.campaign.path.split("/")[0]
    return first if _CHINESE.fullmatch(first) else ""


def term(world: World) -> str:
    """第三届; blank where the campaign's term is not a number of terms."""
    return world.campaign.term if _TERM.fullmatch(world.campaign.term) else ""


def turnover_committee(name: str) -> str:
    """S-04: one committee of a community prepares both elections."""
    return f"{community(name)}换届选举工作委员会"


def presiding(world: World) -> str:
    """Who puts out the papers of an election: the turnover committee for the party, the leading group for residents."""
    facts = world.election
    if facts.body == "party":
        return turnover_committee(facts.community_name)
    return f"{community_of(world)}{facts.law.get('presiding.name', '居民委员会选举领导小组')}"


def elected_body(world: World, number: str = "") -> str:
    """The body that is elected: 中共福临里社区总支部委员会, 福临里社区(第三届)居民委员会 with its ``number`` of terms."""
    facts = world.election
    name = community_of(world)
    if facts.body == "party":
        return f"中共{name}{PARTY_FORMS.get(facts.form, '委员会')}"
    return f"{name}{number}{'村民' if facts.law.body == 'villagers' else '居民'}委员会"


def street_committee(world: World) -> str:
    return f"中共{district(world)}{street(world)}工作委员会"


def street_office(world: World) -> str:
    return f"{street(world)}{'人民政府' if street(world).endswith(('镇', '乡')) else '办事处'}"


def street_leading_group(world: World) -> str:
    return f"{street(world)}换届选举工作领导小组"


def organisation_department(world: World) -> str:
    return f"中共{district(world)}委组织部" if district(world) else "区委组织部"


def civil_affairs(world: World) -> str:
    return f"{district(world) or '区'}民政局"


def voters(facts: Election) -> str:
    """Who votes: 选民代表, 全体正式党员, 党员代表, 登记选民, 户代表."""
    if facts.body == "party":
        return "党员代表" if facts.assembly == "delegates" else "全体正式党员"
    people = "村民" if facts.law.body == "villagers" else "选民"
    return {"voters": "登记选民", "households": "户代表"}.get(facts.electorate, f"{people}代表")


def meeting(world: World) -> str:
    """The meeting that votes: 福临里社区居民代表大会."""
    facts = world.election
    name = community_of(world)
    if facts.body == "party":
        return f"{name}{'党员代表大会' if facts.assembly == 'delegates' else '党员大会'}"
    people = "村民" if facts.law.body == "villagers" else "居民"
    kind = {"voters": "选举", "households": "户代表会议"}.get(facts.electorate, f"{people}代表大会")
    return f"{name}{kind}"

"""Papers of those who cannot come to a station: the list of proxies, certificates, and the list that goes with a mobile box."""

from __future__ import annotations

from election.acts import offices
from election.acts.papers.sources import Made, Sources
from election.documents.papers import absent as papers
from election.names.writing import clean_name
from election.process.absent import GrantProxy
from election.process.notices import PostNotice


def _group(s: Sources, person: str) -> str:
    found = s.records.residents([person]).get(person)
    return found.group if found else ""


def proxy_list(s: Sources, act: PostNotice | None) -> papers.ProxyList | None:
    """委托投票名单公告, by group and name of the principal (V-12)."""
    facts, day = s.world.election, s.world.day
    if not facts.proxies or day is None:
        return None
    known = s.records.residents(facts.proxies)
    pairs = [
        papers.ProxyPair(
            principal=s.name(principal), proxy=s.name(proxy), group=known[principal].group if principal in known else ""
        )
        for principal, proxy in facts.proxies.items()
    ]
    return papers.ProxyList(
        **s.posted(act, s.basis("proxy.allowed")),
        election_day=day,
        pairs=tuple(sorted(pairs, key=lambda pair: (pair.group, pair.principal))),
        at_most=facts.law.number("proxy.max_held"),
    )


def proxy_certificate(s: Sources, act: GrantProxy | None) -> list[Made]:
    """委托投票证, sealed as the proxy is recorded; its number is the order in which proxies were recorded."""
    facts, day = s.world.election, s.world.day
    if day is None or act is None:
        return []
    data = papers.ProxyCertificate(
        heading=s.heading(offices.presiding(s.world)),
        election_day=day,
        principal=clean_name(act.principal_name),
        proxy=clean_name(act.proxy_name),
        group=_group(s, act.principal),
        at_most=facts.law.number("proxy.max_held"),
    )
    return [Made(str(len(s.said(GrantProxy)) + 1), data)]


def visit_list(s: Sources) -> papers.VisitList | None:
    """流动票箱投票登记表: names and addresses for the staff of the box, printed when it goes out, never sealed or posted."""
    facts, day = s.world.election, s.world.day
    if not facts.visits or day is None:
        return None
    known = s.records.residents(facts.visits.values())
    visits = [
        papers.Visit(
            number=number,
            name=clean_name(known[person].name) if person in known else "",
            address=known[person].address if person in known else "",
            phone=known[person].phone if person in known else "",
        )
        for number, person in facts.visits.items()
    ]
    return papers.VisitList(
        heading=s.heading(offices.presiding(s.world), stamp=False, signatures=("监票人", "工作人员", "工作人员")),
        election_day=day,
        boxes=tuple(x.name for x in facts.stations.values() if x.mobile),
        visits=tuple(visits),
    )

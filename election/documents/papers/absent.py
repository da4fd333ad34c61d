"""Voters who cannot come: the posted list of proxies, a proxy's certificate, and the list that goes with a mobile box."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..heading import Notice, Paper


@dataclass(frozen=True, kw_only=True)
class ProxyPair:
    """Who votes for whom; why is nobody's business."""

    principal: str
    proxy: str
    #: residents' group of the principal
    group: str = ""


@dataclass(frozen=True, kw_only=True)
class ProxyList(Notice):
    """委托投票名单公告: names alone (V-12; D-04)."""

    election_day: date
    pairs: tuple[ProxyPair, ...]
    #: proxies that one voter may hold
    at_most: int


@dataclass(frozen=True, kw_only=True)
class ProxyCertificate(Paper):
    """委托投票证: whoever brings it takes the principal's ballot, and leaves it at the station."""

    election_day: date
    principal: str
    proxy: str
    group: str = ""
    at_most: int


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One voter whom the mobile box visits; the reason is not needed at the door and is not printed."""

    number: int
    name: str
    address: str = ""
    phone: str = ""


@dataclass(frozen=True, kw_only=True)
class VisitList(Paper):
    """流动票箱投票登记表: internal, for the staff of the box; never posted."""

    election_day: date
    boxes: tuple[str, ...]
    visits: tuple[Visit, ...]

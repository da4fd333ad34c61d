"""What places are called: a path holds short ids, the campaigns have given them names."""

from __future__ import annotations

from election.process.machine import covers
from election.store import places
from election.store.worlds import world_of
from election.web.context import store


class Places(dict[str, str]):
    """``path -> words``; a place that no campaign has named is said by its path, empty for the place above all."""

    def __missing__(self, path: str) -> str:
        return " · ".join(path.split("/"))


def known_places(scope: str) -> Places:
    """``path -> words`` of a place and of what lies below it, as far as campaigns have named them."""
    found: dict[str, str] = {}
    with store().read() as session:
        for log in places.below(session, "campaign", scope) + places.around(session, scope):
            campaign = world_of(store(), session, log.id).campaign
            named = {log.path: campaign.street}
            if campaign.district:
                named[log.path.split("/")[0]] = campaign.district
            named |= {f"{log.path}/{c.id}": f"{campaign.street} · {c.name}" for c in campaign.communities.values()}
            found |= {path: words for path, words in named.items() if covers(scope, path)}
    for path in [*found, scope]:
        district = path.split("/")[0]
        if district and covers(scope, district):
            found.setdefault(district, district)
    words = Places(sorted(found.items()))
    if scope:
        words.setdefault(scope, words[scope])
    return words


def place_name(scope: str) -> str:
    """A place in words; empty for the place above all."""
    return known_places(scope)[scope]

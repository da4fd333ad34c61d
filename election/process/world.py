"""Three logs, one world: an act of an election is judged by what the office and the campaign had said by then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from election import law
from election.law import Ruleset
from election.process.facts import Campaign, Election, Office


def _no_rulesets(sha256: str) -> Ruleset:
    raise KeyError(sha256)


@dataclass
class World:
    office: Office = field(default_factory=Office)
    campaign: Campaign = field(default_factory=Campaign)
    election: Election = field(default_factory=Election)
    #: sealed ruleset by the SHA-256 of its canonical bytes; raises KeyError
    rules: Callable[[str], Ruleset] = _no_rulesets

    @property
    def day(self) -> date | None:
        """Election day of this election's body and community."""
        return self.campaign.day(self.election.community, self.election.body)

    def margin(self, seats: int) -> int:
        """Candidates that this election's ruleset asks for so many seats."""
        return law.margin(self.election.law, seats)

    @property
    def equal_by_hands(self) -> bool:
        """Whether as many candidates as seats may stand, by show of hands (等额)."""
        rules = self.election.law
        return bool(rules.get("hands.allowed")) and bool(rules.get("margin.equal_by_hands"))

    def at(self, log: str) -> Office | Campaign | Election:
        """Facts of a log by its kind: ``office``, ``campaign`` or ``election``."""
        found: Office | Campaign | Election = getattr(self, log)
        return found

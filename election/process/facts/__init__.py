"""What is known of an office, a campaign and an election: the fold of their entries, and nothing else."""

from election.process.facts.campaign import Campaign, Community, Finding, Postponement
from election.process.facts.election import Election, Objection, Representative, Roll, Staff
from election.process.facts.office import ENOUGH, FOUNDING, Account, Key, Office, Witness
from election.process.facts.steps import Notice, StepState
from election.process.facts.vote import (
    Candidate,
    Contest,
    Meeting,
    PackCount,
    Poll,
    Recount,
    Round,
    Scan,
    ScanPack,
    Sheet,
    Station,
)

__all__ = [
    "ENOUGH",
    "FOUNDING",
    "Account",
    "Campaign",
    "Candidate",
    "Community",
    "Contest",
    "Election",
    "Finding",
    "Key",
    "Meeting",
    "Notice",
    "Objection",
    "Office",
    "PackCount",
    "Poll",
    "Postponement",
    "Recount",
    "Representative",
    "Roll",
    "Round",
    "Scan",
    "ScanPack",
    "Sheet",
    "Staff",
    "Station",
    "StepState",
    "Witness",
]

"""What is known of an office: its accounts, their keys, and who witnesses its checkpoints."""

from __future__ import annotations

from dataclasses import dataclass, field

#: roles of the offices above a community: whoever of them is there first needs nobody to vouch for them
FOUNDING = frozenset({"administrator", "organisation_reviewer", "civil_reviewer", "street_officer"})
#: how many officials vouch for a key before it signs
ENOUGH = 2


@dataclass
class Key:
    fingerprint: str
    public: str
    #: position in the office log from which, and up to which, its signatures count
    since: int
    revoked: int | None = None
    #: officials who saw the person and read this fingerprint with them
    vouchers: set[str] = field(default_factory=set)
    #: signed for by a founder's key
    founder: bool = False


@dataclass
class Account:
    id: str
    role: str
    scope: str
    #: a hall account acts in one election only
    election: str | None
    #: person of the roll behind a hall account; empty where not known
    person: str = ""
    active: bool = True
    keys: list[Key] = field(default_factory=list)

    @property
    def key(self) -> Key | None:
        """The key that counts now: the last that was made, unless it was revoked."""
        return self.keys[-1] if self.keys and self.keys[-1].revoked is None else None


@dataclass
class Witness:
    """Somebody outside the server who remembers its checkpoints and cosigns them (C2SP tlog-cosignature)."""

    name: str
    vkey: str
    #: scrutineer, street, district or observer
    kind: str
    scope: str
    closed: bool = False


@dataclass
class Office:
    id: str = ""
    server_key: str = ""
    name: str = ""
    demonstration: bool = False
    accounts: dict[str, Account] = field(default_factory=dict)
    witnesses: dict[str, Witness] = field(default_factory=dict)
    #: every key that was ever enrolled here, the server's and people's
    public_keys: set[str] = field(default_factory=set)
    #: position of the first voucher's act; the officials whose keys stood before it are the founders
    first_vouched: int | None = None
    size: int = 0

    def vouched(self, account: str) -> bool:
        """Whether the key that counts now was vouched for by two officials, or is a founder's."""
        found = self.accounts.get(account)
        key = found.key if found is not None else None
        if found is None or key is None:
            return False
        return self.founder(found, key) or len(key.vouchers) >= ENOUGH

    def founder(self, account: Account, key: Key) -> bool:
        """Whether the key is an official's who was there before anybody vouched, or took such a key's place."""
        first = self.first_vouched is None or key.since < self.first_vouched
        return key.founder or (account.role in FOUNDING and first)

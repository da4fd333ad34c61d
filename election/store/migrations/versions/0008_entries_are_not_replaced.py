"""Entries are not replaced either: no table changes, what the database itself refuses is said anew after every migration"""

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """See ``election.store.database.GUARDS``."""

"""Work in the background, and who has come until sign-in closes"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("log", sa.String(36), nullable=False, index=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("account", sa.String(36), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
    # without row numbers: on SQLite they would tell the order in which people came
    op.create_table(
        "signed_in",
        sa.Column("log", sa.String(36), primary_key=True),
        sa.Column("person", sa.String(36), primary_key=True),
        sqlite_with_rowid=False,
    )

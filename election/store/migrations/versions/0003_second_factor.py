"""A second factor beside the account, and sessions that wait for it"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("account") as account:
        account.add_column(sa.Column("second", sa.LargeBinary(), nullable=True))
        account.add_column(sa.Column("second_step", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("session") as session:
        session.add_column(sa.Column("stage", sa.String(length=10), server_default="whole", nullable=False))


def downgrade() -> None:
    raise NotImplementedError("an election's database only goes forward")

"""Boxes that were read by a scanner: packs, images, doubts, decisions, what opens them; in no order"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scan_pack",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("log", sa.String(length=36), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("box", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["log.id"], name=op.f("fk_scan_pack_log_log")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_pack")),
        sa.UniqueConstraint("log", "round", "box", "number", name=op.f("uq_scan_pack_log")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_scan_pack_log"), "scan_pack", ["log"])
    op.create_table(
        "scan_image",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("log", sa.String(length=36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["log.id"], name=op.f("fk_scan_image_log_log")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_image")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_scan_image_log"), "scan_image", ["log"])
    op.create_table(
        "scan_doubt",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("log", sa.String(length=36), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("box", sa.Text(), nullable=False),
        sa.Column("pack", sa.String(length=36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["log.id"], name=op.f("fk_scan_doubt_log_log")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_doubt")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_scan_doubt_log"), "scan_doubt", ["log"])
    op.create_table(
        "scan_decision",
        sa.Column("doubt", sa.String(length=36), nullable=False),
        sa.Column("account", sa.String(length=36), nullable=False),
        sa.Column("log", sa.String(length=36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["doubt"], ["scan_doubt.id"], name=op.f("fk_scan_decision_doubt_scan_doubt")),
        sa.ForeignKeyConstraint(["log"], ["log.id"], name=op.f("fk_scan_decision_log_log")),
        sa.PrimaryKeyConstraint("doubt", "account", name=op.f("pk_scan_decision")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_scan_decision_log"), "scan_decision", ["log"])
    op.create_table(
        "scan_secret",
        sa.Column("log", sa.String(length=36), nullable=False),
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("box", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["log.id"], name=op.f("fk_scan_secret_log_log")),
        sa.PrimaryKeyConstraint("log", "round", "box", name=op.f("pk_scan_secret")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    raise NotImplementedError("an election's database only goes forward")

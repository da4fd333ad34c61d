"""What people type has no length in the table: PostgreSQL keeps the limits that SQLite passes over"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: table -> columns, with the length they had
COLUMNS = {
    "person": {"community": 36, "group": 60, "household": 60},
    "roll_row": {"category": 10, "codes": 200},
    "log": {"path": 160, "community": 36},
    "account": {"scope": 160},
    "paper": {"number": 80},
    "blob": {"media_type": 80},
    "blind_sheet": {"contest": 36, "box": 200},
}
NULLABLE = {("log", "community")}


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        with op.batch_alter_table(table) as batch:
            for column, length in columns.items():
                batch.alter_column(
                    column,
                    existing_type=sa.String(length=length),
                    type_=sa.Text(),
                    existing_nullable=(table, column) in NULLABLE,
                )

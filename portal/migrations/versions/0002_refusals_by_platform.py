"""refusals by platform

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lti_platform_refusals",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["lti_registration.platform_id"],
            name=op.f("fk_lti_platform_refusals_registration_id_lti_registration"),
        ),
        sa.PrimaryKeyConstraint("registration_id", "on_day", "reason", name=op.f("pk_lti_platform_refusals")),
    )

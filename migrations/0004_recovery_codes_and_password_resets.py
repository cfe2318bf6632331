from uuid import uuid4

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("webapp", "0003_the_way")]

    initial = False

    operations = [
        ops.CreateModel(
            name="PasswordRecovery",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "candidate",
                    fields.ForeignKeyField(
                        "webapp.Candidate",
                        source_field="candidate_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="recoveries",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("way", fields.CharField(max_length=16)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("read_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "password_recovery",
                "app": "webapp",
                "indexes": [Index(fields=["candidate_id", "at"])],
                "pk_attr": "id",
                "table_description": "A forgotten password was replaced by a new one: when, in which way, and whether the person has read of it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PasswordReset",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                (
                    "candidate",
                    fields.ForeignKeyField(
                        "webapp.Candidate",
                        source_field="candidate_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="resets",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("way", fields.CharField(max_length=16)),
                ("until", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "password_reset",
                "app": "webapp",
                "indexes": [Index(fields=["until"])],
                "pk_attr": "id",
                "table_description": "A browser that has shown who it is and may choose a new password, once. It is no session.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "candidate",
                    fields.ForeignKeyField(
                        "webapp.Candidate",
                        source_field="candidate_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="recovery_codes",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("code_hash", fields.CharField(max_length=64)),
                (
                    "issued_by",
                    fields.ForeignKeyField(
                        "webapp.Staff",
                        source_field="issued_by_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="recovery_codes",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("document", fields.CharField(max_length=32)),
                ("issued_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("until", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("wrong_tries", fields.IntField(default=0)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ended_why", fields.CharField(default="", max_length=16)),
            ],
            options={
                "table": "recovery_code",
                "app": "webapp",
                "indexes": [Index(fields=["candidate_id", "ended_at"])],
                "pk_attr": "id",
                "table_description": "A one-time code that a manager handed to a candidate after seeing who it was. It was shown once.",
            },
            bases=["Model"],
        ),
    ]

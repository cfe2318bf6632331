import functools
from json import dumps, loads
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
            name="RegistrationImport",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "exam",
                    fields.ForeignKeyField(
                        "webapp.Exam",
                        source_field="exam_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="imports",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "staff",
                    fields.ForeignKeyField(
                        "webapp.Staff",
                        source_field="staff_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="imports",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("state", fields.CharField(max_length=16)),
                ("file_name", fields.CharField(max_length=128)),
                ("size", fields.IntField()),
                ("sha256", fields.CharField(max_length=64)),
                ("shelf_key", fields.CharField(max_length=32)),
                (
                    "head",
                    fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
                ("rows", fields.IntField()),
                ("judged_rows", fields.IntField(default=0)),
                ("taken_rows", fields.IntField(default=0)),
                (
                    "judged",
                    fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
                (
                    "taken",
                    fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
                ("bell_for_late", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("uploaded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "decided_by",
                    fields.ForeignKeyField(
                        "webapp.Staff",
                        source_field="decided_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="decided_imports",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "registration_import",
                "app": "webapp",
                "indexes": [Index(fields=["exam_id", "state"]), Index(fields=["exam_id", "uploaded_at"])],
                "pk_attr": "id",
                "table_description": "One uploaded file. It is judged first, and taken in once a manager says so.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ImportRow",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "of",
                    fields.ForeignKeyField(
                        "webapp.RegistrationImport",
                        source_field="of_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="outcomes",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("position", fields.IntField()),
                ("line", fields.IntField()),
                ("number", fields.CharField(max_length=32)),
                ("name", fields.CharField(max_length=64)),
                ("fate", fields.CharField(max_length=16)),
                ("marks", fields.CharField(default="", max_length=200)),
                (
                    "told",
                    fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
            ],
            options={
                "table": "import_row",
                "app": "webapp",
                "unique_together": (("of", "position"),),
                "pk_attr": "id",
                "table_description": "One row of an uploaded file: what it would do, and after the import what it did.",
            },
            bases=["Model"],
        ),
    ]

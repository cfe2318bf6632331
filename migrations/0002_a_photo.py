import functools
from json import dumps, loads
from uuid import uuid4

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("webapp", "0001_the_house")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Agreement",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "candidate",
                    fields.ForeignKeyField(
                        "webapp.Candidate",
                        source_field="candidate_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="agreements",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("text", fields.CharField(max_length=64)),
                ("version", fields.CharField(max_length=32)),
                ("language", fields.CharField(max_length=16)),
                ("agreed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "agreement",
                "app": "webapp",
                "unique_together": (("candidate", "text", "version"),),
                "pk_attr": "id",
                "table_description": "A text that a candidate was shown and agreed to, in which version and language, and when.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Case",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "phase",
                    fields.ForeignKeyField(
                        "webapp.Phase",
                        source_field="phase_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="cases",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "candidate",
                    fields.ForeignKeyField(
                        "webapp.Candidate",
                        source_field="candidate_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="cases",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "site",
                    fields.ForeignKeyField(
                        "webapp.Office",
                        source_field="site_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="cases",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("stage", fields.CharField(max_length=16)),
                ("level", fields.IntField(null=True)),
                ("version", fields.BigIntField(default=1)),
                ("bell", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "case",
                "app": "webapp",
                "unique_together": (("phase", "candidate"),),
                "pk_attr": "id",
                "table_description": "One candidate's photos, verdicts and moves in one phase.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Entry",
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
                        related_name="entries",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("until", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "entry",
                "app": "webapp",
                "indexes": [Index(fields=["until"])],
                "pk_attr": "id",
                "table_description": "A browser that has come in with a ticket and has neither activated nor confirmed yet.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Incoming",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "case",
                    fields.ForeignKeyField(
                        "webapp.Case",
                        source_field="case_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="incoming",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("material", fields.CharField(max_length=32)),
                ("slot", fields.CharField(max_length=32)),
                ("replaces", fields.UUIDField(null=True)),
                ("sha256", fields.CharField(max_length=64)),
                ("size", fields.IntField()),
                ("file", fields.CharField(max_length=64)),
                ("state", fields.CharField(max_length=16)),
                ("reason", fields.CharField(default="", max_length=32)),
                (
                    "seen",
                    fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
                ("tries", fields.IntField(default=0)),
                ("arrived_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "incoming",
                "app": "webapp",
                "indexes": [Index(fields=["state", "arrived_at"]), Index(fields=["case_id", "state"])],
                "pk_attr": "id",
                "table_description": "An original that has arrived and waits to be shrunk. It holds its place, and its arrival fixes the time.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Photo",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "case",
                    fields.ForeignKeyField(
                        "webapp.Case",
                        source_field="case_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="photos",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("material", fields.CharField(max_length=32)),
                ("slot", fields.CharField(max_length=32)),
                ("sha256", fields.CharField(max_length=64)),
                ("size", fields.IntField()),
                ("received_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("version", fields.IntField(default=1)),
                ("removed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("removed_why", fields.CharField(default="", max_length=16)),
                ("replaced_by", fields.UUIDField(null=True)),
            ],
            options={
                "table": "photo",
                "app": "webapp",
                "indexes": [Index(fields=["case_id", "removed_at"])],
                "pk_attr": "id",
                "table_description": "One picture in a slot. Its id was chosen by whoever sent it, so that sending again is the same photo.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PhotoVersion",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "photo",
                    fields.ForeignKeyField(
                        "webapp.Photo",
                        source_field="photo_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="versions",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("number", fields.IntField()),
                ("shelf_key", fields.CharField(unique=True, max_length=32)),
                ("preview_key", fields.CharField(unique=True, max_length=32)),
                ("media_type", fields.CharField(max_length=16)),
                ("width", fields.IntField()),
                ("height", fields.IntField()),
                ("size", fields.IntField()),
                ("sha256", fields.CharField(max_length=64)),
                ("quarter_turns", fields.IntField(default=0)),
                (
                    "facts",
                    fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "photo_version",
                "app": "webapp",
                "unique_together": (("photo", "number"),),
                "pk_attr": "id",
                "table_description": "One stored file of a photo: as it was judged, or as it was turned. Never changed, never shared.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RecoveryAnswer",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "candidate",
                    fields.ForeignKeyField(
                        "webapp.Candidate",
                        source_field="candidate_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="recovery_answers",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("question", fields.CharField(max_length=32)),
                ("answer_hash", fields.CharField(max_length=255)),
            ],
            options={
                "table": "recovery_answer",
                "app": "webapp",
                "unique_together": (("candidate", "question"),),
                "pk_attr": "id",
                "table_description": "The answer to one recovery question, as an argon2id hash of its plain form.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Registration",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "exam",
                    fields.ForeignKeyField(
                        "webapp.Exam",
                        source_field="exam_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="registrations",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "candidate",
                    fields.ForeignKeyField(
                        "webapp.Candidate",
                        source_field="candidate_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="registrations",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("number", fields.CharField(max_length=32)),
                (
                    "record",
                    fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
                ("record_digest", fields.CharField(max_length=64)),
                ("taken_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("changed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "registration",
                "app": "webapp",
                "unique_together": (("exam", "number"),),
                "pk_attr": "id",
                "table_description": "One registration of a person. A new registration of the same person is a new row beside it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="UsedTicket",
            fields=[
                ("key", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("until", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "used_ticket",
                "app": "webapp",
                "indexes": [Index(fields=["until"])],
                "pk_attr": "key",
                "table_description": "A ticket that has been redeemed, remembered until it is too old to be redeemed by anybody.",
            },
            bases=["Model"],
        ),
    ]

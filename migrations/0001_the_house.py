import functools
from json import dumps, loads
from uuid import uuid4

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="ChainHead",
            fields=[
                ("chain", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=80)),
                ("sequence", fields.BigIntField(default=0)),
                ("digest", fields.CharField(default="", max_length=64)),
                ("sealed_sequence", fields.BigIntField(default=0)),
            ],
            options={
                "table": "chain_head",
                "app": "webapp",
                "pk_attr": "chain",
                "table_description": "The newest link of a chain. Locked last, after phase and case rows.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ChainSeal",
            fields=[
                ("day", fields.DateField(primary_key=True, unique=True, db_index=True)),
                ("sealed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("heads", fields.IntField()),
                ("heads_digest", fields.CharField(max_length=64)),
                ("previous", fields.CharField(max_length=64)),
                ("digest", fields.CharField(max_length=64)),
            ],
            options={
                "table": "chain_seal",
                "app": "webapp",
                "pk_attr": "day",
                "table_description": "One day's digest over its sealed heads and the seal before it: what cutting off a chain's end would break.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Event",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("chain", fields.CharField(max_length=80)),
                ("sequence", fields.BigIntField()),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("actor", fields.CharField(max_length=64)),
                ("what", fields.CharField(max_length=48)),
                ("subject", fields.CharField(default="", max_length=80)),
                (
                    "facts",
                    fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
                ("previous", fields.CharField(max_length=64)),
                ("digest", fields.CharField(max_length=64)),
            ],
            options={
                "table": "event",
                "app": "webapp",
                "unique_together": (("chain", "sequence"),),
                "pk_attr": "id",
                "table_description": "One thing that happened. ``digest`` covers every other column and the digest before it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Exam",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("code", fields.CharField(unique=True, max_length=64)),
                (
                    "package",
                    fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
                ("package_digest", fields.CharField(max_length=64)),
                ("open_to_candidates", fields.BooleanField(default=False)),
                ("loaded_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "exam",
                "app": "webapp",
                "pk_attr": "id",
                "table_description": "One year's exam in one region, as loaded from its package.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ExamClock",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("offset_seconds", fields.BigIntField(default=0)),
            ],
            options={
                "table": "exam_clock",
                "app": "webapp",
                "pk_attr": "id",
                "table_description": "How far the exam's time stands from real time. A row exists only in demos and tests.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Office",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "exam",
                    fields.ForeignKeyField(
                        "webapp.Exam",
                        source_field="exam_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="offices",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("code", fields.CharField(max_length=32)),
                ("kind", fields.CharField(max_length=32)),
                (
                    "name",
                    fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
                ("phone", fields.CharField(default="", max_length=32)),
                (
                    "hours",
                    fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
                (
                    "parent",
                    fields.ForeignKeyField(
                        "webapp.Office",
                        source_field="parent_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="children",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "office",
                "app": "webapp",
                "unique_together": (("exam", "code"),),
                "pk_attr": "id",
                "table_description": "A node of the tree of reviewing offices: the region, its sites, deeper where an exam has three levels.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Phase",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "exam",
                    fields.ForeignKeyField(
                        "webapp.Exam",
                        source_field="exam_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="phases",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("code", fields.CharField(max_length=32)),
                ("opens", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("bell", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "phase",
                "app": "webapp",
                "unique_together": (("exam", "code"),),
                "pk_attr": "id",
                "table_description": "One upload window of an exam: the half-open interval [opens, bell) of UTC instants.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SealedHead",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("day", fields.DateField()),
                ("chain", fields.CharField(max_length=80)),
                ("sequence", fields.BigIntField()),
                ("digest", fields.CharField(max_length=64)),
            ],
            options={
                "table": "sealed_head",
                "app": "webapp",
                "unique_together": (("day", "chain"),),
                "pk_attr": "id",
                "table_description": "Where one chain's head stood when a day was sealed, only for chains that had grown.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Staff",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("name", fields.CharField(max_length=64)),
                ("user_name", fields.CharField(max_length=64)),
                ("user_name_key", fields.CharField(unique=True, max_length=64)),
                ("password_hash", fields.CharField(null=True, max_length=255)),
                ("totp_sealed", fields.BinaryField(null=True)),
                ("totp_step", fields.BigIntField(default=0)),
                ("invite_hash", fields.CharField(null=True, max_length=64)),
                ("invite_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("pending_totp_sealed", fields.BinaryField(null=True)),
                ("enrolled_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("disabled_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("signed_in_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "staff",
                "app": "webapp",
                "pk_attr": "id",
                "table_description": "An account of somebody who works at an office. It signs in with a password and a TOTP code.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Post",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "staff",
                    fields.ForeignKeyField(
                        "webapp.Staff",
                        source_field="staff_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="posts",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "office",
                    fields.ForeignKeyField(
                        "webapp.Office",
                        source_field="office_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="posts",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("role", fields.CharField(max_length=16)),
            ],
            options={
                "table": "post",
                "app": "webapp",
                "unique_together": (("staff", "office", "role"),),
                "pk_attr": "id",
                "table_description": "One role of one account at one office.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Throttle",
            fields=[
                ("key", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("tries", fields.IntField(default=0)),
                ("since", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("wait_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "throttle",
                "app": "webapp",
                "indexes": [Index(fields=["since"])],
                "pk_attr": "key",
                "table_description": "How often something was tried in vain under one key, and until when it must wait.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Unit",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "exam",
                    fields.ForeignKeyField(
                        "webapp.Exam",
                        source_field="exam_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="units",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("code", fields.CharField(max_length=32)),
                ("name", fields.CharField(max_length=200)),
                ("phone", fields.CharField(default="", max_length=32)),
            ],
            options={
                "table": "unit",
                "app": "webapp",
                "unique_together": (("exam", "code"),),
                "pk_attr": "id",
                "table_description": "The hospital or school that registered a candidate. It gets the telephone calls.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Candidate",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "exam",
                    fields.ForeignKeyField(
                        "webapp.Exam",
                        source_field="exam_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="candidates",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("id_type", fields.CharField(max_length=32)),
                ("id_number", fields.CharField(max_length=32)),
                ("registration_number", fields.CharField(max_length=32)),
                ("name", fields.CharField(max_length=64)),
                (
                    "office",
                    fields.ForeignKeyField(
                        "webapp.Office",
                        source_field="office_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="candidates",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "unit",
                    fields.ForeignKeyField(
                        "webapp.Unit",
                        source_field="unit_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="candidates",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("user_name", fields.CharField(max_length=64)),
                ("user_name_key", fields.CharField(max_length=64)),
                ("password_hash", fields.CharField(null=True, max_length=255)),
                ("activated_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "candidate",
                "app": "webapp",
                "unique_together": (
                    ("exam", "id_type", "id_number"),
                    ("exam", "user_name_key"),
                    ("exam", "registration_number"),
                ),
                "pk_attr": "id",
                "table_description": "One person in one exam, made by the import and activated here.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Session",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                (
                    "candidate",
                    fields.ForeignKeyField(
                        "webapp.Candidate",
                        source_field="candidate_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="sessions",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "staff",
                    fields.ForeignKeyField(
                        "webapp.Staff",
                        source_field="staff_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="sessions",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("opened_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("seen_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("idle_until", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ends_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "session",
                "app": "webapp",
                "indexes": [Index(fields=["ends_at"])],
                "pk_attr": "id",
                "table_description": "A signed-in browser. The cookie holds the token, the row only its SHA-256. No row, no session.",
            },
            bases=["Model"],
        ),
    ]

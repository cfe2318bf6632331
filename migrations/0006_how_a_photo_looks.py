from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("webapp", "0005_imports")]

    initial = False

    operations = [
        ops.AddField(
            model_name="PhotoVersion",
            name="brightness",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="PhotoVersion",
            name="difference_hash",
            field=fields.CharField(default="", db_default="", max_length=128),
        ),
        ops.AddField(
            model_name="PhotoVersion",
            name="sharpness",
            field=fields.FloatField(null=True),
        ),
        ops.AddIndex(
            model_name="PhotoVersion",
            index=Index(fields=["sha256"]),
        ),
    ]

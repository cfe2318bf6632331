"""The demo's staff. All names are made up, and the password is published: a demo never leaves its machine."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "demo-Tianjin-2020"


@dataclass(frozen=True)
class DemoStaff:
    """One account: its office's code and its roles there."""

    user_name: str
    name: str
    office: str
    roles: tuple[str, ...]


STAFF = (
    DemoStaff("quguan1", "演示考区管理员甲", "12", ("manager",)),
    DemoStaff("quguan2", "演示考区管理员乙", "12", ("manager",)),
    DemoStaff("qushen1", "演示考区审核员甲", "12", ("reviewer",)),
    DemoStaff("qucha1", "演示考区查阅员", "12", ("auditor",)),
    DemoStaff("yiguan1", "演示一区管理员", "1201", ("manager", "reviewer")),
    DemoStaff("yishen1", "演示一区审核员甲", "1201", ("reviewer",)),
    DemoStaff("yishen2", "演示一区审核员乙", "1201", ("reviewer",)),
    DemoStaff("ershen1", "演示二区审核员", "1202", ("reviewer",)),
)

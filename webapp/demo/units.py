"""The twelve made-up units that registered the demo's candidates, seven at one site and five at the other."""

from __future__ import annotations

from dataclasses import dataclass

SITES = {"1201": "示例一区考点", "1202": "示例二区考点"}


@dataclass(frozen=True)
class DemoUnit:
    """One unit, and itself as a place of probation or work; a school is none: its ``kind`` is empty."""

    code: str
    name: str
    kind: str = ""
    grade: str = ""

    @property
    def phone(self) -> str:
        """A number that nobody has."""
        return f"022-{int(self.code[1:]):08d}"

    @property
    def registering(self) -> dict[str, str]:
        """The fields of those whom it registers."""
        return {
            "unit_code": self.code,
            "unit_name": f"{self.name}（虚构）",
            "unit_phone": self.phone,
        }

    @property
    def working(self) -> dict[str, str]:
        """The fields of those who work there."""
        if not self.kind:
            return {}
        return {
            "workplace": self.name,
            "workplace_code": f"SAMPLE{self.code[-2:]}",
            "workplace_kind": self.kind,
            "workplace_grade": self.grade,
            "workplace_typed": "否",
        }


HOSPITAL_1 = DemoUnit("D0001", "示例市第一医院", "医院", "三级甲等")
TCM_HOSPITAL = DemoUnit("D0002", "示例市中医医院", "医院", "三级甲等")
MATERNITY = DemoUnit("D0003", "示例一区妇幼保健院", "妇幼保健院", "二级甲等")
COMMUNITY = DemoUnit("D0004", "示例街社区卫生服务中心", "社区卫生服务中心", "一级甲等")
DENTISTS = DemoUnit("D0005", "示例口腔门诊部", "门诊部", "未定级")
UNIVERSITY = DemoUnit("D0006", "示例医科大学")
CDC = DemoUnit("D0007", "示例一区疾病预防控制中心", "疾控中心", "未定级")
HOSPITAL_2 = DemoUnit("D0011", "示例市第二医院", "医院", "三级甲等")
DISTRICT_HOSPITAL = DemoUnit("D0012", "示例二区人民医院", "医院", "二级甲等")
TOWNSHIP = DemoUnit("D0013", "示例镇卫生院", "乡镇卫生院", "一级甲等")
DENTAL_HOSPITAL = DemoUnit("D0014", "示例市口腔医院", "医院", "三级乙等")
MILITARY_HOSPITAL = DemoUnit("D0015", "示例部队医院", "医院", "三级甲等")

AT_SITE = {
    "1201": (HOSPITAL_1, TCM_HOSPITAL, MATERNITY, COMMUNITY, DENTISTS, UNIVERSITY, CDC),
    "1202": (HOSPITAL_2, DISTRICT_HOSPITAL, TOWNSHIP, DENTAL_HOSPITAL, MILITARY_HOSPITAL),
}

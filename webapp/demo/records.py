"""The demo's candidates, as the registration system would hand them over: forty made-up people of all kinds.

A record is keyed by the product's field codes. Names and numbers belong to nobody: identity numbers have the region
990101, which does not exist, and a valid check digit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from webapp.demo import kinds, units
from webapp.demo.kinds import Fields
from webapp.demo.units import SITES, DemoUnit

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_WOMAN = "女"


@dataclass(frozen=True)
class DemoCandidate:
    """One registration; ``note`` says in Chinese what is special about this person."""

    record: Mapping[str, str]
    note: str

    @property
    def user_name(self) -> str:
        """Their name in the registration system and in the product."""
        return self.record["user_name"]

    @property
    def number(self) -> str:
        """Their registration number."""
        return self.record["registration_number"]

    @property
    def name(self) -> str:
        """The name on their papers."""
        return self.record["name"]


def identity_number(birth_date: str, serial: int, *, woman: bool) -> str:
    """A mainland identity number of nobody, with its check digit (GB 11643); odd serials are men's."""
    body = f"990101{birth_date.replace('-', '')}{serial * 2 + (0 if woman else 1):03d}"
    weighed = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + _CHECK[weighed % 11]


def _site_of(unit: DemoUnit) -> str:
    return next(site for site, there in units.AT_SITE.items() if unit in there)


def _woman(name: str, birth_date: str) -> Fields:
    return {"name": name, "sex": _WOMAN, "birth_date": birth_date}


def _man(name: str, birth_date: str) -> Fields:
    return {"name": name, "sex": "男", "birth_date": birth_date}


def _candidate(
    serial: int, person: Fields, unit: DemoUnit, note: str, *parts: Fields, **own: str
) -> DemoCandidate:
    """A registration; what stands further right in ``parts`` and ``own`` holds, an empty text leaves a field out."""
    site = _site_of(unit)
    fields: Fields = {
        "registration_number": f"2020{site}{serial:05d}",
        "user_name": f"ceshi{serial:02d}",
        "region_code": "12",
        "region_name": "天津考区",
        "site_code": site,
        "site_name": SITES[site],
        **unit.registering,
        **person,
        "ethnicity": "汉族",
        "id_type": "居民身份证",
        "id_number": identity_number(person["birth_date"], serial, woman=person["sex"] == _WOMAN),
        "service_status": "非军人",
        "major": "临床医学",
        "diploma_number": f"SAMPLE{serial:06d}",
        "fresh_graduate": "否",
        "in_study": "否",
        "graduating_now": "否",
        "studied_abroad": "否",
        "is_assistant": "否",
        **unit.working,
        "phone": f"100{serial:08d}",
        "email": f"ceshi{serial:02d}@example.invalid",
        "passed_before": "否",
        "skills_kept": "否",
        "status": "报名成功",
        "registered_at": f"2020-01-{9 + serial % 12:02d} {8 + serial % 14:02d}:{serial * 7 % 60:02d}:05",
    }
    for part in (*parts, own):
        fields |= part
    if fields["is_assistant"] == "是":
        fields |= {
            "assistant_certificate": f"SAMPLE-ZG-{serial:03d}",
            "assistant_licence": f"SAMPLE-ZY-{serial:03d}",
        }
    return DemoCandidate({code: value for code, value in fields.items() if value}, note)


def _permit(id_type: str, id_number: str, permit_number: str) -> Fields:
    return {"id_type": id_type, "id_number": id_number, "permit_number": permit_number, "ethnicity": ""}


_DENTISTRY: Fields = {"major": "口腔医学"}
_PREVENTION: Fields = {"major": "预防医学"}
_CHINESE: Fields = {"major": "中医学"}

CANDIDATES: tuple[DemoCandidate, ...] = (
    # Site 1201
    _candidate(1, _woman("测试安", "1995-02-03"), units.HOSPITAL_1, "三级甲等医院试用",
        kinds.CLINICAL, kinds.BACHELOR, kinds.PROBATION),
    _candidate(2, _man("测试宁", "1994-11-20"), units.MATERNITY, "二级医院试用，要交机构许可证",
        kinds.CLINICAL, kinds.BACHELOR, kinds.PROBATION),
    _candidate(3, _woman("测试和", "1996-05-17"), units.COMMUNITY, "专科报考助理医师",
        kinds.CLINICAL_ASSISTANT, kinds.JUNIOR_COLLEGE, kinds.PROBATION),
    _candidate(4, _woman("演示清", "1996-08-08"), units.HOSPITAL_1, "应届毕业生，试用未满一年",
        kinds.CLINICAL, kinds.BACHELOR, kinds.FRESH),
    _candidate(5, _man("演示远", "1992-03-30"), units.HOSPITAL_1, "硕士学历报考",
        kinds.CLINICAL, kinds.MASTER, kinds.PROBATION),
    _candidate(6, _woman("演示舟", "1995-12-01"), units.UNIVERSITY, "在读研究生，以本科学历报考",
        kinds.CLINICAL, kinds.BACHELOR, kinds.IN_STUDY, units.HOSPITAL_1.working),
    _candidate(7, _man("测试松", "1994-07-14"), units.UNIVERSITY, "当年毕业的硕士研究生",
        kinds.CLINICAL, kinds.MASTER, kinds.GRADUATING, units.HOSPITAL_1.working),
    _candidate(8, _woman("测试竹", "1995-09-09"), units.DENTISTS, "口腔门诊部试用，机构手工录入",
        kinds.DENTAL, kinds.BACHELOR, kinds.PROBATION, kinds.TYPED, _DENTISTRY),
    _candidate(9, _woman("测试梅", "1990-04-25"), units.DENTISTS, "助理医师升考，变更过注册",
        kinds.DENTAL, kinds.JUNIOR_COLLEGE, kinds.ASSISTANT_MOVED, _DENTISTRY, study_form="成人教育"),
    _candidate(10, _woman("测试兰", "1995-01-11"), units.TCM_HOSPITAL, "中医本科",
        kinds.TCM, kinds.BACHELOR_TCM, kinds.PROBATION, _CHINESE),
    _candidate(11, _man("演示菊", "1985-10-02"), units.TCM_HOSPITAL, "师承出师，没有毕业证书要求",
        kinds.TCM_ASSISTANT, kinds.APPRENTICE, kinds.PROBATION, category_code="241", major="",
        diploma_number=""),
    _candidate(12, _man("演示山", "1994-06-06"), units.CDC, "疾控中心试用",
        kinds.PUBLIC_HEALTH, kinds.BACHELOR, kinds.PROBATION, _PREVENTION),
    _candidate(13, _man("演示云", "1993-08-19"), units.HOSPITAL_1, "香港居民，凭通行证",
        kinds.CLINICAL, kinds.BACHELOR, kinds.PROBATION, _permit("香港身份证", "Z990013(0)", "H09900013")),
    _candidate(14, _woman("演示雨", "1991-02-28"), units.MATERNITY, "有曾用名",
        kinds.CLINICAL, kinds.BACHELOR, kinds.PROBATION, former_name="演示小雨"),
    _candidate(15, _woman("测试·阿依", "1995-03-21"), units.HOSPITAL_1, "少数民族姓名，往年已审核通过",
        kinds.CLINICAL, kinds.BACHELOR, kinds.PROBATION, ethnicity="维吾尔族", passed_before="是"),
    _candidate(16, _woman("测试晴", "1989-12-12"), units.COMMUNITY, "外省中专，助理医师升考",
        kinds.CLINICAL, kinds.SECONDARY_ELSEWHERE, kinds.ASSISTANT),
    _candidate(17, _man("测试春", "1991-05-05"), units.HOSPITAL_1, "博士学历报考",
        kinds.CLINICAL, kinds.DOCTOR, kinds.PROBATION),
    _candidate(18, _woman("演示夏", "1993-10-30"), units.TCM_HOSPITAL, "中西医结合，实践技能成绩保留",
        kinds.INTEGRATED, kinds.BACHELOR_TCM, kinds.PROBATION, major="中西医临床医学", skills_kept="是"),
    _candidate(19, _man("演示秋", "1988-01-16"), units.HOSPITAL_1, "境外学历，凭认证书",
        kinds.CLINICAL, kinds.ABROAD, kinds.PROBATION),
    _candidate(20, _man("测试冬", "1987-11-11"), units.CDC, "公共卫生，助理医师升考",
        kinds.PUBLIC_HEALTH, kinds.JUNIOR_COLLEGE, kinds.ASSISTANT, _PREVENTION),
    _candidate(21, _woman("测试星", "1996-02-29"), units.DENTISTS, "口腔助理医师",
        kinds.DENTAL_ASSISTANT, kinds.JUNIOR_COLLEGE, kinds.PROBATION, _DENTISTRY),
    _candidate(22, _man("演示朗", "1995-07-07"), units.UNIVERSITY, "当年毕业的博士研究生",
        kinds.CLINICAL, kinds.DOCTOR, kinds.GRADUATING, units.TCM_HOSPITAL.working),
    _candidate(23, _woman("演示月", "1994-09-15"), units.HOSPITAL_1, "澳门居民，凭居住证",
        kinds.CLINICAL, kinds.BACHELOR, kinds.PROBATION,
        id_type="港澳台居民居住证", permit_number="M09900023", ethnicity=""),
    _candidate(24, _man("测试江", "1995-04-04"), units.HOSPITAL_1, "军队文职人员",
        kinds.CLINICAL, kinds.BACHELOR, kinds.PROBATION, service_status="军队文职人员"),
    # Site 1202
    _candidate(25, _man("测试河", "1994-02-14"), units.HOSPITAL_2, "三级甲等医院试用",
        kinds.CLINICAL, kinds.BACHELOR, kinds.PROBATION),
    _candidate(26, _woman("测试海", "1993-06-18"), units.DISTRICT_HOSPITAL, "二级医院试用，要交机构许可证",
        kinds.CLINICAL, kinds.BACHELOR, kinds.PROBATION),
    _candidate(27, _woman("演示湖", "1989-08-23"), units.TOWNSHIP, "助理医师升考",
        kinds.CLINICAL, kinds.JUNIOR_COLLEGE, kinds.ASSISTANT),
    _candidate(28, _man("演示岳", "1994-12-24"), units.MILITARY_HOSPITAL, "现役军人",
        kinds.CLINICAL, kinds.BACHELOR, kinds.PROBATION, kinds.MILITARY),
    _candidate(29, _woman("测试林", "1995-10-10"), units.DENTAL_HOSPITAL, "三级乙等口腔医院试用",
        kinds.DENTAL, kinds.BACHELOR, kinds.PROBATION, _DENTISTRY),
    _candidate(30, _man("测试木", "1986-03-08"), units.TOWNSHIP, "外省中专，乡村全科，机构手工录入",
        kinds.RURAL, kinds.SECONDARY_ELSEWHERE, kinds.PROBATION, kinds.TYPED,
        workplace="示例村卫生室", workplace_kind="村卫生室", workplace_grade="未定级"),
    _candidate(31, _man("SAMPLE ALEX DEMO", "1990-09-01"), units.HOSPITAL_2, "外籍，凭护照",
        kinds.CLINICAL, kinds.BACHELOR, kinds.PROBATION, id_type="外籍护照", id_number="DEMO990031",
        ethnicity=""),
    _candidate(32, _woman("演示禾", "1992-05-27"), units.HOSPITAL_2, "台湾居民，凭通行证，境外学历",
        kinds.CLINICAL, kinds.ABROAD, kinds.PROBATION, _permit("台湾身份证", "Z990000032", "09900032"),
        school="示例大学（台湾）", school_province="台湾省"),
    _candidate(33, _man("演示田", "1996-01-01"), units.HOSPITAL_2, "应届毕业生，三级甲等医院由手工录入",
        kinds.CLINICAL, kinds.BACHELOR, kinds.FRESH, kinds.TYPED),
    _candidate(34, _man("测试岩", "1984-07-19"), units.TOWNSHIP, "确有专长",
        kinds.TCM_ASSISTANT, kinds.APPRENTICE, kinds.PROBATION, category_code="241", major="",
        diploma_number=""),
    _candidate(35, _woman("测试溪", "1990-11-03"), units.DISTRICT_HOSPITAL, "助理医师升考，变更过注册，有曾用名",
        kinds.CLINICAL, kinds.SECONDARY, kinds.ASSISTANT_MOVED, former_name="测试小溪"),
    _candidate(36, _man("演示桥", "1994-04-16"), units.HOSPITAL_2, "在读研究生，长学制",
        kinds.CLINICAL, kinds.BACHELOR, kinds.IN_STUDY, study_years="8"),
    _candidate(37, _woman("演示帆", "1995-05-30"), units.DENTAL_HOSPITAL, "口腔硕士，澳门居民，凭通行证",
        kinds.DENTAL, kinds.MASTER, kinds.PROBATION, _DENTISTRY,
        _permit("澳门身份证", "99900037", "M09900037")),
    _candidate(38, _man("测试·格根", "1993-02-22"), units.DISTRICT_HOSPITAL, "民族医",
        kinds.ETHNIC, kinds.BACHELOR, kinds.PROBATION, major="蒙医学", ethnicity="蒙古族",
        school="示例民族大学", school_province="内蒙古自治区"),
    _candidate(39, _woman("测试苗", "1996-06-26"), units.TOWNSHIP, "公共卫生助理医师，网络教育",
        kinds.PUBLIC_HEALTH_ASSISTANT, kinds.JUNIOR_COLLEGE, kinds.PROBATION, _PREVENTION,
        study_form="网络教育"),
    _candidate(40, _man("演示石", "1992-12-31"), units.DISTRICT_HOSPITAL, "中医专科，助理医师",
        kinds.TCM_ASSISTANT, kinds.JUNIOR_COLLEGE, kinds.PROBATION, _CHINESE,
        school="示例中医药专科学校", school_province="山东省"),
)  # fmt: skip


def candidate_of(number: str) -> DemoCandidate | None:
    """The person with this registration number."""
    return next((one for one in CANDIDATES if one.number == number), None)

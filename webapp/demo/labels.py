"""How the registration site groups a record, and what it calls each field; a test holds the names to the product's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_GROUPS = {
    "基本信息": """
        name 姓名 | former_name 曾用名 | sex 性别 | ethnicity 民族 | birth_date 出生日期 | id_type 证件类型
        | id_number 证件编号 | permit_number 往来内地(大陆)通行证编号 | service_status 本人身份
        """,
    "联系方式": "phone 联系电话 | email 电子邮箱",
    "报考信息": """
        region_name 考区名称 | site_name 考点名称 | unit_name 报名单位名称 | unit_phone 报名单位联系电话
        | level 报考级别 | category 报考类别 | category_code 类别代码 | basis 学历依据
        | passed_before 往年已审核通过 | skills_kept 实践技能成绩保留
        """,
    "教育经历": """
        education 报考学历 | study_form 学习形式 | degree 学位 | school 毕业学校 | school_province 学校所在省
        | major 毕业专业 | study_years 学制 | graduated 毕业年月 | diploma_number 毕业证书编号
        | fresh_graduate 应届毕业生 | in_study 在读研究生 | graduating_now 当年毕业研究生 | studied_abroad 境外学历
        """,
    "工作情况": """
        workplace 试用(工作)机构名称 | workplace_code 机构代码 | workplace_kind 机构类别 | workplace_grade 机构等级
        | workplace_typed 手工录入 | probation_period 试用起止年月
        """,
    "证书情况": """
        is_assistant 是否执业助理医师 | assistant_certificate 助理资格证书编码 | assistant_licence 助理执业证书编码
        | first_licensed 首次注册年月 | licence_moved 有变更注册
        """,
}


def _read(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (part.split() for part in text.split("|"))
    return tuple((code, name) for code, name in pairs)


GROUPS = {title: _read(text) for title, text in _GROUPS.items()}


@dataclass(frozen=True)
class Group:
    """A titled list of (name of the field, its value)."""

    title: str
    facts: tuple[tuple[str, str], ...]


def grouped(record: Mapping[str, str]) -> tuple[Group, ...]:
    """The filled fields of a record as people read them."""
    return tuple(
        Group(title, tuple((name, record[code]) for code, name in fields if record.get(code)))
        for title, fields in GROUPS.items()
    )

"""The fields of a registration: stable codes, the columns in which they come, and the values they may have.

A record is a ``Mapping[str, str]`` keyed by the codes here; a missing key is an empty field. Values are kept
as the registration system writes them (``执业医师``, ``是``), so that what people compare with a document is
what was registered. An exam may bring its own closed list for a field: see :func:`with_choices`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from webapp.rules import field_values
from webapp.rules.field_values import Choice
from webapp.rules.words import Words

Record = Mapping[str, str]


class Kind(StrEnum):
    """How a field's text is written once it has been read from a row."""

    TEXT = "text"
    CHOICE = "choice"
    """One value of a closed list."""
    DATE = "date"
    """``1995-02-03``."""
    MONTH = "month"
    """``2018-07``."""
    PERIOD = "period"
    """Two months, ``2019-02/2020-04`` (the interval form of ISO 8601)."""
    MOMENT = "moment"
    """``2020-01-12 09:31:05`` in the exam's time zone."""


@dataclass(frozen=True)
class Field:
    """One field. ``required``: a row without it is an error, because matching or a condition rests on it."""

    code: str
    names: Words
    kind: Kind = Kind.TEXT
    choices: tuple[Choice, ...] = ()
    required: bool = False

    @property
    def column(self) -> str:
        """The heading of the field's column in the registration system's tables."""
        return self.names.zh_hans

    @property
    def values(self) -> frozenset[str]:
        """The values that are allowed; none for a field without a closed list."""
        return frozenset(choice.value for choice in self.choices)

    def value_said_in(self, language: str, value: str) -> str:
        """``value`` as people read it; an unlisted value stands for itself."""
        return next(
            (choice.words.said_in(language) for choice in self.choices if choice.value == value), value
        )


Fields = Mapping[str, Field]


def _text(
    code: str, column: str, hant: str, en: str, kind: Kind = Kind.TEXT, *, required: bool = False
) -> Field:
    return Field(code, Words(column, hant, en), kind, required=required)


def _choice(
    code: str, column: str, hant: str, en: str, choices: tuple[Choice, ...], *, required: bool = False
) -> Field:
    return Field(code, Words(column, hant, en), Kind.CHOICE, choices, required)


def _yes_no(code: str, column: str, hant: str, en: str, *, required: bool = False) -> Field:
    return _choice(code, column, hant, en, field_values.YES_NO, required=required)


_ALL = (
    _text("registration_number", "报名序号", "報名序號", "Registration number", required=True),
    _text(
        "user_name", "报名系统用户名", "報名系統用戶名", "User name in the registration system", required=True
    ),
    _text("region_code", "考区代码", "考區代碼", "Exam region code"),
    _text("region_name", "考区名称", "考區名稱", "Exam region"),
    _text("site_code", "考点代码", "考點代碼", "Exam site code", required=True),
    _text("site_name", "考点名称", "考點名稱", "Exam site"),
    _text("unit_code", "报名单位代码", "報名單位代碼", "Registration unit code"),
    _text("unit_name", "报名单位名称", "報名單位名稱", "Registration unit"),
    _text("unit_phone", "报名单位联系电话", "報名單位聯繫電話", "Telephone of the registration unit"),
    _text("name", "姓名", "姓名", "Name", required=True),
    _text("former_name", "曾用名", "曾用名", "Former name"),
    _choice("sex", "性别", "性別", "Sex", field_values.SEXES),
    _text("ethnicity", "民族", "民族", "Ethnic group"),
    _text("birth_date", "出生日期", "出生日期", "Date of birth", Kind.DATE),
    _choice(
        "id_type", "证件类型", "證件類型", "Type of identity document", field_values.ID_TYPES, required=True
    ),
    _text("id_number", "证件编号", "證件編號", "Number of the identity document", required=True),
    _text(
        "permit_number",
        "往来内地(大陆)通行证编号",
        "往來內地(大陸)通行證編號",
        "Mainland travel permit number",
    ),
    _choice("service_status", "本人身份", "本人身份", "Military status", field_values.SERVICE_STATUSES),
    _choice("level", "报考级别", "報考級別", "Level applied for", field_values.LEVELS, required=True),
    _choice(
        "category", "报考类别", "報考類別", "Category applied for", field_values.CATEGORIES, required=True
    ),
    _text("category_code", "类别代码", "類別代碼", "Category code"),
    _choice("basis", "学历依据", "學歷依據", "Basis of eligibility", field_values.BASES, required=True),
    _choice("education", "报考学历", "報考學歷", "Education applied with", field_values.EDUCATIONS),
    _choice("study_form", "学习形式", "學習形式", "Form of study", field_values.STUDY_FORMS),
    _choice("degree", "学位", "學位", "Degree", field_values.DEGREES),
    _text("school", "毕业学校", "畢業學校", "School"),
    _choice("school_province", "学校所在省", "學校所在省", "Province of the school", field_values.PROVINCES),
    _text("major", "毕业专业", "畢業專業", "Major"),
    _text("study_years", "学制", "學制", "Length of study in years"),
    _text("graduated", "毕业年月", "畢業年月", "Month of graduation", Kind.MONTH),
    _text("diploma_number", "毕业证书编号", "畢業證書編號", "Diploma number"),
    _yes_no("fresh_graduate", "应届毕业生", "應屆畢業生", "Graduate of the previous year", required=True),
    _yes_no("in_study", "在读研究生", "在讀研究生", "Postgraduate in study", required=True),
    _yes_no(
        "graduating_now",
        "当年毕业研究生",
        "當年畢業研究生",
        "Postgraduate graduating this year",
        required=True,
    ),
    _yes_no("studied_abroad", "境外学历", "境外學歷", "Educated abroad"),
    _yes_no("is_assistant", "是否执业助理医师", "是否執業助理醫師", "Assistant physician", required=True),
    _text(
        "assistant_certificate",
        "助理资格证书编码",
        "助理資格證書編碼",
        "Assistant qualification certificate number",
    ),
    _text("assistant_licence", "助理执业证书编码", "助理執業證書編碼", "Assistant practice licence number"),
    _text(
        "first_licensed",
        "首次注册年月",
        "首次註冊年月",
        "Month of first registration to practise",
        Kind.MONTH,
    ),
    _yes_no("licence_moved", "有变更注册", "有變更註冊", "Registration to practise was changed"),
    _text("workplace", "试用(工作)机构名称", "試用(工作)機構名稱", "Institution of probation or work"),
    _text("workplace_code", "机构代码", "機構代碼", "Institution code"),
    _choice("workplace_kind", "机构类别", "機構類別", "Kind of institution", field_values.WORKPLACE_KINDS),
    _choice("workplace_grade", "机构等级", "機構等級", "Grade of institution", field_values.WORKPLACE_GRADES),
    _yes_no("workplace_typed", "手工录入", "手工錄入", "Institution typed by hand"),
    _text("probation_period", "试用起止年月", "試用起止年月", "Months of probation", Kind.PERIOD),
    _text("phone", "联系电话", "聯繫電話", "Telephone"),
    _text("email", "电子邮箱", "電子郵箱", "E-mail"),
    _yes_no("passed_before", "往年已审核通过", "往年已審核通過", "Passed review in an earlier year"),
    _yes_no("skills_kept", "实践技能成绩保留", "實踐技能成績保留", "Skills result kept"),
    _choice("status", "报名状态", "報名狀態", "Registration status", field_values.STATUSES, required=True),
    _text("registered_at", "报名时间", "報名時間", "Registered at", Kind.MOMENT),
)

FIELDS: Fields = MappingProxyType({field.code: field for field in _ALL})


def with_choices(fields: Fields, lists: Mapping[str, tuple[Choice, ...]]) -> Fields:
    """``fields`` with the closed lists in ``lists``, by field; a field of free text becomes a choice."""
    changed = {
        code: replace(fields[code], kind=Kind.CHOICE, choices=choices) for code, choices in lists.items()
    }
    return MappingProxyType({**fields, **changed})


def column_key(heading: str) -> str:
    """The form in which two headings are the same: width and blanks do not matter."""
    closed_up = "".join(unicodedata.normalize("NFKC", heading).split())
    # A mark that stood apart may now belong to the letter before it.
    return unicodedata.normalize("NFKC", closed_up)


def by_column(fields: Fields) -> Mapping[str, Field]:
    """The fields by :func:`column_key` of their columns' headings."""
    return MappingProxyType({column_key(field.column): field for field in fields.values()})

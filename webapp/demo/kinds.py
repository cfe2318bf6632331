"""What registrations of one kind have in common: what is applied for, with which education, by which way.

Values are those of the registration system's closed lists; a test holds them against the product's.
"""

from __future__ import annotations

Fields = dict[str, str]


def _applying(level: str, category: str, code: str) -> Fields:
    return {"level": level, "category": category, "category_code": code}


CLINICAL = _applying("执业医师", "临床", "110")
CLINICAL_ASSISTANT = _applying("执业助理医师", "临床", "210")
DENTAL = _applying("执业医师", "口腔", "120")
DENTAL_ASSISTANT = _applying("执业助理医师", "口腔", "220")
PUBLIC_HEALTH = _applying("执业医师", "公共卫生", "130")
PUBLIC_HEALTH_ASSISTANT = _applying("执业助理医师", "公共卫生", "230")
TCM = _applying("执业医师", "中医", "140")
TCM_ASSISTANT = _applying("执业助理医师", "中医", "240")
INTEGRATED = _applying("执业医师", "中西医结合", "150")
ETHNIC = _applying("执业医师", "民族医", "")
RURAL = _applying("执业助理医师", "乡村全科", "")


def _educated(
    education: str, degree: str, school: str, province: str, *, years: str, graduated: str
) -> Fields:
    return {
        "basis": "规定学历",
        "education": education,
        "study_form": "普通全日制",
        "degree": degree,
        "school": school,
        "school_province": province,
        "study_years": years,
        "graduated": graduated,
    }


BACHELOR = _educated("本科", "学士", "示例医科大学", "天津市", years="5", graduated="2018-07")
BACHELOR_TCM = _educated("本科", "学士", "示例中医药大学", "天津市", years="5", graduated="2018-07")
JUNIOR_COLLEGE = _educated("专科", "无", "示例医学高等专科学校", "河北省", years="3", graduated="2017-07")
SECONDARY = _educated("中专", "无", "示例卫生学校", "天津市", years="3", graduated="2013-07")
SECONDARY_ELSEWHERE = _educated("中专", "无", "示例县卫生学校", "河北省", years="3", graduated="2012-07")
MASTER = _educated("硕士", "硕士", "示例医科大学", "天津市", years="3", graduated="2018-07")
DOCTOR = _educated("博士", "博士", "示例医科大学", "北京市", years="3", graduated="2018-07")
ABROAD = _educated("本科", "学士", "Sample University", "境外", years="6", graduated="2017-06") | {
    "studied_abroad": "是"
}
APPRENTICE: Fields = {"basis": "师承或确有专长"}

PROBATION: Fields = {"probation_period": "2019-02/2020-04"}
FRESH: Fields = {"graduated": "2019-07", "fresh_graduate": "是", "probation_period": "2019-08/2020-04"}
IN_STUDY: Fields = {"in_study": "是"}
GRADUATING: Fields = {"graduating_now": "是", "graduated": "2020-07", "diploma_number": ""}
ASSISTANT: Fields = {
    "is_assistant": "是",
    "first_licensed": "2015-03",
    "licence_moved": "否",
}
ASSISTANT_MOVED = ASSISTANT | {"licence_moved": "是"}
MILITARY: Fields = {"service_status": "现役军人"}
TYPED: Fields = {"workplace_code": "", "workplace_typed": "是"}

"""Registrations as the registration system would hand them over; all people and numbers are made up."""

from __future__ import annotations

from datetime import date, timedelta

from webapp.actions.take_registrations import take_registrations
from webapp.records import Candidate
from webapp.records.reading.exams import open_exam

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"


def id_number(serial: int, birth: str = "19950203") -> str:
    """A mainland identity number of a place that does not exist, with a valid check digit (GB 11643).

    ``serial``: up to 999, as many as are born on one day.
    """
    body = f"990101{birth}{serial:03d}"
    return body + CHECK[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def sample_record(serial: int, user_name: str, site: str = "1201", **changes: str) -> dict[str, str]:
    """A clinical bachelor with a year of probation; ``changes`` by field code, an empty text leaves a field out."""
    born = date(1995, 2, 3) + timedelta(days=serial // 1_000)
    given = {
        "registration_number": f"2020{site}{serial:06d}",
        "user_name": user_name,
        "region_code": "12",
        "site_code": site,
        "unit_code": "D0001",
        "unit_name": "示例市第一医院（虚构）",
        "unit_phone": "022-00000001",
        "name": "测试甲",
        "sex": "女",
        "ethnicity": "汉族",
        "birth_date": born.isoformat(),
        "id_type": "居民身份证",
        "id_number": id_number(serial % 1_000, f"{born:%Y%m%d}"),
        "service_status": "非军人",
        "level": "执业医师",
        "category": "临床",
        "category_code": "110",
        "basis": "规定学历",
        "education": "本科",
        "study_form": "普通全日制",
        "degree": "学士",
        "school": "示例医科大学",
        "school_province": "天津市",
        "major": "临床医学",
        "study_years": "5",
        "graduated": "2018-07",
        "diploma_number": f"SAMPLE{serial:06d}",
        "fresh_graduate": "否",
        "in_study": "否",
        "graduating_now": "否",
        "is_assistant": "否",
        "workplace": "示例市第一医院",
        "workplace_code": "SAMPLE01",
        "workplace_kind": "医院",
        "workplace_grade": "三级甲等",
        "workplace_typed": "否",
        "probation_period": "2019-02/2020-04",
        "phone": f"100{serial:08d}",
        "passed_before": "否",
        "skills_kept": "否",
        "status": "报名成功",
        "registered_at": "2020-01-12 09:31:05",
        **changes,
    }
    return {code: value for code, value in given.items() if value}


async def registered(user_name: str, site: str = "1201", **changes: str) -> Candidate:
    """A candidate whom the registration system has handed over, with a case; not activated yet."""
    exam = await open_exam()
    record = sample_record(await Candidate.all().count() + 1, user_name, site, **changes)
    taken = await take_registrations(exam, [record], by="operator")
    assert (taken.added, taken.failed) == (1, [])
    return await Candidate.get(exam_id=exam.id, registration_number=record["registration_number"])

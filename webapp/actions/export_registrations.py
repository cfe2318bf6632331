"""Tables for those who import registrations: the empty template, a filled example, the rows of a file that failed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from webapp.records.reading.exams import OpenExam
from webapp.rules.fields import Record
from webapp.sheets.writing import BYTE_ORDER_MARK, csv_rows
from webapp.sheets.writing_workbooks import Page, workbook_of

EXAMPLES: Sequence[Record] = (
    {
        "registration_number": "2020120100017", "user_name": "ceshi017", "region_code": "12", "region_name": "天津考区",
        "unit_code": "D0001", "unit_name": "示例市第一医院（虚构）", "unit_phone": "022-00000001", "name": "测试甲",
        "sex": "女", "ethnicity": "汉族", "birth_date": "1995-02-03", "id_type": "居民身份证",
        "id_number": "990101199502030018", "service_status": "非军人", "level": "执业医师", "category": "临床",
        "category_code": "110", "basis": "规定学历", "education": "本科", "study_form": "普通全日制", "degree": "学士",
        "school": "示例医科大学", "school_province": "天津市", "major": "临床医学", "study_years": "5",
        "graduated": "2018-07", "diploma_number": "SAMPLE000001", "fresh_graduate": "否", "in_study": "否",
        "graduating_now": "否", "is_assistant": "否", "workplace": "示例市第一医院", "workplace_code": "SAMPLE01",
        "workplace_kind": "医院", "workplace_grade": "三级甲等", "workplace_typed": "否",
        "probation_period": "2019-02/2020-04", "phone": "10000000001", "email": "a@example.invalid",
        "passed_before": "否", "skills_kept": "否", "status": "报名成功", "registered_at": "2020-01-12 09:31:05",
    },
    {
        "registration_number": "2020120700342", "user_name": "ceshi342", "region_code": "12", "region_name": "天津考区",
        "unit_code": "D0042", "unit_name": "示例口腔门诊部（虚构）", "unit_phone": "022-00000042",
        "name": "测试乙·样例", "former_name": "测试丙", "sex": "男", "ethnicity": "满族", "birth_date": "1988-06-30",
        "id_type": "居民身份证", "id_number": "990101198806300035", "service_status": "非军人", "level": "执业医师",
        "category": "口腔", "category_code": "120", "basis": "规定学历", "education": "专科", "study_form": "成人教育",
        "degree": "无", "school": "示例医学高等专科学校", "school_province": "河北省", "major": "口腔医学",
        "study_years": "3", "graduated": "2011-07", "diploma_number": "SAMPLE000342", "fresh_graduate": "否",
        "in_study": "否", "graduating_now": "否", "is_assistant": "是", "assistant_certificate": "SAMPLE-ZG-342",
        "assistant_licence": "SAMPLE-ZY-342", "first_licensed": "2016-03", "licence_moved": "是",
        "workplace": "示例口腔门诊部", "workplace_code": "SAMPLE42", "workplace_kind": "门诊部",
        "workplace_grade": "未定级", "workplace_typed": "是", "phone": "10000000042", "email": "b@example.invalid",
        "passed_before": "是", "skills_kept": "否", "status": "报名成功", "registered_at": "2020-01-20 23:47:12",
    },
)  # fmt: skip
"""Two made-up people of the region code 990101, which does not exist."""


async def template(
    exam: OpenExam, pages: tuple[str, str], about: Sequence[Sequence[str]], *, filled: bool
) -> bytes:
    """An .xlsx with all columns, and what may stand in them on a second sheet.

    ``pages``: the names of both sheets; ``about``: the second one's headings and rows; ``filled``: with two examples.
    """
    fields = exam.package.fields
    rows = [[record.get(code, "") for code in fields] for record in _examples(exam)] if filled else []
    headings = [f"{field.column}*" if field.required else field.column for field in fields.values()]
    sheets = [Page(pages[0], headings, rows), Page(pages[1], about[0], about[1:])]
    return await asyncio.to_thread(workbook_of, sheets)


def _examples(exam: OpenExam) -> list[Record]:
    """At sites of this exam."""
    sites = (exam.sites[0], exam.sites[-1])
    return [
        {**record, "site_code": site.code, "site_name": exam.in_language(site.name, "zh-Hans")}
        for record, site in zip(EXAMPLES, sites, strict=True)
    ]


async def failed_table(
    exam: OpenExam,
    places: Mapping[str, int],
    more: tuple[str, str],
    rows: Sequence[tuple[int, Mapping[str, str], str]],
    *,
    as_text: bool,
) -> bytes:
    """Rows as they stood in the file, in its order of columns, so that they can be mended and uploaded by themselves.

    ``more``: the headings of two columns behind them, for line and reasons, which a later import does not read;
    ``rows``: (line, cells by field, reasons). ``as_text``: a .csv instead of an .xlsx.
    """
    codes = sorted(places, key=lambda code: places[code])
    headings = [*(exam.package.fields[code].column for code in codes), *more]
    told = [[*(cells.get(code, "") for code in codes), str(line), why] for line, cells, why in rows]
    if as_text:
        return BYTE_ORDER_MARK + await asyncio.to_thread(csv_rows, [headings, *told])
    return await asyncio.to_thread(workbook_of, [Page("Sheet1", headings, told)])

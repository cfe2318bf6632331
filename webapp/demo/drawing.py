"""Drawn documents as photos of a phone: for each place of each material a paper with a person's particulars on it.

The same person and place give the same bytes on one machine, so that a build that is repeated uploads the same again.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw

from webapp.demo.lettering import write
from webapp.demo.papers import LOOKS, MARGIN, scene

_TITLE = 62


@dataclass(frozen=True)
class Paper:
    """What stands on a document: its kind, its title, and which fields of the record are written on it."""

    kind: str
    title: str
    fields: tuple[str, ...] = ("name", "id_number")


_SCHOOLING = ("name", "school", "major", "graduated", "diploma_number")
_WORK = ("name", "id_number", "category", "workplace", "probation_period")
_PRACTICE = ("name", "category", "workplace", "first_licensed", "assistant_licence")
_IDENTITY = ("name", "sex", "ethnicity", "birth_date", "id_number")
_PERMIT = ("name", "birth_date", "permit_number", "id_number")

PAPERS: dict[str, tuple[Paper, ...]] = {
    "ID.front": (Paper("card", "", _IDENTITY),),
    "ID.back": (Paper("card back", "示例证件", ("site_name",)),),
    "ID.holding": (Paper("holding", "", ("name", "id_number")),),
    "ID.information": (Paper("booklet", "PASSPORT", _IDENTITY),),
    "ID.cover": (Paper("cover", "示例护照", ()),),
    "DIPLOMA.page": (Paper("certificate", "毕业证书", _SCHOOLING),),
    "EDU_CHECK.page": (Paper("printout", "学历证书电子注册备案表", _SCHOOLING),),
    "PROBATION.page": (Paper("form", "试用期考核证明", _WORK),),
    "PRACTICE.page": (Paper("form", "执业期考核证明", _PRACTICE),),
    "ASST_QUAL.page": (Paper("booklet", "医师资格证书", ("name", "id_number", "assistant_certificate")),),
    "ASST_LIC.page": (
        Paper("booklet", "医师执业证书", ("name", "assistant_licence", "category")),
        Paper("booklet", "执业地点和范围", ("workplace", "first_licensed", "licence_moved")),
    ),
    "FIRST_REG.page": (Paper("letter", "首次执业注册证明", ("name", "assistant_licence", "first_licensed")),),
    "ORG_LIC.page": (Paper("certificate", "医疗机构执业许可证", ("workplace", "workplace_kind", "workplace_grade")),),
    "PLEDGE.page": (Paper("letter", "应届毕业生报考承诺书", ("name", "id_number", "graduated")),),
    "STUDENT.page": (
        Paper("booklet", "学生证", ("name", "school", "major")),
        Paper("letter", "在读研究生证明", ("name", "school", "major", "study_years")),
    ),
    "DEGREE.page": (Paper("certificate", "学位证书", ("name", "school", "major", "degree")),),
    "GRAD_TRAIN.page": (Paper("form", "实践训练考核合格证明", ("name", "id_number", "school", "major")),),
    "ABROAD.page": (Paper("certificate", "国外学历学位认证书", ("name", "school", "degree", "graduated")),),
    "HMT_FOR.page": (Paper("form", "实习申请审核表", ("name", "id_type", "id_number", "school", "workplace")),),
    "MIL.page": (Paper("letter", "同意报考证明", ("name", "service_status", "category")),),
    "TCM_APPR.page": (Paper("certificate", "传统医学师承出师证书", ("name", "birth_date", "category")),),
    "SECVOC.page": (Paper("form", "毕业生名册", ("name", "school", "school_province", "major", "graduated")),),
    "NAME_CHG.page": (Paper("form", "户口簿本人页", ("name", "former_name", "id_number")),),
    "OTHER.page": (Paper("letter", "补充说明", ("name", "id_number")),),
}  # fmt: skip
"""By place (``MATERIAL.slot``); the second photo of a place shows the next paper where there is one."""

_LABELS = {
    "name": "姓名", "former_name": "曾用名", "sex": "性别", "ethnicity": "民族", "birth_date": "出生日期",
    "id_type": "证件类型", "id_number": "证件编号", "permit_number": "通行证号", "service_status": "本人身份",
    "category": "报考类别", "school": "学校", "school_province": "所在省", "major": "专业", "study_years": "学制",
    "graduated": "毕业年月", "diploma_number": "证书编号", "degree": "学位", "assistant_certificate": "资格证编码",
    "assistant_licence": "执业证编码", "first_licensed": "首次注册", "licence_moved": "变更注册",
    "workplace": "机构名称", "workplace_kind": "机构类别", "workplace_grade": "机构等级",
    "probation_period": "试用起止", "site_name": "签发机关",
}  # fmt: skip
# Where on each kind of paper the title's centre and the first line stand, and how far apart the lines are.
_PLACES = {
    "card": ((0, 0), (70, 90), 112),
    "card back": ((760, 170), (470, 540), 92),
    "holding": ((0, 0), (320, 1060), 90),
    "certificate": ((670, 130), (390, 310), 76),
    "form": ((505, 130), (90, 268), 80),
    "letter": ((505, 90), (110, 270), 66),
    "printout": ((505, 90), (100, 252), 76),
    "booklet": ((1020, 70), (752, 214), 74),
    "cover": ((440, 700), (0, 0), 0),
}


def draw_photo(place: str, index: int, record: Mapping[str, str]) -> bytes:
    """A JPEG of about 1600 x 1200: the ``index``-th photo at ``place`` (``MATERIAL.slot``) for this person."""
    papers = PAPERS[place]
    paper = papers[min(index, len(papers) - 1)]
    chance = random.Random(f"{record['registration_number']} {place} {index}")
    look = LOOKS[paper.kind]
    ink = Image.new("L", look.paper, 0)
    _write_on(ImageDraw.Draw(ink), paper, record)
    whole = scene(paper.kind).with_ink(ink)
    left, top = chance.randrange(2 * MARGIN), chance.randrange(2 * MARGIN)
    photo = whole.crop((left, top, left + look.photo[0], top + look.photo[1]))
    light = chance.uniform(0.9, 1.04)
    photo = photo.point([min(255, round(value * light)) for value in range(256)] * 3)
    written = BytesIO()
    photo.save(written, "JPEG", quality=look.quality)
    return written.getvalue()


def _write_on(draw: ImageDraw.ImageDraw, paper: Paper, record: Mapping[str, str]) -> None:
    title, (left, top), step = _PLACES[paper.kind]
    if paper.title:
        write(draw, title, paper.title, _TITLE, 255, centred=True)
    # A card that somebody holds is smaller, and its words with it.
    text, beside = (30, 130) if paper.kind == "holding" else (38, 176)
    for field in paper.fields:
        if value := record.get(field, ""):
            write(draw, (left, top), _LABELS[field], round(text * 0.8), 150)
            write(draw, (left + beside, top - 4), value, text, 240)
            top += step

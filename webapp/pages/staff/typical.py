"""Typical candidates, whose own lists staff look at: together they show every material in every form it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from webapp.pages.language import later
from webapp.rules.fields import Record

_PLAIN: Mapping[str, str] = {
    "id_type": "居民身份证",
    "service_status": "非军人",
    "level": "执业医师",
    "category": "临床",
    "basis": "规定学历",
    "education": "本科",
    "school_province": "天津市",
    "fresh_graduate": "否",
    "in_study": "否",
    "graduating_now": "否",
    "studied_abroad": "否",
    "is_assistant": "否",
    "workplace_kind": "医院",
    "workplace_grade": "三级甲等",
    "workplace_typed": "否",
}


@dataclass(frozen=True)
class Typical:
    """One kind: what people call it, and the fields on which conditions rest."""

    words: str
    record: Record


def _like(words: str, **other: str) -> Typical:
    """Somebody with a bachelor's degree at a large hospital, but for ``other``."""
    return Typical(words, {**_PLAIN, **other})


TYPICAL: Mapping[str, Typical] = {
    "plain": _like(later("本科，三级甲等医院试用")),
    "clinic": _like(
        later("门诊部试用，机构手工录入"),
        workplace_kind="门诊部",
        workplace_grade="未定级",
        workplace_typed="是",
    ),
    "assistant": _like(
        later("助理医师升考，变更过注册"), is_assistant="是", licence_moved="是", education="专科"
    ),
    "fresh": _like(later("应届毕业生"), fresh_graduate="是"),
    "in_study": _like(later("在读研究生"), in_study="是"),
    "graduating": _like(later("当年毕业的研究生"), graduating_now="是", education="硕士"),
    "master": _like(later("硕士学历"), education="硕士"),
    "abroad": _like(later("境外学历"), studied_abroad="是"),
    "apprentice": _like(later("师承或确有专长"), basis="师承或确有专长", education="", category="中医"),
    "secondary": _like(later("外省中专"), education="中专", school_province="河北省"),
    "soldier": _like(later("现役军人"), service_status="现役军人"),
    "former_name": _like(later("有曾用名"), former_name="曾用名"),
    "hong_kong": _like(later("香港身份证"), id_type="香港身份证"),
    "macao": _like(later("澳门身份证"), id_type="澳门身份证"),
    "taiwan": _like(later("台湾身份证"), id_type="台湾身份证"),
    "residence": _like(later("港澳台居民居住证"), id_type="港澳台居民居住证"),
    "foreign": _like(later("外籍护照，有曾用名"), id_type="外籍护照", former_name="FORMER NAME"),
}

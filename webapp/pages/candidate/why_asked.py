"""Why a material is on somebody's list, in words about themselves: by which fields of their own registration."""

from __future__ import annotations

from webapp.pages.candidate.record import said_value
from webapp.pages.language import _, current_language
from webapp.rules.catalogue import Concern, Requirement
from webapp.rules.conditions import grounds
from webapp.rules.fields import Fields, Record


def why_asked(concern: Concern, record: Record, fields: Fields) -> str:
    """One sentence: 因为您的报名信息中，学历依据是“国内学历”，报考学历是“大专”."""
    if concern.requirement is Requirement.REQUIRED:
        return _("每位考生都要上传。")
    if concern.requirement is Requirement.OPTIONAL or concern.material.when is None:
        return _("不传也可以提交。工作人员要求时再传，或您想多说明一些时用。")
    said = [_said(code, record, fields) for code in grounds(concern.material.when, record)]
    return _("因为您的报名信息中，%(facts)s。", facts=_("，").join(said))


def _said(code: str, record: Record, fields: Fields) -> str:
    field, value = fields[code], record.get(code, "")
    name = field.names.said_in(current_language())
    if not value:
        return _("没有填写%(field)s", field=name)
    return _("%(field)s是“%(value)s”", field=name, value=said_value(field, value))

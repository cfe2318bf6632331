"""The exam's rules as its package sets them, in words: how it reviews, how large, which passwords, which texts."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.pages.language import _
from webapp.pages.words import size_words
from webapp.records.reading.exams import OpenExam
from webapp.rules.exam_texts import Text
from webapp.rules.passwords import PasswordPolicy


@dataclass(frozen=True)
class TextShown:
    """One text that candidates read, with its version."""

    name: str
    version: str
    words: str


def rules_shown(exam: OpenExam, language: str) -> list[tuple[str, str]]:
    """Label and value of each rule."""
    package = exam.package
    return [
        (_("时区"), exam.time_zone),
        (_("审核开始"), _("截止以后开始审核") if exam.review_from == "bell" else _("提交以后即可审核")),
        (_("审核级别"), " → ".join(exam.level_names(language))),
        (_("登记过的照片"), _("截止后再收 %(n)s 分钟", n=package.grace_minutes)),
        (_("审核员领取"), _("%(n)s 分钟没有操作就放回", n=package.lease_minutes)),
        (_("图片上限"), _("每张 %(size)s", size=size_words(package.max_photo_bytes))),
        (_("原图上限"), _("每张 %(size)s，由系统缩小", size=size_words(package.max_original_bytes))),
        (_("考生密码"), _policy(package.candidate_password)),
        (_("工作人员密码"), _("%(policy)s，另要动态码", policy=_policy(package.staff_password))),
        (_("忘记密码"), _recovery(exam)),
        (
            _("保存期限"),
            _(
                "照片 %(photos)s 个月，审核记录 %(records)s 个月，查看记录 %(log)s 个月",
                photos=package.retention.photos_months,
                records=package.retention.records_months,
                log=package.retention.access_log_months,
            ),
        ),
    ]


def _policy(policy: PasswordPolicy) -> str:
    length = _("%(least)s 到 %(most)s 位", least=policy.least, most=policy.most)
    return _("%(length)s，同时有字母和数字", length=length) if policy.letter_and_digit else length


def _recovery(exam: OpenExam) -> str:
    recovery = exam.package.recovery
    if not recovery.by_answers:
        return _("从报名系统重新进入，或由考点发一次性验证码")
    return _(
        "从报名系统重新进入，或由考点发一次性验证码，"
        "或证件号加 %(n)s 个问题（每天 %(tries)s 次，%(minutes)s 分钟内设新密码）",
        n=recovery.asked,
        tries=recovery.tries_a_day,
        minutes=recovery.reset_minutes,
    )


def texts_shown(exam: OpenExam, language: str) -> list[TextShown]:
    """All that candidates are told or agree to, in the order in which they meet it."""
    texts = exam.package.texts

    def shown(name: str, text: Text) -> TextShown:
        return TextShown(name, text.version, text.words.said_in(language))

    consent = texts.consent
    parts = (consent.title, consent.purpose, consent.retention, consent.contact)
    gaps = {
        "months": str(exam.package.retention.photos_months),
        "site": _("〔考点名称〕"),
        "phone": _("〔考点电话〕"),
    }
    return [
        *(shown(_("激活时的须知"), text) for text in texts.activation_notices),
        TextShown(
            _("承诺"),
            texts.pledges.version,
            " ".join(item.said_in(language) for item in texts.pledges.items),
        ),
        TextShown(
            _("单独同意"),
            consent.version,
            " ".join(part.filled(**gaps).said_in(language) for part in parts),
        ),
        *(shown(_("材料页的注意事项"), text) for text in texts.materials_notices),
        shown(_("上传页的一句话"), texts.upload_line),
        shown(_("示例下的一句话"), texts.example_line),
    ]

"""Sentences for refusals, and moments as people say them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from babel.dates import format_date

from webapp.pages.language import LOCALES, _, current_language, later, translate
from webapp.rules.refusals import Refused
from webapp.rules.windows import local_moment

# code: (status, sentence). A test holds that every code that is raised stands here, and nothing else.
REFUSALS: Final[Mapping[str, tuple[int, str]]] = {
    "sign_in.wrong": (422, later("用户名或密码不正确。忘记密码时，可以打电话给考区。")),
    "sign_in.wrong_staff": (422, later("用户名、密码或动态码不正确。")),
    "sign_in.code_used": (422, later("这个动态码已经用过，等手机上换出下一个再登录。")),
    "sign_in.disabled": (403, later("这个账号已停用，可以联系本机构的管理员。")),
    "sign_in.missing": (422, later("用户名和密码都要填写。")),
    "sign_in.missing_staff": (422, later("用户名、密码和动态码都要填写。")),
    "enrol.missing": (422, later("用户名和启用码都要填写。")),
    "tries.wait": (429, later("试的次数太多，请在%(wait)s后再试。")),
    "enrol.wrong": (
        422,
        later("用户名或启用码不正确，或启用码已过期。可以向管理员要一个新的启用码。"),
    ),
    "enrol.totp_wrong": (422, later("动态码不正确。确认手机时间准确，再输入当前显示的 6 位数字。")),
    "ticket.broken": (422, later("这次没能进入。回到报名系统，再点一次“上传相关材料”。")),
    "ticket.foreign": (
        422,
        later("这个入口是另一个网站的，没能进入。回到报名系统，再点一次“上传相关材料”。"),
    ),
    "ticket.expired": (
        410,
        later("这个入口已经过期，它在 60 秒内有效。回到报名系统，再点一次“上传相关材料”。"),
    ),
    "ticket.used": (
        410,
        later("这个入口已经用过，它只能用一次。回到报名系统，再点一次“上传相关材料”。"),
    ),
    "ticket.unknown": (
        404,
        later("这里还没有收到您的报名记录。过几个小时回到报名系统，再点一次“上传相关材料”，或打电话给考区。"),
    ),
    "ticket.superseded": (
        409,
        later("这条报名记录已被新的报名代替。回到报名系统，打开新的报名信息，再点一次“上传相关材料”。"),
    ),
    "ticket.user_name": (
        409,
        later(
            "报名系统的用户名与这里记下的不一致，没能进入。"
            "回到报名系统，再点一次“上传相关材料”，仍然不行就打电话给考区。"
        ),
    ),
    "enter.ended": (410, later("这次进入已经过期或用完。回到报名系统，再点一次“上传相关材料”。")),
    "enter.other_person": (409, later("这个浏览器里登录的人变了，请再确认一次。")),
    "activate.already": (409, later("这个账号已经激活过了，用激活时设置的密码登录。")),
    "activate.texts_changed": (409, later("下面要您阅读的内容刚刚更新，请看过以后再激活。")),
    "activate.no_pledges": (422, later("同意承诺以后才能激活账号。")),
    "activate.no_consent": (422, later("同意处理证件和人像照片以后才能激活账号。")),
    "recovery.unknown_question": (422, later("问题 %(place)s 要从列出的里面选一个。")),
    "recovery.same_question": (422, later("问题 %(place)s 与上面的相同，换一个。")),
    "recovery.too_short": (422, later("问题 %(place)s 的答案至少 %(least)s 个字。")),
    "recovery.too_long": (422, later("问题 %(place)s 的答案最多 %(most)s 个字。")),
    "recovery.unprintable": (422, later("问题 %(place)s 的答案里有看不见的字符，换一个写法。")),
    "recovery.same_as_user_name": (422, later("问题 %(place)s 的答案不能与用户名相同。")),
    "recovery.same_as_password": (422, later("问题 %(place)s 的答案不能与密码相同。")),
    "recovery.common": (422, later("问题 %(place)s 的答案太常见，容易被猜到，换一个。")),
    "recovery.same_answer": (422, later("问题 %(place)s 的答案与上面的相同，换一个。")),
    "password.too_short": (422, later("密码至少 %(least)s 位。")),
    "password.too_long": (422, later("密码最多 %(most)s 位。")),
    "password.unprintable": (422, later("密码里有看不见的字符，换一个写法。")),
    "password.letter_and_digit": (422, later("密码要同时有字母和数字。")),
    "password.same_as_user_name": (422, later("密码不能与用户名相同。")),
    "password.common": (422, later("这个密码太常见，容易被猜到，换一个。")),
    "password.differ": (422, later("两次输入的密码不一样。")),
    "password.old_wrong": (422, later("原密码不正确。")),
    "staff.name_missing": (422, later("姓名要填写。")),
    "staff.name_length": (422, later("姓名最多 %(most)s 个字。")),
    "staff.user_name_length": (422, later("用户名要有 %(least)s 到 %(most)s 个字符，中间不能有空格。")),
    "staff.user_name_taken": (409, later("用户名 %(user_name)s 已经有人用了，换一个。")),
    "staff.no_post": (422, later("至少选一个岗位。")),
    "staff.own_account": (409, later("不能停用自己正在用的账号。")),
    "photo.no_case": (404, later("没有找到您的审核档案，可以打电话给考点询问。")),
    "photo.unknown_place": (404, later("您的材料清单里没有这一项，回到清单看一看。")),
    "photo.not_found": (404, later("没有找到这张照片。")),
    "photo.removed": (410, later("这张照片已经删除。")),
    "photo.gone": (410, later("这张照片的原图已经清除，重新选一次。")),
    "photo.other_bytes": (409, later("这个编号已经收过另一张照片，刷新本页后重新选择。")),
    "photo.changed": (409, later("这张照片刚刚改动过，刷新本页再转。")),
    "photo.slot_full": (409, later("这里最多放 %(most)s 张，已经放满。先删除一张再传。")),
    "photo.nothing_to_replace": (409, later("要替换的照片已经不在，刷新本页再传。")),
    "photo.quota": (409, later("照片更换的次数太多，已停止接收。可以打电话给考点说明情况。")),
    "photo.quarters": (422, later("没有这种旋转方式。")),
    "photo.empty": (422, later("没有收到照片内容，重新选一次。")),
    "photo.not_a_photo": (422, later("这个文件不是照片。选用相机拍的照片，或 JPG、PNG 图片。")),
    "photo.not_jpeg_or_png": (415, later("这种格式不能用，要 JPG 或 PNG 图片。手机直接拍照即可。")),
    "photo.unsupported_kind": (
        422,
        later("这张图片的编码很少见，浏览器显示不了。直接拍照，或另存为普通 JPG 再传。"),
    ),
    "photo.truncated": (422, later("照片不完整，后面缺了一截。重新拍一张，或重新选一次。")),
    "photo.damaged": (422, later("照片已损坏，打不开。重新拍一张，或重新选一次。")),
    "photo.animated": (422, later("这是动图，要用单张照片。")),
    "photo.too_complex": (422, later("这个图片文件的结构不正常，没有收下。直接拍照再传。")),
    "photo.too_small": (422, later("这张图片没有内容，重新拍一张。")),
    "photo.too_many_pixels": (
        422,
        later("照片太大（%(width)s × %(height)s 像素）。在相机设置里调低分辨率，再拍一张。"),
    ),
    "photo.too_large": (413, later("文件超过 %(limit)s，没有收下。")),
    "photo.too_slow": (408, later("网络太慢，照片没有传完。照片还在手机上，网络好一些时再传。")),
    "photo.too_heavy": (422, later("这张图片太复杂，处理不了。在相机设置里调低分辨率，再拍一张。")),
    "photo.took_too_long": (422, later("这张图片处理得太久，没有收下。直接拍照再传。")),
    "photo.crashed": (422, later("这张图片处理不了，没有收下。直接拍照再传。")),
    "photo.busy": (503, later("现在传的人很多，照片没有收下，几秒后再传。")),
    "photo.shelf_full": (
        503,
        later("存放照片的空间暂时不够，照片没有收下，已有的材料没有变化。过一会儿再传。"),
    ),
    "locked.window.not_open_yet": (423, later("%(at)s 开始上传，现在还不能传。")),
    "locked.window.closed": (423, later("上传已在 %(at)s 截止，照片没有收下，已收到的材料没有变化。")),
    "locked.due.passed": (423, later("补充材料已在 %(at)s 截止，照片没有收下，已收到的材料没有变化。")),
    "locked.accepted": (423, later("审核员已认定这项合格，不能再改。")),
    "locked.in_review": (423, later("材料正在审核，暂时不能改。")),
    "locked.not_asked": (423, later("这次补充不需要这一项，不能改。")),
    "locked.withdrawn": (423, later("审核档案已经关闭，不能再传。有疑问可以打电话给考点。")),
    "locked.published": (423, later("审核结果已经公布，不能再改。")),
    "form.too_large": (413, later("填写的内容太长，没有收下。缩短后再提交。")),
    "form.too_slow": (408, later("网络太慢，填写的内容没有收全。网络好一些时再提交一次。")),
    "form.unreadable": (415, later("没有读懂提交的内容，从页面上的表单再提交一次。")),
    "origin.foreign": (403, later("这个请求不是从本系统的页面发出的，没有执行。回到页面再操作一次。")),
    "clock.unknown_move": (422, later("没有这种移动时间的方式。")),
}


def refusal(refused: Refused) -> tuple[int, str]:
    """Status and sentence of a refusal, in the user's language."""
    return REFUSALS[refused.code][0], refusal_sentence(refused.code, refused.facts)


def refusal_sentence(code: str, given: Mapping[str, object]) -> str:
    """The sentence of a refusal's code; KeyError where ``given`` lacks a fact that it says."""
    facts = dict(given)
    seconds = facts.get("seconds")
    if isinstance(seconds, int):
        facts["wait"] = wait_words(seconds)
    limit, at, zone = facts.get("limit"), facts.get("at"), facts.get("zone")
    if isinstance(limit, int):
        facts["limit"] = size_words(limit)
    if isinstance(at, datetime) and isinstance(zone, str):
        facts["at"] = moment_words(at, zone, ends=True)
    return translate(REFUSALS[code][1]) % facts


def size_words(size: int) -> str:
    """A limit of bytes as people say it: 200 KB, 64 MB."""
    return f"{size >> 20} MB" if size >= 1 << 20 else f"{size >> 10} KB"


def wait_words(seconds: int) -> str:
    """A wait as people say it: seconds under a minute and a half, then minutes rounded up."""
    if seconds < 90:
        return _(" %(n)s 秒", n=seconds)
    return _(" %(n)s 分钟", n=-(-seconds // 60))


def moment_words(instant: datetime, zone: str, *, ends: bool = False) -> str:
    """A moment with its day, such as 5月6日 24:00 (``ends``) or 5月3日 21:14."""
    moment = local_moment(instant, zone, ends=ends)
    language = current_language()
    day = format_date(moment.day, "d MMMM" if language == "en" else "M月d日", locale=LOCALES[language])
    return f"{day} {moment.time}"


def day_and_time(instant: datetime, zone: str) -> str:
    """A moment with its year, to the minute, for tables."""
    moment = local_moment(instant, zone)
    return f"{moment.day.isoformat()} {moment.time}"


def full_moment_words(instant: datetime, zone: str) -> str:
    """A moment with year and seconds, for records."""
    return f"{day_and_time(instant, zone)}:{instant:%S}"

"""Sentences for refusals, and moments as people say them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from babel.dates import format_date

from webapp.pages.language import LOCALES, _, current_language, later, translate
from webapp.pages.lock_words import AT_LEAST, DEADLINES
from webapp.rules.changing import Why
from webapp.rules.refusals import Refused
from webapp.rules.windows import local_moment

# code: (status, sentence). A test holds that every code that is raised stands here, and nothing else.
REFUSALS: Final[Mapping[str, tuple[int, str]]] = {
    "sign_in.wrong": (422, later("用户名或密码不正确。忘记密码时，点“找回密码”。")),
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
    "recovery.no_number": (422, later("证件类型和证件编号都要填写。")),
    "recovery.off": (404, later("这次考试不能用回答问题的方式找回密码，可以用下面的其他办法。")),
    "recovery.wrong": (
        422,
        later("答案与激活时写的不一样，或者没有用这个证件激活过的账号。24 小时内可以试 %(most)s 次。"),
    ),
    "recovery.tries_used": (
        429,
        later(
            "24 小时内只能试 %(most)s 次，%(at)s 以后可以再试。这时仍然可以用密码登录，也可以从报名系统进入。"
        ),
    ),
    "recovery.code_missing": (422, later("用户名（或证件编号）和一次性代码都要填写。")),
    "recovery.code_wrong": (
        422,
        later("用户名、证件编号或代码不正确，或者代码已经过期、用过。写错 %(most)s 次，代码作废。"),
    ),
    "recovery.ended": (410, later("这次重新设置已经过期或用完，从下面的办法里再选一种。")),
    "recovery.no_document": (422, later("要选看的是哪一种证件。")),
    "recovery.not_identified": (422, later("核对本人和证件以后才能生成代码。")),
    "recovery.not_activated": (
        409,
        later("这个账号还没有激活，没有密码可以重设。请考生从报名系统进入激活。"),
    ),
    "api_key.name": (422, later("名称要填写，最多 %(most)s 个字。")),
    "api_key.no_scope": (422, later("至少要选一项权限。")),
    "api.bad_after": (422, later("after 不是这个接口给出的位置。")),
    "api.bad_limit": (422, later("limit 要是 %(least)s 到 %(most)s 之间的整数。")),
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
    "staff.own_posts": (409, later("自己的岗位要由另一位管理员来改。")),
    "staff.last_manager": (409, later("考区要至少留一位能登录的管理员，先添加并启用另一位。")),
    "staff.no_reason": (422, later("要选一个原因。")),
    "photo.no_case": (404, later("没有找到您的审核档案，可以打电话给考点询问。")),
    "photo.unknown_place": (404, later("您的材料清单里没有这一项，回到清单看一看。")),
    "photo.not_found": (404, later("没有找到这张照片。")),
    "photo.not_fetched": (409, later("这张照片还没有在您的屏幕上打开过。")),
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
    **{f"locked.{why.value}": (423, said) for why, said in AT_LEAST.items()},
    "form.too_large": (413, later("填写的内容太长，没有收下。缩短后再提交。")),
    "form.too_slow": (408, later("网络太慢，填写的内容没有收全。网络好一些时再提交一次。")),
    "form.unreadable": (415, later("没有读懂提交的内容，从页面上的表单再提交一次。")),
    "origin.foreign": (403, later("这个请求不是从本系统的页面发出的，没有执行。回到页面再操作一次。")),
    "move.not_from_here": (409, later("档案的状态刚刚变了，刷新本页再看。")),
    "move.not_by_you": (403, later("这一步要由别的岗位来做。")),
    "case.not_found": (404, later("没有找到这份档案。")),
    "case.moved": (409, later("别人刚刚处理了这份档案，刷新本页再看。")),
    "case.not_in_review": (409, later("这份档案现在不在审核中，刷新本页再看。")),
    "case.not_your_office": (403, later("这份档案现在由另一个机构审核。")),
    "case.open": (409, later("这份档案还没有审完。")),
    "case.empty": (409, later("还没有收到任何材料。")),
    "case.not_empty": (409, later("已经收到材料，不能记为未提交。")),
    "window.closed": (409, later("现在不在上传时间内。")),
    "bell.ahead": (409, later("还没到截止时间。")),
    "bell.not_later": (422, later("新的截止时间要晚于原来的，也要晚于现在。")),
    "due.passed": (409, later("补充材料的期限已过，已收到的材料会交给审核员。")),
    "due.ahead": (409, later("补充材料的期限还没到。")),
    "due.too_early": (422, later("补充期限要晚于现在，也不能早于这份档案的截止时间。")),
    "required.missing": (409, later("还有必传的材料没有传，也没有说明原因。")),
    "answer.missing": (409, later("要求补充的内容还没有全部补上。拍不到的，写明原因也可以提交。")),
    "answer.unknown_item": (404, later("这一项已经不在要求补充的内容里，刷新本页再看。")),
    "answer.words_length": (422, later("说明最多 %(most)s 个字。")),
    "announcement.open": (409, later("还有照片在传，传完或取消以后再操作。到期时系统会自动提交。")),
    "announcement.late": (423, later("已经截止，不能再登记。截止前登记过的照片仍在接收。")),
    "announcement.other_bytes": (
        423,
        later("已经截止，这张照片与截止前登记的不是同一张，没有收下。登记过的那张仍在接收。"),
    ),
    "announcement.nothing_to_replace": (409, later("要替换的照片已经不在，刷新本页再传。")),
    "announcement.replaced_already": (409, later("已有一张照片登记要替换它。")),
    "announcement.no_free_place": (409, later("这里登记的照片已经放满。")),
    "incoming.waiting": (409, later("还有照片正在处理，几秒后再试。")),
    "round.later": (409, later("审核员已经看过这份材料，不能再取回修改。")),
    "verdict.saved": (409, later("审核员已经开始审核，不能再取回修改。")),
    "close.not_by": (409, later("这份档案不是到截止时间自动提交的。")),
    "decision.unsettled": (409, later("审核意见刚刚给出，10 秒后再试。")),
    "decision.note_length": (422, later("意见最多 %(most)s 个字。")),
    "decision.unknown_reason": (422, later("没有这一种原因，刷新本页再选。")),
    "decision.unknown_field": (422, later("没有这一项报名信息，刷新本页再选。")),
    "lease.not_yours": (409, later("这份档案现在不在您手里，先领取再审。")),
    "lease.held": (409, later("同事正在审这份档案。确有需要，说明原因后可以接手。")),
    "version.stale": (409, later("这份档案刚刚有变化。本页已经更新，看过以后再决定。")),
    "concluded.elsewhere": (409, later("您在另一级审过这份档案，要由别的同事来审。")),
    "conclusion.lacks_verdicts": (409, later("还有材料没有审，或定为需重传，不能给出这个意见。")),
    "reason.missing": (422, later("要写明原因。")),
    "reason.length": (422, later("原因最多 %(most)s 个字。")),
    "ask.empty": (422, later("还没有选要补充什么。先把要补的材料定为需重传，或选要更正的报名信息。")),
    "take_back.nothing": (409, later("没有可以撤回的审核意见。")),
    "take_back.not_yours": (409, later("只有给出意见的人能撤回。")),
    "take_back.late": (409, later("已过 10 秒，不能撤回。")),
    "take_back.claimed": (409, later("同事已经领取了这份档案，不能撤回。")),
    "review.not_begun": (409, later("还没到审核的时候，上传截止以后才开始审核。")),
    "verdict.no_photo": (409, later("这项材料没有照片，不能认定合格。")),
    "verdict.not_declared": (409, later("考生没有说明缺少这项材料，不能免交。")),
    "verdict.no_reason": (422, later("需重传时要选原因。")),
    "verdict.unknown_slot": (422, later("没有这个位置，刷新本页再选。")),
    "verdict.no_kind": (422, later("先选合格或需重传，再保存。")),
    "decision.no_conclusion": (422, later("先选一个审核意见，再提交。")),
    "verdict.unseen": (409, later("这项材料还有照片没有看过。")),
    "verdict.unknown_material": (404, later("这份档案里没有这项材料，刷新本页再看。")),
    "verdict.unknown_reason": (422, later("没有这一种原因，刷新本页再选。")),
    "verdict.note_length": (422, later("说明最多 %(most)s 个字。")),
    "phase.published": (409, later("结果已经公布，不能再这样操作。")),
    "phase.not_published": (409, later("结果还没有公布。")),
    "phase.open_cases": (409, later("还有档案没有审完，不能公布。")),
    "persons.one": (403, later("这一步要由另一个人来做。")),
    "approval.missing": (409, later("还没有人核准，或核准已经收回。")),
    "approval.there": (409, later("已经有人核准，由另一位管理员公布。")),
    "approval.changed": (409, later("核准以后档案有变化，要重新核准。")),
    "approval.expired": (409, later("核准已过 24 小时，要重新核准。")),
    "proposal.gone": (409, later("这项申请已经办完或收回，刷新本页再看。")),
    "publish.not_region": (403, later("这一步要由考区管理员来做。")),
    "result.unchanged": (409, later("公布以后这份档案没有变化，不用更正。")),
    "deadline.missing": (422, later("要写明考生可以补交到什么时候，而且要晚于现在。")),
    "withdrawn.not_by_close": (403, later("考生放弃的档案，要由考区管理员恢复。")),
    "withdrawn.not_by_import": (409, later("这份档案不是因报名取消而关闭的。")),
    "case.settled": (409, later("这份档案已经审完或关闭，不用延长截止时间。")),
    "extend.no_office": (404, later("没有这个机构，刷新本页再选。")),
    "moment.unreadable": (422, later("时间没有写完整，要有日期和几点几分。")),
    "declare.not_required": (409, later("这项材料不是必传的，不用说明。")),
    "declare.kind_missing": (422, later("要选一项：没有这项材料，或用别的材料代替。")),
    "give_up.not_sure": (422, later("没有放弃。确定要放弃时，先勾选“我确定放弃”。")),
    "declare.words_missing": (422, later("要写明原因。")),
    "declare.words_length": (422, later("说明最多 %(most)s 个字。")),
    "doubt.unknown_field": (422, later("没有这一项报名信息，刷新本页再选。")),
    "doubt.settled": (409, later("审核已经结束，不能再提疑议。可以打电话给考点。")),
    "doubt.many": (409, later("提的疑议太多了，可以打电话给考点。")),
    "call.closed": (409, later("这项补充要求已经结束，不用再打电话。")),
    "call.not_your_office": (403, later("这项补充要求由另一个机构打电话。")),
    "call.unknown_outcome": (422, later("没有这种通话结果，刷新本页再选。")),
    "call.note_length": (422, later("备注最多 %(most)s 个字。")),
    "call.unknown_time": (422, later("没有读懂再打的时间，重新选一次。")),
    "call.next_try_past": (422, later("再打的时间要晚于现在。")),
    "call.next_try_late": (422, later("再打的时间要早于补充期限 %(at)s。")),
    "supply.closed": (409, later("这份档案现在没有等待补充的要求，刷新本页再看。")),
    "supply.why_missing": (422, later("要选为什么代传。")),
    "flag.not_by_hand": (422, later("没有这种标记。")),
    "flag.note_length": (422, later("说明最多 %(most)s 个字。")),
    "sheet.none": (422, later("还没有选文件。选一个 .xlsx 或 .csv 文件再上传。")),
    "sheet.empty": (422, later("文件是空的，没有收下。从报名系统重新导出再上传。")),
    "sheet.too_large": (413, later("文件超过 %(limit)s，没有收下。分成几个文件上传。")),
    "sheet.unknown_kind": (415, later("这不是表格文件。上传 .xlsx 工作簿或 .csv 文本。")),
    "sheet.old_excel": (
        415,
        later("这是 Excel 2003 以前的 .xls（或 WPS 的 .et）文件。在表格软件里另存为 .xlsx 再上传。"),
    ),
    "sheet.password": (422, later("这个工作簿有打开密码。另存一份不带密码的再上传。")),
    "sheet.binary_excel": (415, later("这是二进制工作簿（.xlsb）。在表格软件里另存为 .xlsx 再上传。")),
    "sheet.open_document": (415, later("这是 OpenDocument 表格（.ods）。另存为 .xlsx 再上传。")),
    "sheet.web_page": (
        415,
        later("这其实是网页或 XML 文件，只是名字像表格。用表格软件打开，另存为 .xlsx 再上传。"),
    ),
    "sheet.macros": (415, later("这个工作簿带有宏（.xlsm）。另存为不带宏的 .xlsx 再上传。")),
    "sheet.links_outside": (
        422,
        later("这个工作簿引用了别的文件里的数据。把引用的单元格粘贴成数值，另存后再上传。"),
    ),
    "sheet.entities": (422, later("这个工作簿的内部结构不正常，没有收下。用表格软件打开，另存后再上传。")),
    "sheet.bomb": (422, later("这个压缩文件展开以后大得不像报名数据，没有收下。")),
    "sheet.damaged": (422, later("这个工作簿已损坏，打不开。用表格软件打开，另存后再上传。")),
    "sheet.bad_text": (422, later("文字编码不是 UTF-8，也不是 GBK（GB18030）。另存为 .xlsx 再上传。")),
    "sheet.bad_quotes": (
        422,
        later("从第 %(line)s 行起引号不成对，或单元格过长，读不下去。改好这一行，或另存为 .xlsx 再上传。"),
    ),
    "sheet.too_many_rows": (422, later("超过 %(most)s 行，没有收下。分成几个文件上传。")),
    "sheet.too_many_columns": (422, later("超过 %(most)s 列，不像报名数据。删掉多余的列再上传。")),
    "sheet.too_many_cells": (
        422,
        later("表格的范围太大，没有收下。可能有内容写在很远的单元格里，删掉它再上传。"),
    ),
    "sheet.no_headings": (
        422,
        later("前 %(rows)s 行里没有找到表头。表头要有“报名序号”等列名，可以下载空白模板对照。"),
    ),
    "sheet.several_tables": (422, later("有几张表都像报名数据：%(sheets)s。只留一张再上传。")),
    "sheet.columns_missing": (
        422,
        later("少了必须有的列：%(columns)s。表头在第 %(line)s 行，补上这些列再上传。"),
    ),
    "sheet.columns_twice": (
        422,
        later("有的列出现了不止一次：%(columns)s。表头在第 %(line)s 行，各留一列再上传。"),
    ),
    "sheet.no_rows": (422, later("表头下面没有数据。")),
    "import.shelf_full": (503, later("存放文件的空间暂时不够，没有收下。过一会儿再上传。")),
    "import.judging": (409, later("还在核对这个文件，核对完再导入。")),
    "import.ready": (409, later("这个文件刚刚有变化，刷新本页再看。")),
    "import.taking": (409, later("这个文件正在导入，不用再导入一次，也不能放弃。")),
    "import.taken": (409, later("这个文件已经导入。")),
    "import.dropped": (409, later("这个文件已经放弃，没有导入。要导入就重新上传。")),
    "import.broken": (409, later("这个文件读不了了，不能再导入。重新上传一次。")),
    "import.busy": (409, later("另一个文件正在导入，一次只导入一个。等它结束，再导入这一个。")),
    "import.nothing": (409, later("这个文件里没有要导入的行。")),
    "clock.unknown_move": (422, later("没有这种移动时间的方式。")),
}


_BEGINNINGS: Final = frozenset({f"locked.{Why.NOT_OPEN_YET.value}"})
_TOO_LATE: Final = frozenset(f"locked.{why.value}" for why in DEADLINES)
_NOTHING_LOST: Final = later("已收到的材料没有变化。")


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
        facts["at"] = moment_words(at, zone, ends=code not in _BEGINNINGS)
    said = translate(REFUSALS[code][1]) % facts
    return said + translate(_NOTHING_LOST) if code in _TOO_LATE else said


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
    return f"{_day_words(moment.day, current_language())} {moment.time}"


@lru_cache(1_024)
def _day_words(day: date, language: str) -> str:
    return format_date(day, "d MMMM" if language == "en" else "M月d日", locale=LOCALES[language])


def day_and_time(instant: datetime, zone: str) -> str:
    """A moment with its year, to the minute, for tables."""
    moment = local_moment(instant, zone)
    return f"{moment.day.isoformat()} {moment.time}"


def full_moment_words(instant: datetime, zone: str) -> str:
    """A moment with year and seconds, for records."""
    return f"{day_and_time(instant, zone)}:{instant:%S}"

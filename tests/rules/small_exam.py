"""A small exam's package, whole in one text, to be broken in one place at a time."""

from __future__ import annotations

from webapp.rules.exam_package import ExamPackage
from webapp.rules.package_reading import read_package
from webapp.rules.package_source import parsed
from webapp.rules.package_table import BrokenPackage, PackageProblem

SMALL = """\
code = "small_2020"
title = { zh-Hans = "小考试", en = "Small exam" }
region.zh-Hans = "示例考区"
time_zone = "Asia/Shanghai"
review_from = "bell"
grace_minutes = 120
lease_minutes = 15
max_photo_bytes = 204_800
max_original_bytes = 67_108_864

[[phase]]
code = "main"
name.zh-Hans = "上传"
opens = "2020-04-23 00:00"
bell = "2020-05-06 24:00"

[[office_kind]]
code = "site"
name.zh-Hans = "考点"

[[office_kind]]
code = "region"
name.zh-Hans = "考区"

[[level]]
code = "first"
office_kind = "site"
name.zh-Hans = "考点审核"
waiting.zh-Hans = "等待考点审核"
done.zh-Hans = "考点审核已完成"

[[level]]
code = "last"
office_kind = "region"
name.zh-Hans = "考区审核"
waiting.zh-Hans = "等待考区审核"
done.zh-Hans = "考区审核已完成"

[[office]]
code = "12"
kind = "region"
name.zh-Hans = "考区"
phone = "022-00000012"

[[office]]
code = "1201"
kind = "site"
parent = "12"
name.zh-Hans = "考点"

[candidate_password]
least = 8
most = 20
letter_and_digit = true

[staff_password]
least = 12
most = 64
letter_and_digit = false

[recovery]
by_answers = true
asked = 2
answer_least = 4
answer_most = 30
answers_refused = ["ＴＥＳＴ"]
tries_a_day = 5
reset_minutes = 10
question = [
  { code = "school", words.zh-Hans = "小学？" },
  { code = "friend", words.zh-Hans = "朋友？" },
]

[retention]
photos_months = 12
records_months = 60
access_log_months = 36

[contact]
office = "12"
personal_data.zh-Hans = "联系考点"

[[attachment]]
name = "1-materials"
title.zh-Hans = "说明"

[[help]]
name = "entering"
title.zh-Hans = "进入"

[[hint]]
code = "hold_still"
words.zh-Hans = "拿稳"

[[reason]]
code = "blurred"
general = true
reviewer.zh-Hans = "不清"
candidate.zh-Hans = "看不清"
hints = ["hold_still"]

[[reason]]
code = "expired"
reviewer.zh-Hans = "过期"
candidate.zh-Hans = "已过期"

[[material]]
code = "ID"
name.zh-Hans = "身份证明"
required = "all"
least = 2
most = 2
hint.zh-Hans = "两面"
example = { file = "ID.svg", shows.zh-Hans = "证件" }
reasons = ["expired"]
compare = ["name"]
slot = [
  { code = "front", name.zh-Hans = "正面" },
  { code = "back", name.zh-Hans = "反面" },
]

[[material.variant]]
code = "passport"
when = { field = "id_type", is = "外籍护照" }
least = 1
most = 2
slot = [
  { code = "information", name.zh-Hans = "信息页" },
  { code = "cover", name.zh-Hans = "封面", optional = true },
]

[[material]]
code = "LICENCE"
name.zh-Hans = "执业证书"
required = "when"
least = 1
most = 4
hint.zh-Hans = "各页"
example = { file = "LICENCE.svg", shows.zh-Hans = "证书" }
max_photo_bytes = 102_400
when.all = [
  { field = "is_assistant", is = "是" },
  { any = [
    { field = "education", in = ["本科", "专科"] },
    { field = "former_name", filled = true },
  ] },
]

[[material]]
code = "OTHER"
name.zh-Hans = "其他"
required = "optional"
least = 0
most = 10
hint.zh-Hans = "其他材料"
example = { file = "OTHER.svg", shows.zh-Hans = "一页" }

[texts.upload_line]
code = "upload"
version = "1"
words.zh-Hans = "真实完整"

[texts.example_line]
code = "example"
version = "1"
words.zh-Hans = "放平"

[[texts.activation_notice]]
code = "a"
version = "1"
words.zh-Hans = "注意"

[[texts.materials_notice]]
code = "m"
version = "1"
words.zh-Hans = "提示"

[texts.pledges]
version = "1"
agree.zh-Hans = "同意"
item = [{ words.zh-Hans = "属实" }, { words.zh-Hans = "遵守" }]

[texts.consent]
version = "1"
title.zh-Hans = "照片"
purpose.zh-Hans = "核对"
retention.zh-Hans = "{months} 个月"
contact.zh-Hans = "{site} {phone}"
agree.zh-Hans = "同意"
"""

FILES = frozenset(
    {
        "attachments/1-materials.md",
        "attachments/1-materials.pdf",
        "help/entering.md",
        "examples/ID.svg",
        "examples/LICENCE.svg",
        "examples/OTHER.svg",
    }
)


def read(text: str = SMALL) -> ExamPackage:
    """The package that ``text`` writes."""
    document, where = parsed({"exam.toml": text})
    return read_package(document, where, FILES)


def problems_of(text: str) -> tuple[PackageProblem, ...]:
    """What is wrong with ``text``; nothing, if it can be read."""
    try:
        read(text)
    except BrokenPackage as broken:
        return broken.problems
    return ()


def changed(old: str, new: str, text: str = SMALL) -> str:
    """``text`` with its one ``old`` replaced."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


def line_of(part: str, text: str) -> int:
    """The line on which ``part`` first stands in ``text``."""
    return text[: text.index(part)].count("\n") + 1

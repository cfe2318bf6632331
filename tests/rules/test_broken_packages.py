"""A broken package is refused whole, and every problem is named with its file and line."""

from __future__ import annotations

import pytest

from tests.rules.small_exam import FILES, SMALL, changed, line_of, problems_of
from webapp.rules.package_reading import read_package
from webapp.rules.package_source import parsed
from webapp.rules.package_table import BrokenPackage, PackageProblem

UPSIDE_DOWN = '[[office]]\ncode = "x"\nkind = "region"\nparent = "1201"\nname.zh-Hans = "倒"\n'

# What is replaced, by what, the words at the line that must be named, the key path, a piece of the sentence.
BREAKS = {
    "unknown field in a condition": (
        '"is_assistant", is',
        '"is_asistant", is',
        "is_asistant",
        "material[1].when.all[0].field",
        'did you mean "is_assistant"?',
    ),
    "unknown value": (
        '"外籍护照"',
        '"护照"',
        '"护照"',
        "material[0].variant[0].when.is",
        'no value of "id_type"',
    ),
    "unknown value in a list": (
        '["本科", "专科"]',
        '[\n    "本科",\n    "大专",\n  ]',
        "大专",
        "material[1].when.all[1].any[0].in[1]",
        '"大专" is no value of "education"',
    ),
    "value of a field without a closed list": (
        'field = "former_name", filled = true',
        'field = "former_name", is = "无"',
        '"former_name"',
        "material[1].when.all[1].any[1].is",
        "can only be empty or filled",
    ),
    "two relations": (
        '"is_assistant", is = "是"',
        '"is_assistant", is = "是", not = "否"',
        '"is_assistant"',
        "material[1].when.all[0]",
        "exactly one of",
    ),
    "no relation": (
        '"is_assistant", is = "是"',
        '"is_assistant"',
        '"is_assistant"',
        "material[1].when.all[0]",
        "exactly one of",
    ),
    "misspelt relation": (
        '"former_name", filled = true',
        '"former_name", filed = true',
        '"former_name"',
        "material[1].when.all[1].any[1].filed",
        'There is no key "filed"',
    ),
    "filled = false": (
        "filled = true",
        "filled = false",
        "filled = false",
        "material[1].when.all[1].any[1].filled",
        "filled = true",
    ),
    "empty all": (
        'when = { field = "id_type", is = "外籍护照" }',
        "when.all = []",
        "when.all",
        "material[0].variant[0].when.all",
        "at least one table",
    ),
    "condition that is neither": (
        'when = { field = "id_type", is = "外籍护照" }',
        "when = {}",
        "when = {}",
        "material[0].variant[0].when",
        'exactly one of "field", "all" and "any"',
    ),
    "list for one value": (
        'is = "外籍护照"',
        'is = ["外籍护照"]',
        "外籍护照",
        "material[0].variant[0].when.is",
        "is a text",
    ),
    "value twice": (
        '["本科", "专科"]',
        '["本科", "本科"]',
        '"本科"',
        "material[1].when.all[1].any[0].in[1]",
        "stands twice",
    ),
    "condition on a material for all": (
        'required = "all"',
        'required = "all"\nwhen = { field = "is_assistant", is = "是" }',
        "when = {",
        "material[0].when",
        'exactly where required = "when"',
    ),
    "required when, but when": (
        'required = "optional"',
        'required = "when"',
        'required = "when"\nleast = 0',
        "material[2].required",
        'exactly where required = "when"',
    ),
    "unknown requirement": (
        'required = "all"',
        'required = "always"',
        '"always"',
        "material[0].required",
        'one of "all", "when", "optional"',
    ),
    "duplicate material": (
        'code = "OTHER"',
        'code = "LICENCE"',
        'code = "LICENCE"\nname.zh-Hans = "其他"',
        "material[2].code",
        "already stands on line",
    ),
    "duplicate slot": (
        'code = "back"',
        'code = "front"',
        'code = "front", name.zh-Hans = "反面"',
        "material[0].slot[1].code",
        "already stands on line",
    ),
    "slot named page": (
        'code = "back"',
        'code = "page"',
        '"page"',
        "material[0].slot[1].code",
        "without named slots",
    ),
    "least over most": (
        "least = 1\nmost = 4",
        "least = 5\nmost = 4",
        "least = 5",
        "material[1].least",
        "5 is more than 4",
    ),
    "too many photos": ("most = 10", "most = 1000", "most = 1000", "material[2].most", "from 1 to 200"),
    "truth for a number": ("most = 10", "most = true", "most = true", "material[2].most", "a whole number"),
    "slots that do not add up": (
        "least = 2\nmost = 2",
        "least = 2\nmost = 3",
        "least = 2\nmost = 3",
        "material[0].least",
        "2 to 2 photos",
    ),
    "unknown reason": (
        'reasons = ["expired"]',
        'reasons = ["expird"]',
        "expird",
        "material[0].reasons[0]",
        'did you mean "expired"?',
    ),
    "unknown hint": (
        'hints = ["hold_still"]',
        'hints = ["pray"]',
        "pray",
        "reason[0].hints[0]",
        'There is no hint "pray"',
    ),
    "duplicate reason": (
        'code = "expired"',
        'code = "blurred"',
        'code = "blurred"\nreviewer.zh-Hans = "过期"',
        "reason[1].code",
        "already stands on line",
    ),
    "unknown field to compare": (
        'compare = ["name"]',
        'compare = ["nome"]',
        "nome",
        "material[0].compare[0]",
        'There is no field "nome"',
    ),
    "unknown material of a phase": (
        'code = "main"',
        'code = "main"\nmaterials = ["ID", "LICENSE"]',
        "LICENSE",
        "phase[0].materials[1]",
        'did you mean "LICENCE"?',
    ),
    "missing example": (
        '"LICENCE.svg"',
        '"LICENSE.svg"',
        "LICENSE.svg",
        "material[1].example.file",
        'no file "examples/LICENSE.svg"',
    ),
    "missing attachment": (
        'name = "1-materials"',
        'name = "3-more"',
        "3-more",
        "attachment[0].name",
        'no file "attachments/3-more.md"',
    ),
    "misspelt key": (
        "grace_minutes",
        "grace_minuets",
        "grace_minuets",
        "grace_minuets",
        'did you mean "grace_minutes"',
    ),
    "missing key": (
        'code = "LICENCE"\n',
        "",
        '[[material]]\nname.zh-Hans = "执业',
        "material[1].code",
        "is missing",
    ),
    "missing Simplified Chinese": (
        'hint.zh-Hans = "各页"',
        'hint.en = "pages"',
        "hint.en",
        "material[1].hint.zh-Hans",
        "is missing",
    ),
    "unknown language": (
        'hint.zh-Hans = "各页"',
        'hint.zh-Hans = "各页"\nhint.fr = "pages"',
        "hint.fr",
        "material[1].hint.fr",
        'no key "fr"',
    ),
    "blank text": (
        'hint.zh-Hans = "各页"',
        'hint.zh-Hans = " "',
        'hint.zh-Hans = " "',
        "material[1].hint.zh-Hans",
        "is a text",
    ),
    "bell before opening": (
        '"2020-05-06 24:00"',
        '"2020-04-22 24:00"',
        "2020-04-22",
        "phase[0].bell",
        "later than",
    ),
    "no such day": (
        '"2020-05-06 24:00"',
        '"2020-02-30 24:00"',
        "2020-02-30",
        "phase[0].bell",
        "is no moment",
    ),
    "minute after the end of the day": (
        '"2020-05-06 24:00"',
        '"2020-05-06 24:01"',
        "24:01",
        "phase[0].bell",
        "is no moment",
    ),
    "no such zone": (
        '"Asia/Shanghai"',
        '"Asia/Tianjin"',
        "Asia/Tianjin",
        "time_zone",
        "There is no time zone",
    ),
    "unknown start of review": (
        'review_from = "bell"',
        'review_from = "open"',
        'review_from = "open"',
        "review_from",
        '"bell", "submit"',
    ),
    "unknown kind of office": (
        'code = "1201"\nkind = "site"',
        'code = "1201"\nkind = "sit"',
        '"sit"',
        "office[1].kind",
        'did you mean "site"?',
    ),
    "unknown parent": (
        'parent = "12"',
        'parent = "21"',
        'parent = "21"',
        "office[1].parent",
        'no office "21"',
    ),
    "office without a level": (
        'code = "1201"\nkind = "site"',
        'code = "1201"\nkind = "region"',
        '[[office]]\ncode = "1201"',
        "office[1]",
        'for the level "first"',
    ),
    "offices in a circle": (
        'code = "12"\nkind = "region"',
        'code = "12"\nparent = "1201"\nkind = "region"',
        'parent = "1201"',
        "office[0].parent",
        "lead back",
    ),
    "second root": (
        'parent = "12"\n',
        "",
        '[[office]]\ncode = "1201"',
        "office[1]",
        "one tree",
    ),
    "levels that lead downwards": (
        'parent = "12"\nname.zh-Hans = "考点"\n',
        f'parent = "12"\nname.zh-Hans = "考点"\n\n{UPSIDE_DOWN}',
        '[[office]]\ncode = "x"',
        "office[2]",
        "do not lead upwards",
    ),
    "contact without a telephone": (
        '[contact]\noffice = "12"',
        '[contact]\noffice = "1201"',
        'office = "1201"',
        "contact.office",
        "has no telephone",
    ),
    "more questions than there are": (
        "asked = 2",
        "asked = 3",
        "asked = 3",
        "recovery.asked",
        "at most the number",
    ),
    "gap that nobody fills": (
        '"{months} 个月"',
        '"{weeks} 周"',
        "{weeks}",
        "texts.consent.retention.zh-Hans",
        'the gap "{weeks}"',
    ),
    "log kept too briefly": (
        "access_log_months = 36",
        "access_log_months = 3",
        "access_log_months",
        "retention.access_log_months",
        "from 6 to 240",
    ),
    "original smaller than a photo": (
        "max_original_bytes = 67_108_864",
        "max_original_bytes = 1024",
        "max_original_bytes",
        "max_original_bytes",
        "from 204800",
    ),
}


@pytest.mark.parametrize(("old", "new", "at", "path", "says"), BREAKS.values(), ids=BREAKS.keys())
def test_a_broken_place_is_refused_with_its_line(old: str, new: str, at: str, path: str, says: str) -> None:
    assert problems_of(SMALL) == ()
    text = changed(old, new)
    found = [problem for problem in problems_of(text) if problem.path == path and says in problem.sentence]
    assert len(found) == 1, [str(problem) for problem in problems_of(text)]
    assert (found[0].file, found[0].line) == ("exam.toml", line_of(at, text))


def test_all_problems_are_told_at_once_in_the_order_of_the_text() -> None:
    text = changed("grace_minutes = 120", "grace_minutes = -1")
    text = changed('parent = "12"', 'parent = "21"', text)
    text = changed('"外籍护照"', '"护照"', text)
    lines = [problem.line for problem in problems_of(text)]
    assert lines == [line_of(part, text) for part in ("= -1", '"21"', '"护照"')]


def test_a_text_that_is_no_toml_is_refused_with_its_line() -> None:
    text = changed('review_from = "bell"', "review_from = bell")
    (problem,) = problems_of(text)
    assert problem.line == line_of("review_from", text)
    assert problem.sentence.startswith("This is no TOML: ")
    assert "(at line" not in problem.sentence


def test_a_text_that_ends_too_soon_is_refused_with_its_last_line() -> None:
    (problem,) = problems_of('code = "small_2020"\ntitle = "小')
    assert problem.line == 2


def test_a_key_that_two_files_have_is_refused() -> None:
    with pytest.raises(BrokenPackage) as refused:
        parsed({"a.toml": 'code = "x"', "b.toml": '\ncode = "y"'})
    sentence = '"code" already stands in a.toml on line 1; keep it in one file.'
    assert refused.value.problems == (PackageProblem(2, "code", sentence, "b.toml"),)


def test_problems_name_the_file_they_stand_in() -> None:
    head, tail = SMALL[: SMALL.index("[[material]]")], SMALL[SMALL.index("[[material]]") :]
    document, where = parsed({"exam.toml": head, "rest.toml": changed('"外籍护照"', '"护照"', tail)})
    with pytest.raises(BrokenPackage) as refused:
        read_package(document, where, FILES)
    (problem,) = refused.value.problems
    assert str(problem).startswith("rest.toml:18: material[0].variant[0].when.is: ")


def test_the_same_data_without_text_is_refused_by_key_path_alone() -> None:
    document, _ = parsed({"exam.toml": changed('"外籍护照"', '"护照"')})
    with pytest.raises(BrokenPackage) as refused:
        read_package(document)
    (problem,) = refused.value.problems
    assert (problem.line, problem.path) == (None, "material[0].variant[0].when.is")

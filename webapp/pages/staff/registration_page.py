"""The page of one uploaded file of registrations, put together from its import and its rows."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from quart import abort, request

from webapp.guard.access import current_person
from webapp.pages.chrome import render
from webapp.pages.language import _, current_language
from webapp.pages.staff.acting import manages_region
from webapp.pages.staff.registration_rows import RowShown, letters, row_shown
from webapp.pages.staff.registration_words import FATES, MARKS, STATES
from webapp.pages.staff.registrations import exam_of_its_people
from webapp.pages.words import day_and_time, moment_words, refusal
from webapp.records.imports import RegistrationImport
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.imports import FAILED_MOST, PAGE_ROWS, import_of, rows_of, taken_before
from webapp.rules.imports import CHANGES_SOMETHING, ImportState, Mark
from webapp.rules.refusals import Refused
from webapp.rules.taking import Fate

_FIRST_ROWS = 10
"""Of each part, before somebody asks for all of it."""
_PARTS = (Mark.DIFFERS.value, Fate.FAILED.value, Fate.CHANGED.value, Fate.ADDED.value)


@dataclass(frozen=True)
class FigureShown:
    """One count with its label and what it means."""

    label: str
    value: int
    note: str


@dataclass(frozen=True)
class PartShown:
    """Rows that share a fate or a mark; ``kind``: which table suits them; ``all_of``: address of the whole list."""

    key: str
    title: str
    note: str
    kind: str
    rows: list[RowShown]
    total: int
    all_of: str


@dataclass(frozen=True)
class Progress:
    """How far the work is."""

    done: int
    rows: int
    words: str


@dataclass(frozen=True)
class ImportPage:
    """See ``templates/staff/registration_import.html``. ``shows``: (value, words) of what rows can be narrowed to."""

    id: UUID
    file_name: str
    found: str
    uploaded: str
    state: str
    shape: str
    state_words: str
    decided: str
    progress: Progress | None
    figures: list[FigureShown]
    mapping: list[tuple[str, str]]
    absent: list[str]
    unknown: list[str]
    parts: list[PartShown]
    shows: list[tuple[str, str]]
    show: str
    newer: str
    older: str
    first: int
    to_take: int
    late: int
    bell: str
    before: str
    """When the same file was taken in already; empty if it was not."""
    failed: int
    differs: int
    acts: bool
    problem: str | None


async def upload_of(exam: OpenExam, import_id: UUID) -> RegistrationImport:
    """404 where this exam has no such import."""
    found = await import_of(exam, import_id)
    if found is None:
        abort(404)
    return found


def _found(upload: RegistrationImport) -> str:
    head = upload.head
    where = _("工作表“%(name)s”", name=head["sheet"]) if head["sheet"] else head["encoding"]
    columns = len(head["places"])
    if not head["unknown"]:
        return _(
            "%(where)s，表头在第 %(line)s 行，%(n)s 列全部认出",
            where=where,
            line=head["heading_line"],
            n=columns,
        )
    return _(
        "%(where)s，表头在第 %(line)s 行，认出 %(n)s 列，%(unknown)s 列不读",
        where=where,
        line=head["heading_line"],
        n=columns,
        unknown=len(head["unknown"]),
    )


def _megabytes(size: int) -> str:
    return f"{size / (1 << 20):.1f} MB" if size >= 1 << 20 else f"{max(1, size >> 10)} KB"


def _figures(upload: RegistrationImport, counts: dict[str, int]) -> list[FigureShown]:
    def count(key: str) -> int:
        return counts.get(key, 0)

    return [
        FigureShown(_("文件里的行"), upload.rows, _("%(n)s 行可用", n=f"{upload.rows - count('failed'):,}")),
        FigureShown(_("新增"), count("added"), _("导入后可以激活")),
        FigureShown(_("有变化"), count("changed"), _("涉及 %(n)s 个字段", n=f"{count('fields'):,}")),
        FigureShown(
            _("没变化"),
            count("same") + count("superseded") + count("cancelled"),
            _("旧报名只留存，其余不动") if count("superseded") else _("不动"),
        ),
        FigureShown(_("关闭的档案"), count("withdrawn"), _("报名取消，照片保留")),
        FigureShown(_("恢复的档案"), count("restored"), _("重新报考或恢复")),
        FigureShown(_("出错"), count("failed"), _("不导入，不影响其他行")),
        FigureShown(_("文件里没有的"), upload.judged.get("people_kept", 0), _("已有考生，保留，不会删除")),
    ]


def progress_of(upload: RegistrationImport) -> Progress | None:
    """None where nothing is being done."""
    at = {
        ImportState.JUDGING.value: (upload.judged_rows, _("正在核对，已核对 %(done)s 行，共 %(rows)s 行")),
        ImportState.TAKING.value: (upload.taken_rows, _("正在导入，已导入 %(done)s 行，共 %(rows)s 行")),
    }.get(upload.state)
    if at is None:
        return None
    done, words = at
    said = words.replace("%(done)s", f"{done:,}").replace("%(rows)s", f"{upload.rows:,}")
    return Progress(done, upload.rows, said)


def _shows(counts: dict[str, int]) -> list[tuple[str, str]]:
    """What rows can be narrowed to: only what there is, with how many."""
    words = {fate.value: said for fate, (_shape, said) in FATES.items()} | dict(MARKS)
    return [
        ("", _("概览")),
        *((key, f"{_(said)} {counts[key]:,}") for key, said in words.items() if counts.get(key)),
    ]


def _kind(key: str) -> str:
    return key if key in {Fate.FAILED.value, Fate.CHANGED.value} else "plain"


def _narrowed(key: str) -> dict[str, str]:
    return {"fate": key} if key in set(Fate) else {"mark": key}


async def _part(
    exam: OpenExam, upload: RegistrationImport, key: str, total: int, page: int | None
) -> PartShown:
    """Its first rows, or one ``page`` of all of them."""
    size = PAGE_ROWS if page else _FIRST_ROWS
    found, language = await rows_of(upload.id, _narrowed(key), page or 1, size), current_language()
    title, note = _titles(key)
    if key == Fate.FAILED.value and total > FAILED_MOST:
        note = _("一次下载前 %(n)s 行，多半是整个文件有问题", n=f"{FAILED_MOST:,}")
    return PartShown(
        key,
        title.replace("%(n)s", f"{total:,}"),
        note,
        _kind(key),
        [row_shown(exam, row, upload.head["places"], language) for row in found],
        total,
        f"/staff/registrations/{upload.id}?{urlencode({'show': key})}",
    )


def _titles(key: str) -> tuple[str, str]:
    titles = {
        Fate.FAILED.value: (_("出错的 %(n)s 行"), _("改好后单独再传，只补这些行")),
        Fate.CHANGED.value: (_("有变化的 %(n)s 行"), ""),
        Fate.ADDED.value: (_("新增的 %(n)s 行"), ""),
        Mark.DIFFERS.value: (_("与试运行不同的 %(n)s 行"), _("试运行以后数据有变化，按导入那一刻的情况办")),
    }
    words = {fate.value: said for fate, (_shape, said) in FATES.items()} | dict(MARKS)
    return titles.get(key) or (_("%(what)s：%(n)s 行").replace("%(what)s", _(words[key])), "")


async def _parts(
    exam: OpenExam, upload: RegistrationImport, show: str, counts: dict[str, int], page: int
) -> list[PartShown]:
    if show:
        return [await _part(exam, upload, show, counts[show], page)]
    return [await _part(exam, upload, key, counts[key], None) for key in _PARTS if counts.get(key)]


def _counts(upload: RegistrationImport, state: ImportState) -> dict[str, int]:
    """Of the dry run, or of what was taken in since."""
    if state in {ImportState.DROPPED, ImportState.JUDGING}:
        return {}
    taken = state in {ImportState.TAKING, ImportState.TAKEN} or upload.taken_rows
    return upload.taken if taken else upload.judged


async def import_page(import_id: UUID, refused: Refused | None = None, bell: str = "") -> tuple[str, int]:
    """The page; ``refused``: why something could not be done, ``bell`` as it was typed then."""
    exam, language = await exam_of_its_people(), current_language()
    upload = await upload_of(exam, import_id)
    state = ImportState(upload.state)
    counts = _counts(upload, state)
    shows = _shows(counts)
    show = request.args.get("show", "")
    show = show if show in {value for value, _words in shows} else ""
    number = max(1, request.args.get("page", 1, type=int))
    last = number * PAGE_ROWS >= counts.get(show, 0)
    status, problem = refusal(refused) if refused else (200, None)
    shape, state_words = STATES[state]
    same = await taken_before(upload) if state is ImportState.READY else None

    def page_at(at: int) -> str:
        return f"/staff/registrations/{import_id}?{urlencode({'show': show, 'page': at})}"

    fields, places = exam.package.fields, upload.head["places"]
    page = ImportPage(
        id=upload.id,
        file_name=upload.file_name,
        found=_found(upload),
        uploaded=_(
            "%(who)s %(at)s 上传，%(size)s",
            who=upload.staff.name,
            at=moment_words(upload.uploaded_at, exam.time_zone),
            size=_megabytes(upload.size),
        ),
        state=state.value,
        shape=shape,
        state_words=_(state_words),
        decided=_decided(exam, upload),
        progress=progress_of(upload),
        figures=_figures(upload, counts) if state not in {ImportState.JUDGING, ImportState.DROPPED} else [],
        mapping=[(letters(place), fields[code].names.said_in(language)) for code, place in places.items()],
        absent=[fields[code].names.said_in(language) for code in upload.head["absent"]],
        unknown=list(upload.head["unknown"]),
        parts=await _parts(exam, upload, show, counts, number),
        shows=shows,
        show=show,
        newer=page_at(number - 1) if show and number > 1 else "",
        older=page_at(number + 1) if show and not last else "",
        first=(number - 1) * PAGE_ROWS + 1,
        to_take=sum(counts.get(fate.value, 0) for fate in CHANGES_SOMETHING),
        late=counts.get(Mark.LATE.value, 0),
        bell=bell,
        before=day_and_time(same.ended_at, exam.time_zone) if same and same.ended_at else "",
        failed=counts.get(Fate.FAILED.value, 0),
        differs=counts.get(Mark.DIFFERS.value, 0),
        acts=manages_region(exam, current_person()),
        problem=problem,
    )
    return await render("staff/registration_import.html", page, current="registrations", status=status)


def _decided(exam: OpenExam, upload: RegistrationImport) -> str:
    if upload.decided_at is None:
        return ""
    at = moment_words(upload.ended_at or upload.decided_at, exam.time_zone)
    return _("%(who)s，%(at)s", who=upload.decided_by.name if upload.decided_by else _("系统"), at=at)

"""The exam that is open to candidates, as pages need it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from tortoise.functions import Count

from webapp.read_rows import made, recalled
from webapp.records.exam import Exam, Office, Phase, SiteBell
from webapp.records.people import Candidate, Post, Staff
from webapp.rules.exam_package import ExamPackage
from webapp.rules.package_reading import read_package
from webapp.rules.passwords import PasswordPolicy
from webapp.rules.windows import Window
from webapp.statements import Row, Statement, ask

_EXAM = Statement(
    'SELECT id, package_digest, loaded_at FROM "exam" WHERE open_to_candidates ORDER BY loaded_at DESC LIMIT 1'
)
_OF_EXAM = (
    'FROM "phase" WHERE exam_id = '
    '(SELECT id FROM "exam" WHERE open_to_candidates ORDER BY loaded_at DESC LIMIT 1) ORDER BY opens DESC LIMIT 1'
)
_PHASE = Statement(f"SELECT * {_OF_EXAM}")
_BELLS = Statement(f'SELECT * FROM "site_bell" WHERE phase_id = (SELECT id {_OF_EXAM})')  # noqa: S608 - ours
_PHASE_OF_ID = 'SELECT * FROM "phase" WHERE id = ?'
_BELLS_OF_PHASE = 'SELECT * FROM "site_bell" WHERE phase_id = ?'


class NoExam(Exception):
    """No exam is open to candidates on this host: load one with ``webapp exam``."""


@dataclass(frozen=True)
class OpenExam:
    """One exam with its package, its phase and its offices."""

    id: UUID
    code: str
    package: ExamPackage
    phase: Phase
    offices: tuple[Office, ...]
    """By code; the region first."""
    site_bells: Mapping[UUID, datetime]
    """By office: the latest bell that was written for it."""

    @property
    def window(self) -> Window:
        """The upload window of the phase."""
        return Window(self.phase.opens, self.phase.bell)

    @property
    def last_bell(self) -> datetime:
        """When the last site stops uploading; a single case can have a later bell of its own."""
        return max([self.phase.bell, *self.site_bells.values()])

    @property
    def time_zone(self) -> str:
        """Name of the exam's zone, such as Asia/Shanghai."""
        return self.package.time_zone

    @property
    def review_from(self) -> str:
        """``bell`` or ``submit``."""
        return self.package.review_from.value

    @property
    def candidate_passwords(self) -> PasswordPolicy:
        """What a candidate's password must be."""
        return self.package.candidate_password

    @property
    def staff_passwords(self) -> PasswordPolicy:
        """What a staff password must be."""
        return self.package.staff_password

    @property
    def region_office(self) -> Office:
        """The root of the tree of offices."""
        return next(office for office in self.offices if office.parent_id is None)

    @property
    def sites(self) -> tuple[Office, ...]:
        """The offices of the first level, where candidates belong."""
        kind = self.package.levels[0].office_kind
        return tuple(office for office in self.offices if office.kind == kind)

    def site(self, code: str) -> Office:
        """The office of the first level with that code; StopIteration if there is none."""
        kind = self.package.levels[0].office_kind
        return next(office for office in self.offices if office.code == code and office.kind == kind)

    @property
    def parents(self) -> Mapping[UUID, UUID | None]:
        """The office above each office."""
        return {office.id: office.parent_id for office in self.offices}

    @property
    def levels(self) -> int:
        """How many steps the review has."""
        return len(self.package.levels)

    def office(self, office_id: UUID) -> Office:
        """The office of that id; KeyError if it is not of this exam."""
        found = next((office for office in self.offices if office.id == office_id), None)
        if found is None:
            raise KeyError(office_id)
        return found

    def office_at(self, level: int, site_id: UUID) -> Office:
        """Who reviews the cases of a site at ``level`` (0 is the first): the site, or an office above it."""
        kind, at = self.package.levels[level].office_kind, self.office(site_id)
        while at.kind != kind and at.parent_id is not None:
            at = self.office(at.parent_id)
        return at

    def level_of(self, office: Office) -> int | None:
        """The level that offices of this kind review at; None for a kind that reviews nothing."""
        kinds = [level.office_kind for level in self.package.levels]
        return kinds.index(office.kind) if office.kind in kinds else None

    def bell_of_site(self, site_id: UUID) -> datetime | None:
        """The latest bell written for a site or an office above it."""
        bells, at = [], self.parents
        here: UUID | None = site_id
        while here is not None:
            bells += [self.site_bells[here]] if here in self.site_bells else []
            here = at.get(here)
        return max(bells, default=None)

    def title(self, language: str) -> str:
        """The exam's title."""
        return self.package.title.said_in(language)

    def region(self, language: str) -> str:
        """The region's name."""
        return self.package.region.said_in(language)

    def phase_name(self, language: str) -> str:
        """The phase's name."""
        return self.package.phase(self.phase.code).name.said_in(language)

    def level_names(self, language: str) -> list[str]:
        """The levels of review, first to last."""
        return [level.name.said_in(language) for level in self.package.levels]

    def office_kind(self, kind: str, language: str) -> str:
        """What an office of this kind is called."""
        return next(k.name.said_in(language) for k in self.package.office_kinds if k.code == kind)

    def notices(self, language: str) -> list[str]:
        """What candidates are told above their materials."""
        return [text.words.said_in(language) for text in self.package.texts.materials_notices]

    @staticmethod
    def in_language(words: Mapping[str, str], language: str) -> str:
        """Stored words in ``language``, in Simplified Chinese where they are missing."""
        return words.get(language) or words.get("zh-Hans", "")


async def open_exam() -> OpenExam:
    """:class:`NoExam` if none is open. The package is read anew only when another was loaded."""
    exams, phases, bells = await ask(_EXAM, _PHASE, _BELLS)
    if not exams or not phases:
        raise NoExam
    row, (phase,) = exams[0], recalled(Phase, phases)
    loaded = str(row["id"]), row["package_digest"], str(row["loaded_at"])
    known = _remembered.get(loaded)
    if known is None:
        known = await _loaded(row["id"])
        _remembered.clear()
        _remembered[loaded] = known
    return OpenExam(known.id, known.code, known.package, phase, known.offices, _latest(made(SiteBell, bells)))


@dataclass(frozen=True)
class _Loaded:
    """What only loading a package changes: offices are its own too."""

    id: UUID
    code: str
    package: ExamPackage
    offices: tuple[Office, ...]


async def _loaded(exam_id: UUID | str) -> _Loaded:
    exams, offices = await ask(
        Statement('SELECT * FROM "exam" WHERE id = ?', (exam_id,)),
        Statement('SELECT * FROM "office" WHERE exam_id = ? ORDER BY code', (exam_id,)),
    )
    (exam,) = made(Exam, exams)
    return _Loaded(exam.id, exam.code, read_package(exam.package), tuple(made(Office, offices)))


async def with_bells_of_now(exam: OpenExam) -> OpenExam:
    """The same exam with its phase and bells read anew: they may have changed since it was read."""
    phases, bells = await ask(*bells_of_now(exam))
    return with_bells(exam, phases, bells)


def bells_of_now(exam: OpenExam) -> tuple[Statement, Statement]:
    """What :func:`with_bells` needs of the database."""
    return Statement(_PHASE_OF_ID, (exam.phase.id,)), Statement(_BELLS_OF_PHASE, (exam.phase.id,))


def with_bells(exam: OpenExam, phases: Sequence[Row], bells: Sequence[Row]) -> OpenExam:
    """The same exam with its phase and bells as they were found."""
    (phase,) = recalled(Phase, phases)
    return replace(exam, phase=phase, site_bells=_latest(made(SiteBell, bells)))


def _latest(found: Sequence[SiteBell]) -> dict[UUID, datetime]:
    bells: dict[UUID, datetime] = {}
    for written in found:
        bells[written.office_id] = max(written.bell, bells.get(written.office_id, written.bell))
    return bells


_remembered: dict[tuple[str, str, str], _Loaded] = {}


@dataclass(frozen=True)
class PeopleCounts:
    """How many accounts of staff, and how many candidates, belong to each office."""

    staff: dict[UUID, int]
    candidates: dict[UUID, int]
    all_staff: int
    all_candidates: int
    activated: int


async def count_people(exam_id: UUID) -> PeopleCounts:
    """Counts for the table of offices."""
    posts = (
        await Post.filter(office__exam_id=exam_id, staff__disabled_at=None)
        .annotate(number=Count("staff_id", distinct=True))
        .group_by("office_id")
        .values("office_id", "number")
    )
    candidates = (
        await Candidate.filter(exam_id=exam_id)
        .annotate(number=Count("id"))
        .group_by("office_id")
        .values("office_id", "number")
    )
    return PeopleCounts(
        {row["office_id"]: row["number"] for row in posts},
        {row["office_id"]: row["number"] for row in candidates},
        await Staff.filter(disabled_at=None, posts__office__exam_id=exam_id).distinct().count(),
        await Candidate.filter(exam_id=exam_id).count(),
        await Candidate.filter(exam_id=exam_id, activated_at__not_isnull=True).count(),
    )

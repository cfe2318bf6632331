"""What the page of the exam asks: its phases, bells that differ, who a later bell would reach, who works where."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.expressions import F, Q, Subquery
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from webapp.records.cases import Case
from webapp.records.events import Event
from webapp.records.exam import Exam, Phase
from webapp.records.people import Post
from webapp.records.reading.exams import OpenExam
from webapp.records.verdicts import Verdict
from webapp.rules.places import SETTLED_STAGES, Move, Stage

OWN_BELLS_SHOWN = 50


@dataclass(frozen=True)
class LoadedPackage:
    """The package as it stands in the database: since when, its fingerprint, and who loaded it."""

    at: datetime
    digest: str
    by: str


async def loaded_package(exam: OpenExam, chain: str) -> LoadedPackage:
    """The newest loading."""
    row = await Exam.get(id=exam.id)
    event = await Event.filter(chain=chain, what="exam.loaded").order_by("-sequence").first()
    return LoadedPackage(row.loaded_at, row.package_digest, event.actor if event else "")


async def phases_of(exam: OpenExam) -> list[Phase]:
    """All phases of the exam, oldest first."""
    return await Phase.filter(exam_id=exam.id).order_by("opens")


async def cases_with_own_bell(exam: OpenExam, sites: Collection[UUID]) -> list[Case]:
    """Cases whose own bell is later than the phase's, latest first, each with its candidate."""
    own = Case.filter(phase_id=exam.phase.id, site_id__in=list(sites), bell__gt=exam.window.bell)
    return await own.order_by("-bell", "id").limit(OWN_BELLS_SHOWN).prefetch_related("candidate")


@dataclass(frozen=True)
class Reached:
    """Whom a later bell of the phase would reach, in cases of the whole phase."""

    uploading: int
    """They upload now, and go on."""
    opened_again: int
    """The bell handed them in, or found nothing; nobody has judged them yet: their candidates upload again."""
    may_take_back: int
    """Handed in by their candidates and not judged: these can be taken back while the window is open."""
    asked: int
    """In a supplement, whose due time is never before the bell."""
    later_already: int
    """A site's or their own bell is as late, or later."""
    untouched: int
    """Reviewed already, decided or given up."""

    @property
    def gain(self) -> int:
        """How many candidates can do more than before."""
        return self.uploading + self.opened_again + self.may_take_back


async def reached_by(exam: OpenExam, bell: datetime) -> Reached:
    """Whom ``bell``, as the phase's, would reach; six counts, however many cases there are."""
    later_sites = [
        site.id for site in exam.sites if (own := exam.bell_of_site(site.id)) is not None and own >= bell
    ]
    phase = Case.filter(phase_id=exam.phase.id)
    later = Q(bell__gte=bell) | Q(site_id__in=later_sites) if later_sites else Q(bell__gte=bell)
    # Not a NOT: an empty bell would be neither.
    rest = phase.filter(Q(bell__isnull=True) | Q(bell__lt=bell))
    if later_sites:
        rest = rest.exclude(site_id__in=later_sites)
    judged = Verdict.filter(case__phase_id=exam.phase.id, ended_at=None).values("case_id")
    fresh = rest.filter(round=1).exclude(id__in=Subquery(judged))
    closed = fresh.filter(
        stage__in=[Stage.REVIEW.value, Stage.WITHDRAWN.value],
        moves__id=F("arrived_by"),
        moves__move=Move.CLOSE.value,
    )
    submitted = fresh.filter(
        stage=Stage.REVIEW.value, level=0, moves__id=F("arrived_by"), moves__move=Move.SUBMIT.value
    )
    uploading = await rest.filter(stage=Stage.COLLECTING.value).count()
    opened_again, may_take_back = await closed.count(), await submitted.count()
    asked = await rest.filter(stage=Stage.SUPPLEMENT.value).count()
    found = uploading + opened_again + may_take_back + asked
    return Reached(
        uploading,
        opened_again,
        may_take_back,
        asked,
        await phase.filter(later).count(),
        await rest.count() - found,
    )


async def open_cases_of(phase: Phase) -> tuple[int, int]:
    """How many cases a phase has, and how many of them publishing waits for."""
    cases: QuerySet[Case] = Case.filter(phase_id=phase.id)
    settled = [stage.value for stage in SETTLED_STAGES]
    return await cases.count(), await cases.exclude(stage__in=settled).count()


@dataclass(frozen=True)
class Manned:
    """Who works where: accounts that are not disabled, by office and role."""

    roles: Mapping[UUID, Counter[str]]

    def lacks(self, office: UUID, role: str) -> bool:
        """Whether nobody has this role there."""
        return not self.roles[office][role]


async def manned_offices(exam: OpenExam) -> Manned:
    """Counts for the tree of offices."""
    roles: dict[UUID, Counter[str]] = defaultdict(Counter)
    for row in (
        await Post.filter(office__exam_id=exam.id, staff__disabled_at=None)
        .annotate(number=Count("staff_id", distinct=True))
        .group_by("office_id", "role")
        .values("office_id", "role", "number")
    ):
        roles[row["office_id"]][row["role"]] = row["number"]
    return Manned(roles)

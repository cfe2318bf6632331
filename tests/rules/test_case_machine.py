"""A case under random moves of everybody, at random times: what must hold wherever it comes to stand."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.rules.telling import FANG, GAO, HAN, OPENS, WINDOW
from webapp.rules.bells import due_in_force, grace_ends
from webapp.rules.changing import OpenSupplement, Situation, Why, lock_on
from webapp.rules.circumstances import Circumstances
from webapp.rules.leases import (
    Claim,
    Lease,
    ReviewFrom,
    claim_refusals,
    concluded_elsewhere,
    may_decide,
    new_lease,
)
from webapp.rules.places import (
    COLLECTING,
    SETTLED_STAGES,
    TAKEN_BACK,
    Arrival,
    By,
    Move,
    Place,
    Stage,
    is_settled,
)
from webapp.rules.publishing import PhaseState, approving_refusals, correcting_refusals, tally
from webapp.rules.showing import PublishedResult, Shown, shown, shown_place, withdrawal_word
from webapp.rules.stages import NotAllowed, after, moves_from, refusals, rows_from
from webapp.rules.supplements import AskedPhoto
from webapp.rules.verdicts import round_after
from webapp.rules.ways import reachable
from webapp.rules.windows import Window

KINDS = ("county", "site", "region")
CASE = UUID(int=99)
REVIEWERS = st.sampled_from([FANG, GAO, HAN])
STEPS = st.sampled_from(
    [timedelta(), timedelta(seconds=12), timedelta(minutes=20), timedelta(hours=3), timedelta(days=5)]
)


class CaseMachine(RuleBasedStateMachine):
    @initialize(levels=st.integers(1, 3), review_from=st.sampled_from(ReviewFrom))
    def begin(self, levels: int, review_from: ReviewFrom) -> None:
        self.levels = levels
        self.places = reachable(levels)
        self.review_from = review_from
        self.now = OPENS
        self.window = WINDOW
        self.place: Place = COLLECTING
        self.arrivals: list[Arrival] = []
        self.round = 1
        self.photos = 0
        self.announced = False
        self.verdicts = 0
        self.lease: Lease | None = None
        self.claimed_since = False
        self.request: OpenSupplement | None = None
        self.answered = False
        self.concluded: list[tuple[UUID, int]] = []
        self.result: PublishedResult | None = None
        self.version = 1

    @property
    def arrival(self) -> Arrival | None:
        return self.arrivals[-1] if self.arrivals else None

    @property
    def deadline(self) -> datetime:
        return due_in_force(self.request.due, self.window.bell) if self.request else self.window.bell

    def levels_of(self, person: UUID) -> set[int]:
        return {level for who, level in self.concluded if who == person}

    def circumstances(self, person: UUID) -> Circumstances:
        """As they are, with an actor who forgets nothing that a form asks for."""
        level = self.place.level
        return Circumstances(
            exam_now=self.now,
            now=self.now,
            window=self.window,
            arrival=self.arrival,
            first_round=self.round == 1,
            verdicts_saved=self.verdicts > 0 or bool(self.concluded),
            required_missing=int(self.photos == 0),
            empty=self.photos == 0,
            announcements_open=int(self.announced),
            incoming_waiting=0,
            published=self.result is not None,
            due=self.request.due if self.request else None,
            asked=1,
            unanswered=int(not self.answered),
            by_person=person,
            version_current=True,
            may_decide=may_decide(self.lease, person),
            concluded_elsewhere=level is None or concluded_elsewhere(level, self.levels_of(person)),
            claimed_since=self.claimed_since,
            conclusion_lacks=False,
            reason=True,
            two_persons=True,
            deadline_named=max(self.window.bell, self.now) + timedelta(days=2),
        )

    def situation(self) -> Situation:
        return Situation(
            place=self.place,
            levels=self.levels,
            exam_now=self.now,
            now=self.now,
            window=self.window,
            arrival=self.arrival,
            since=None,
            supplement=self.request,
            result=self.result,
        )

    def told_to_candidate(self) -> Shown:
        return shown(self.place, KINDS[-self.levels :], self.circumstances(FANG), self.result)

    @rule(step=STEPS)
    def time_passes(self, step: timedelta) -> None:
        self.now += step
        if self.now >= grace_ends(self.deadline):
            self.announced = False
        self.all_holds()

    @rule(announces=st.booleans())
    def the_candidate_puts_or_announces_a_photo(self, *, announces: bool) -> None:
        if lock_on(self.situation(), "diploma") is not None:
            return
        if announces:
            self.announced = True
        else:
            self.photo_arrives()

    def photo_arrives(self) -> None:
        self.announced = False
        self.photos += 1
        self.verdicts = 0
        self.answered = True
        self.version += 1

    @precondition(lambda self: self.place.stage is Stage.REVIEW)
    @rule(person=REVIEWERS, takeover=st.booleans())
    def somebody_claims_and_saves_a_verdict(self, person: UUID, *, takeover: bool) -> None:
        self.claim(person, takeover=takeover)
        if may_decide(self.lease, person):
            self.verdicts += 1
            self.version += 1

    def claim(self, person: UUID, *, takeover: bool) -> None:
        wanted = Claim(
            person=person,
            place=self.place,
            now=self.now,
            exam_now=self.now,
            window=self.window,
            review_from=self.review_from,
            lease=self.lease,
            verdicts_saved=self.verdicts > 0 or bool(self.concluded),
            announcements_open=int(self.announced),
            incoming_waiting=0,
            concluded=self.levels_of(person),
            takeover_reason=takeover,
        )
        if not claim_refusals(wanted):
            self.lease = new_lease(person, self.now)
            self.claimed_since = True

    @precondition(lambda self: self.place.stage in SETTLED_STAGES or self.now >= self.window.bell)
    @rule()
    def a_manager_publishes_corrects_or_extends(self) -> None:
        if self.place.stage not in SETTLED_STAGES:
            self.window = Window(OPENS, self.now + timedelta(days=3))
        elif self.result is None:
            self.publish()
        elif self.result.moved_since:
            two = {"published": True, "two_persons": True}
            if not correcting_refusals(self.place, self.arrival, self.now, **two):
                self.result = self.written_result()

    def publish(self) -> None:
        decided_at = self.arrival.at if self.arrival and self.arrival.move in TAKEN_BACK else None
        phase = PhaseState(0, decided_at, False, tally([(CASE, self.version)]), self.now, self.now)
        if not approving_refusals(phase):
            assert is_settled(self.arrival, self.now)
            self.result = self.written_result()

    def written_result(self) -> PublishedResult:
        given_up = self.place.stage is Stage.WITHDRAWN
        word = withdrawal_word(self.arrival) if given_up else self.place.stage.value
        return PublishedResult(word, self.now, moved_since=False)

    @rule(data=st.data(), by=st.sampled_from(By), person=REVIEWERS)
    def somebody_tries_a_move(self, data: st.DataObject, by: By, person: UUID) -> None:
        self.try_move(data.draw(st.sampled_from(moves_from(self.place, self.levels))), by, person)

    @rule(
        story=st.lists(st.tuples(STEPS, REVIEWERS, st.booleans(), st.integers(0, 5)), min_size=1, max_size=8)
    )
    def people_do_what_they_may(self, story: list[tuple[timedelta, UUID, bool, int]]) -> None:
        for step, person, prepares, choice in story:
            self.time_passes(step)
            if prepares:
                self.claim(person, takeover=True)
                self.the_candidate_puts_or_announces_a_photo(announces=False)
            allowed = [
                (row.move, row.by)
                for row in rows_from(self.place, self.levels)
                # A case that is given up early is a short story; the random moves try that often enough.
                if row.move is not Move.WITHDRAW
                and not refusals(self.place, row.move, self.levels, row.by, self.circumstances(person))
            ]
            if allowed:
                self.try_move(*allowed[choice % len(allowed)], person)

    def try_move(self, move: Move, by: By, person: UUID) -> None:
        before = self.place
        if refusals(before, move, self.levels, by, self.circumstances(person)):
            with pytest.raises(NotAllowed):
                after(before, move, self.levels, by, self.circumstances(person))
            return
        self.place = after(before, move, self.levels, by, self.circumstances(person))
        self.round = round_after(self.round, move, took_back=self.arrival.move if self.arrival else None)
        if move is Move.TAKE_BACK:
            undone = self.arrivals.pop()
            assert self.place == undone.came_from
            assert undone.person == person
            assert undone.age(self.now) < timedelta(seconds=10)
            self.concluded.pop()
        else:
            self.arrivals.append(Arrival(move, by, before, self.now, person))
        if move in TAKEN_BACK:
            assert before.level is not None
            self.concluded.append((person, before.level))
        if move is Move.ASK:
            self.answered = False
            due = max(self.window.bell, self.now) + timedelta(days=2)
            assert before.level is not None
            self.request = OpenSupplement(before.level, (AskedPhoto("diploma"),), self.now, due)
        elif self.place.stage is not Stage.SUPPLEMENT and self.place.stage is not Stage.WITHDRAWN:
            self.request = None
        if move is Move.RESTORE and by is not By.IMPORT:
            self.give_time()
        if self.result is not None:
            self.result = replace(self.result, moved_since=True)
        self.lease = None
        self.claimed_since = False
        self.version += 1
        self.all_holds()

    def give_time(self) -> None:
        later = max(self.window.bell, self.now) + timedelta(days=2)
        if self.place.stage is Stage.COLLECTING:
            self.window = Window(OPENS, later)
        elif self.request is not None:
            self.request = replace(self.request, due=later)

    @invariant()
    def all_holds(self) -> None:
        self.the_case_stands_where_the_table_can_bring_it()
        self.a_case_can_be_given_up_until_it_is_published()
        self.nobody_concludes_at_two_levels()
        self.a_supplement_has_its_request()
        self.no_decision_shows_before_it_is_published()
        self.a_passed_case_tells_its_candidate_what_a_failed_one_tells()
        self.a_decision_of_the_last_ten_seconds_does_not_show()
        self.only_an_open_stage_lets_anything_change()
        self.a_case_that_can_be_recalled_says_so()

    def the_case_stands_where_the_table_can_bring_it(self) -> None:
        assert self.place in self.places

    def a_case_can_be_given_up_until_it_is_published(self) -> None:
        if self.place.stage is Stage.WITHDRAWN:
            return
        why = refusals(self.place, Move.WITHDRAW, self.levels, By.CANDIDATE, self.circumstances(FANG))
        assert why == (() if self.result is None else ("phase.published",))

    def nobody_concludes_at_two_levels(self) -> None:
        for person in (FANG, GAO, HAN):
            assert len(self.levels_of(person)) <= 1

    def a_supplement_has_its_request(self) -> None:
        assert self.place.stage is not Stage.SUPPLEMENT or self.request is not None

    def no_decision_shows_before_it_is_published(self) -> None:
        said = self.told_to_candidate()
        if self.result is None:
            assert said.word not in {"passed", "failed"}
            assert said.result is None
        if self.result is not None and self.result.moved_since:
            assert said.word not in {"passed", "failed"}
            assert said.rechecking

    def a_passed_case_tells_its_candidate_what_a_failed_one_tells(self) -> None:
        if self.place.stage in {Stage.PASSED, Stage.FAILED} and self.result is None:
            other = Place(Stage.FAILED if self.place.stage is Stage.PASSED else Stage.PASSED)
            told = self.told_to_candidate()
            assert told == shown(other, KINDS[-self.levels :], self.circumstances(FANG), None)
            assert lock_on(self.situation(), "diploma") == lock_on(
                replace(self.situation(), place=other), "diploma"
            )

    def a_decision_of_the_last_ten_seconds_does_not_show(self) -> None:
        made = self.arrival
        if made is None or made.move not in TAKEN_BACK or made.age(self.now) >= timedelta(seconds=10):
            return
        assert made.came_from.level is not None
        assert self.told_to_candidate().word == f"waiting.{KINDS[-self.levels :][made.came_from.level]}"
        lock = lock_on(self.situation(), "diploma")
        assert lock is not None
        assert (lock.why, lock.level) == (Why.IN_REVIEW, made.came_from.level)

    def only_an_open_stage_lets_anything_change(self) -> None:
        seen = shown_place(self.place, self.levels, self.arrival, self.now)
        if lock_on(self.situation(), "diploma") is None:
            assert seen.stage in {Stage.COLLECTING, Stage.SUPPLEMENT}
            assert seen == self.place

    def a_case_that_can_be_recalled_says_so(self) -> None:
        recall = refusals(self.place, Move.RECALL, self.levels, By.CANDIDATE, self.circumstances(FANG))
        if self.result is None:
            assert (self.told_to_candidate().word == "submitted") == (not recall)

    def teardown(self) -> None:
        """However a case has come to stand, the clock and a reviewer who is new to it bring it to a result."""
        if not hasattr(self, "place"):
            return
        newcomer = 1000
        while self.place.stage not in SETTLED_STAGES:
            newcomer += 1
            assert newcomer < 1010, f"stuck at {self.place}"
            self.time_passes(timedelta(days=30))
            if self.place.stage is Stage.COLLECTING:
                self.try_move(Move.CLOSE, By.CLOCK, FANG)
            elif self.place.stage is Stage.SUPPLEMENT:
                self.try_move(Move.EXPIRE, By.CLOCK, FANG)
            else:
                self.claim(UUID(int=newcomer), takeover=True)
                last = self.place.level == self.levels - 1
                self.try_move(Move.PASS if last else Move.PASS_UP, By.REVIEWER, UUID(int=newcomer))
        self.time_passes(timedelta(days=30))


TestCaseMachine = CaseMachine.TestCase
# Shrinking a long story takes minutes; a failure is kept and told as it was found.
TestCaseMachine.settings = settings(
    max_examples=100,
    stateful_step_count=25,
    deadline=None,
    report_multiple_bugs=False,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)

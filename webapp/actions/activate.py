"""Activation: a candidate sets a password and recovery answers and agrees to the exam's texts, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from webapp.actions.recording import exam_chain, record
from webapp.clock import now
from webapp.database import transaction
from webapp.hashing import hash_secret
from webapp.records import Agreement, Candidate, RecoveryAnswer
from webapp.records.reading.exams import OpenExam
from webapp.rules.passwords import password_problem
from webapp.rules.recovery import Answered, answer_problem, plain_answer, question_problem
from webapp.rules.refusals import Refused


@dataclass(frozen=True)
class Activation:
    """The form as it was filled in; ``language`` is the one in which the texts were shown."""

    password: str
    password_again: str
    answers: tuple[Answered, ...]
    pledges: bool
    consent: bool
    language: str


class NotActivated(Exception):
    """The form has problems: a refusal for each field that has one, in the form's order."""

    def __init__(self, problems: Mapping[str, Refused]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


async def activate(exam: OpenExam, candidate: Candidate, form: Activation) -> None:
    """Takes the account into use.

    :class:`NotActivated` for what is filled in wrongly; :class:`Refused` ``activate.already`` if it is in use, also
    if another request was first.
    """
    if candidate.activated_at is not None:
        raise Refused("activate.already")
    if problems := activation_problems(exam, candidate.user_name, form):
        raise NotActivated(problems)
    password = await hash_secret(form.password)
    answers = {one.question: await hash_secret(plain_answer(one.answer)) for one in form.answers}
    await _take_into_use(exam, candidate.id, password, answers, form.language)


def activation_problems(exam: OpenExam, user_name: str, form: Activation) -> dict[str, Refused]:
    """A refusal for each field that has a problem, in the form's order.

    Fields: ``password``, ``password_again``, ``question_1``, ``answer_1``, …, ``pledges``, ``consent``.
    """
    found: dict[str, Refused] = {}
    policy, recovery = exam.candidate_passwords, exam.package.recovery
    if problem := password_problem(form.password, user_name, policy):
        found["password"] = Refused(f"password.{problem}", least=policy.least, most=policy.most)
    if form.password != form.password_again:
        found["password_again"] = Refused("password.differ")
    for place in range(len(form.answers)):
        broken = {
            "question": question_problem(form.answers, place, recovery),
            "answer": answer_problem(
                form.answers, place, recovery, user_name=user_name, password=form.password
            ),
        }
        for kind, problem in broken.items():
            if problem:
                found[f"{kind}_{place + 1}"] = Refused(
                    f"recovery.{problem}",
                    place=place + 1,
                    least=recovery.answer_least,
                    most=recovery.answer_most,
                )
    if not form.pledges:
        found["pledges"] = Refused("activate.no_pledges")
    if not form.consent:
        found["consent"] = Refused("activate.no_consent")
    return found


@transaction
async def _take_into_use(
    exam: OpenExam, candidate_id: UUID, password: str, answers: Mapping[str, str], language: str
) -> None:
    moment, texts = now(), exam.package.texts.shown_at_activation()
    # Compared with what was seen: of two activations at once only one finds the account not yet in use.
    took = await Candidate.filter(id=candidate_id, activated_at=None).update(
        password_hash=password, activated_at=moment
    )
    if not took:
        raise Refused("activate.already")
    await RecoveryAnswer.bulk_create(
        [
            RecoveryAnswer(candidate_id=candidate_id, question=question, answer_hash=hashed)
            for question, hashed in answers.items()
        ]
    )
    await Agreement.bulk_create(
        [
            Agreement(
                candidate_id=candidate_id, text=text, version=version, language=language, agreed_at=moment
            )
            for text, version in texts.items()
        ]
    )
    who = f"candidate:{candidate_id}"
    await record(
        exam_chain(exam.code),
        actor=who,
        what="candidate.activated",
        subject=who,
        texts=texts,
        language=language,
    )

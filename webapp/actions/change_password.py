"""A signed-in person chooses a new password, giving the old one."""

from __future__ import annotations

from uuid import UUID

from webapp.actions.recording import exam_chain, record
from webapp.database import transaction
from webapp.hashing import hash_secret, secret_matches
from webapp.records import Candidate, Staff
from webapp.rules.passwords import PasswordPolicy, password_problem
from webapp.rules.refusals import Refused


async def change_password(
    exam_code: str,
    *,
    candidate_id: UUID | None = None,
    staff_id: UUID | None = None,
    old: str,
    new: str,
    policy: PasswordPolicy,
) -> None:
    """:class:`Refused` ``password.old_wrong`` or ``password.<rule>`` (see :mod:`webapp.rules.passwords`)."""
    person = await (Candidate.get(id=candidate_id) if candidate_id else Staff.get(id=staff_id))
    if not await secret_matches(person.password_hash, old):
        raise Refused("password.old_wrong")
    if problem := password_problem(new, person.user_name, policy):
        raise Refused(f"password.{problem}", least=policy.least, most=policy.most)
    await _store(exam_code, person, person.password_hash or "", await hash_secret(new))


@transaction
async def _store(exam_code: str, person: Candidate | Staff, seen: str, hashed: str) -> None:
    kind = type(person)
    # Compared with the hash that was checked: two changes at once do not both win.
    if not await kind.filter(id=person.id, password_hash=seen).update(password_hash=hashed):
        raise Refused("password.old_wrong")
    who = f"{kind.__name__.lower()}:{person.id}"
    await record(exam_chain(exam_code), actor=who, what="password.changed", subject=who)

"""Browsers that have signed in to an account before: a signed cookie that says so, and nothing else.

It opens nothing. It only keeps a third party's wrong guesses from making the account's owner wait.
"""

from __future__ import annotations

from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

from webapp.clock import now

DAYS = 90
_MOST_ACCOUNTS = 5  # a family or an office shares a computer


class _Signer(TimestampSigner):
    """Takes the time from our clock's door."""

    def get_timestamp(self) -> int:
        return int(now().timestamp())


class KnownDevices:
    """Reads and writes the cookie; ``secret`` is a key of this purpose alone."""

    def __init__(self, secret: bytes) -> None:
        self._signer = URLSafeTimedSerializer(secret, "known-device", signer=_Signer)

    def accounts(self, cookie: str) -> list[str]:
        """The accounts (``door:id``) that signed in from here; none if the cookie is not ours."""
        try:
            found = self._signer.loads(cookie, max_age=DAYS * 86_400)
        except BadSignature:
            return []
        return [account for account in found if isinstance(account, str)] if isinstance(found, list) else []

    def with_account(self, cookie: str, account: str) -> str:
        """The cookie to set after a sign-in."""
        others = [known for known in self.accounts(cookie) if known != account]
        return str(self._signer.dumps([account, *others][:_MOST_ACCOUNTS]))

"""Everything an operator may set: the only room that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit


class SettingsProblem(Exception):
    """A setting that cannot be right; the message names the variable and what would be."""


@dataclass(frozen=True)
class Settings:
    """What one installation is told. Made once by :func:`read_settings` and passed down."""

    data: Path
    """Folder for the embedded database, the shelf and the key file."""
    database_url: str
    """``sqlite:///absolute/path`` or ``postgres://user:password@host:port/name``."""
    origin: str
    """``scheme://host[:port]`` under which people reach us; the same-origin guard compares with it."""
    keys: str = ""
    """Key ring as text (see :mod:`webapp.keyring`); empty: the file ``keys`` in the data folder."""
    trusted_proxies: int = 0
    """How many proxies in front of us write X-Forwarded-*; 0: those headers are ignored."""
    processes: int = 2
    demo: bool = False
    movable_clock: bool = False
    """Whether the exam's clock may be moved (demo and tests only)."""
    registration_site: str = ""
    """Address of the registration site's page that leads here; shown on the sign-in page."""
    ticket_keys: str = ""
    """Keys of the registration system's tickets as text (see :mod:`webapp.guard.tickets`); empty: no tickets."""
    without_service_worker: bool = False
    """Whether phones are told to remove the service worker that they have."""

    @property
    def secure(self) -> bool:
        """Whether people come over HTTPS; only http://127.0.0.1 and localhost may do without."""
        return self.origin.startswith("https://")

    @property
    def cookie_name(self) -> str:
        """``__Host-`` demands Secure, which plain http on this machine cannot give."""
        return "__Host-sid" if self.secure else "sid"

    def __post_init__(self) -> None:
        parts = _parts_of_origin(self.origin)
        if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "localhost"}:
            raise SettingsProblem("WEBAPP_ORIGIN must be https:// unless the host is 127.0.0.1 or localhost")
        if not self.database_url.startswith(("sqlite:///", "postgres://")):
            raise SettingsProblem("WEBAPP_DATABASE_URL must begin with sqlite:/// or postgres://")
        if self.demo and self.secure:
            raise SettingsProblem("WEBAPP_DEMO is for this machine only; a public site is no demo")
        if self.movable_clock and self.secure:
            raise SettingsProblem("WEBAPP_MOVABLE_CLOCK is for demos and tests on this machine only")


def _parts_of_origin(origin: str) -> SplitResult:
    try:
        parts = urlsplit(origin)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError as reason:
        raise SettingsProblem(f"WEBAPP_ORIGIN must be scheme://host[:port], not {origin!r}") from reason
    if parts.scheme not in {"http", "https"} or not host:
        raise SettingsProblem(f"WEBAPP_ORIGIN must be scheme://host[:port], not {origin!r}")
    usual = port in {None, 443 if parts.scheme == "https" else 80}
    sent = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{'' if usual else f':{port}'}"
    # The same-origin guard compares letter by letter: any other spelling would refuse every form.
    if origin != sent:
        raise SettingsProblem(f"WEBAPP_ORIGIN must be written as browsers do: {sent}, not {origin!r}")
    return parts


def _number(environment: Mapping[str, str], name: str, default: int, least: int) -> int:
    text = environment.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal() or int(text) < least:
        raise SettingsProblem(f"{name} must be a whole number of at least {least}, not {text!r}")
    return int(text)


def _truth(environment: Mapping[str, str], name: str) -> bool:
    text = environment.get(name, "").strip().lower()
    if text not in {"", "0", "1", "no", "yes", "false", "true"}:
        raise SettingsProblem(f"{name} must be yes or no, not {text!r}")
    return text in {"1", "yes", "true"}


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from ``WEBAPP_*`` variables (README has the table); refuses what cannot be right."""
    given = os.environ if environment is None else environment
    data = Path(given.get("WEBAPP_DATA") or "data").absolute()
    return Settings(
        data=data,
        database_url=given.get("WEBAPP_DATABASE_URL") or f"sqlite://{data / 'webapp.sqlite3'}",
        origin=(given.get("WEBAPP_ORIGIN") or "http://127.0.0.1:8000").rstrip("/"),
        keys=given.get("WEBAPP_KEYS", ""),
        trusted_proxies=_number(given, "WEBAPP_TRUSTED_PROXIES", 0, 0),
        processes=_number(given, "WEBAPP_PROCESSES", 2, 1),
        demo=_truth(given, "WEBAPP_DEMO"),
        movable_clock=_truth(given, "WEBAPP_MOVABLE_CLOCK"),
        registration_site=given.get("WEBAPP_REGISTRATION_SITE", ""),
        ticket_keys=given.get("WEBAPP_TICKET_KEYS", ""),
        without_service_worker=_truth(given, "WEBAPP_WITHOUT_SERVICE_WORKER"),
    )


def environment_for_children(settings: Settings) -> dict[str, str]:
    """The environment in which the supervisor's children read the same settings again."""
    return {
        **os.environ,
        "WEBAPP_DATA": str(settings.data),
        "WEBAPP_DATABASE_URL": settings.database_url,
        "WEBAPP_ORIGIN": settings.origin,
        "WEBAPP_KEYS": settings.keys,
        "WEBAPP_TRUSTED_PROXIES": str(settings.trusted_proxies),
        "WEBAPP_PROCESSES": str(settings.processes),
        "WEBAPP_DEMO": "yes" if settings.demo else "no",
        "WEBAPP_MOVABLE_CLOCK": "yes" if settings.movable_clock else "no",
        "WEBAPP_REGISTRATION_SITE": settings.registration_site,
        "WEBAPP_TICKET_KEYS": settings.ticket_keys,
        "WEBAPP_WITHOUT_SERVICE_WORKER": "yes" if settings.without_service_worker else "no",
        # Decoding pictures allocates and frees megabytes at a time; glibc's defaults give them back to the
        # system after every photo, which costs 20-40 % of the decode path's CPU.
        "MALLOC_MMAP_THRESHOLD_": "268435456",
        "MALLOC_TRIM_THRESHOLD_": "536870912",
    }

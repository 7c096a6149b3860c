"""Our test kit, shipped: a clock that stands where it is put, and settings of a small installation."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from engine.settings import Settings

START = datetime(2026, 9, 24, 1, 0, tzinfo=UTC)  # Thursday 09:00 in Shanghai, before the Mid-Autumn holiday


class FakeClock:
    """A clock that moves only when told."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **delta: float) -> None:
        """Move on by ``timedelta(**delta)``."""
        self.now += timedelta(**delta)


def fresh_settings(database_url: str, data_dir: Path) -> Settings:
    """Settings for tests: loopback, a fixed secret, the default zone."""
    return Settings(database_url=database_url, data_dir=data_dir, secret_key="test-secret-" * 4)

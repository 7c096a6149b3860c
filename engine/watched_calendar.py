"""A calendar that notices whether its answers are provisional."""

from datetime import date

from engine.calendar import Calendar


class Watched(Calendar):
    """The same days; ``guessed`` says whether a year without a published table was asked about since it was reset."""

    def __init__(self, calendar: Calendar) -> None:
        self._off, self._working, self.published_years = calendar._off, calendar._working, calendar.published_years
        self._statutory, self._worked = calendar._statutory, calendar._worked  # shared: each year is counted once
        self.guessed = False

    def day_off(self, day: date) -> str | None:
        """Why nobody works on this day, or None on a working day."""
        self.guessed |= day.year not in self.published_years
        return super().day_off(day)

    def _workdays(self, year: int) -> list[int]:
        self.guessed |= year not in self.published_years
        return super()._workdays(year)

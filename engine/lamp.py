"""The lamp of a deadline: computed when it is read, never stored. A design default that the legal office may change."""

from datetime import datetime
from zoneinfo import ZoneInfo

from engine.calendar import Calendar

GREEN, YELLOW, ORANGE, RED, DEEP_RED, NONE = "green", "yellow", "orange", "red", "deep_red", "none"


def due_lamp(due_at: datetime | None, now: datetime, calendar: Calendar, zone: ZoneInfo) -> str:
    """The colour of an open deadline, counted in working days.

    Green: more than 3 left; yellow: 2–3; orange: ends today or on the next; red: over by 1–2; deep red: by 3 or more.

    A deadline that ends at 24:00 belongs to the day that ends, so one microsecond before ``due_at`` names its day.
    """
    if due_at is None:
        return NONE
    last_day = (due_at.astimezone(zone) - due_at.resolution).date()
    today = now.astimezone(zone).date()
    if now >= due_at:
        return DEEP_RED if calendar.workdays_between(last_day, today) >= 3 else RED
    left = calendar.workdays_between(today, last_day)
    if left <= 1:
        return ORANGE
    return YELLOW if left <= 3 else GREEN

"""When nothing may be executed by force: at night and on statutory holidays (行政强制法 43). Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

from engine.calendar import Calendar

NIGHT, MORNING = 22, 6  # 夜间: 22:00 to 06:00


def barred(moment: datetime, calendar: Calendar, zone: ZoneInfo) -> bool:
    """Whether this moment lies in the night or on one of the statutory holidays (not: any day off)."""
    local = moment.astimezone(zone)
    return local.hour >= NIGHT or local.hour < MORNING or calendar.is_statutory_holiday(local.date())

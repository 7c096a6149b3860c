"""How much time is left, in words: nobody is told that 0 working days are left."""

from datetime import date, datetime

from engine.app import App
from engine.count_lines import amount
from engine.said import Said

DAYS = "还剩 {left} 个工作日"  # in the texts of table D4


def left(app: App, last: date, now: datetime) -> Said:
    """The words for a limit whose last local day is not over, at an aware moment."""
    today = now.astimezone(app.zone).date()
    days = app.calendar.workdays_between(today, last)
    if days:
        return Said(DAYS.replace("{left}", str(days)), f"{amount(days, 'wd')} left")
    if last <= today:
        return Said("今天到期", "due today")
    return Said(f"{last.month} 月 {last.day} 日到期，此前没有工作日", f"due on {last}, with no working day before")


def filled(app: App, text: str, last: date, now: datetime) -> str:
    """A text of table D4 with the time that is left when it is sent: ``{left}`` alone is the bare number, in the
    English text all of its words.
    """
    days, words = app.calendar.workdays_between(now.astimezone(app.zone).date(), last), left(app, last, now)
    told = text.replace(DAYS, words).replace("{left}", str(days))
    return Said(told, text.en.replace("{left}", words.en)) if isinstance(text, Said) else told

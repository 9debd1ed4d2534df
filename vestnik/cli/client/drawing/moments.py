"""Times as people read them: local, and in their language."""

from datetime import date, datetime

from vestnik.texts import say


def moment(seconds: float) -> str:
    """UNIX seconds as local date and time; what no calendar has as a number."""
    found = local(seconds)
    return str(seconds) if found is None else found.strftime("%Y-%m-%d %H:%M:%S")


def time_of_day(seconds: float) -> str:
    """UNIX seconds as hours and minutes; nothing for what no calendar has."""
    found = local(seconds)
    return "" if found is None else found.strftime("%H:%M")


def day_of(seconds: float) -> date | None:
    """The day of UNIX seconds; None for what no calendar has."""
    found = local(seconds)
    return None if found is None else found.date()


def day_name(day: date, language: str) -> str:
    """A day with its name: `Monday, 30 November 2026`."""
    weekday = say(language, "cli.weekdays").split()[day.weekday()]
    month = say(language, "cli.months").split()[day.month - 1]
    return say(language, "cli.day", weekday=weekday, day=day.day, month=month, year=day.year)


def local(seconds: float) -> datetime | None:
    """UNIX seconds in local time; None for what no calendar has."""
    try:
        return datetime.fromtimestamp(seconds)
    except (ValueError, OverflowError, OSError):  # no event: a server may send any number
        return None

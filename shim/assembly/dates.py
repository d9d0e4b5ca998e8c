"""Reads dates: ISO 8601 in all forms that Python 3.11 reads, with older Pythons as well."""

import sys
from datetime import datetime, timezone

if sys.version_info >= (3, 11):
    _read = datetime.fromisoformat
else:
    from backports.datetime_fromisoformat import datetime_fromisoformat as _read


def seconds(text: str) -> float:
    """Seconds since the epoch; a time without a zone is in UTC.  Raises `ValueError`."""
    moment: datetime = _read(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()

"""The computer's own time zone, for users who name none."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from syncd.errors import ConfigError, Problem


def local_zone() -> ZoneInfo:
    """The computer's time zone; UTC where it has none set or $TZ is no zone, as the C library has
    it then.

    :raises ConfigError: there is a zone, but nothing says its name
    """
    # Imported here: seldom needed, and not cheap.
    from babel.localtime import get_localzone

    try:
        found = get_localzone()
    except (LookupError, ValueError, OSError):  # no zone; $TZ leads to a file that is no zone
        return ZoneInfo("UTC")
    # `zone` is the name where pytz is installed: babel prefers it.
    name = getattr(found, "key", None) or getattr(found, "zone", None) or _name_of_file()
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigError(
            Problem(
                "this computer does not say the name of its time zone",
                hint="write `timezone:` in syncd.yaml, for example America/Toronto",
            )
        ) from None


def _name_of_file() -> str:
    """The name of the zone whose file $TZ or /etc/localtime leads to: babel reads such a file and
    leaves out its name."""
    file = Path(os.environ.get("TZ", "").removeprefix(":") or "/etc/localtime")
    return str(file.resolve()).rpartition("/zoneinfo/")[2] if file.exists() else ""

"""The exit codes of every command; 2, wrong usage, is click's own."""

from __future__ import annotations

MUST_ACT = 1
"""The user must act."""
TEMPORARY = 75
"""EX_TEMPFAIL of sysexits.h: try again later."""
BUG = 70
"""EX_SOFTWARE of sysexits.h: nobody is to mend anything but syncd's authors."""

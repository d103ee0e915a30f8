"""Connectors that read files on this machine."""

from typing import Final

NOT_THERE: Final = "Check the path; if the disk is not mounted, mount it. Nothing was changed."
"""What to do about a source that is not where it should be."""

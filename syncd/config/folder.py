"""Where the configuration is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import platformdirs

VARIABLE = "SYNCD_CONFIG"


def config_folder(explicit: Path | None, environ: Mapping[str, str]) -> Path:
    """The folder of the three files: what `--config` says, else $SYNCD_CONFIG, else the platform's
    own place for a user's configuration. Does not look whether it exists."""
    if explicit is not None:
        return explicit.expanduser()
    if environ.get(VARIABLE):
        return Path(environ[VARIABLE]).expanduser()
    return platformdirs.user_config_path("syncd")

"""The commented sample files: what `syncd init` writes and what the default rules are.

They live once in the repository, in config/; a built wheel carries them inside the package.
"""

from __future__ import annotations

from pathlib import Path

FILES = ("syncd.yaml", "rules.yaml", "people.yaml")
"""The files of a configuration folder."""

_PACKAGED = Path(__file__).parent / "samples"
_CHECKOUT = Path(__file__).parents[2] / "config"


def sample_folder() -> Path:
    """The folder that holds the samples and their JSON Schemas."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


def sample(name: str) -> str:
    """The text of a sample file or schema, by its file name."""
    return (sample_folder() / name).read_text(encoding="utf-8")

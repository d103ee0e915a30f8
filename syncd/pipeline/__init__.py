"""One pass: pull → normalise → store → people → rules → findings → summary. Only this package
knows the order."""

from syncd.pipeline.passes import PassResult, look, run_pass

__all__ = ["PassResult", "look", "run_pass"]

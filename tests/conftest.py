"""What holds for every test."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Others use the machine too: how long an example takes says nothing here. Where time matters, a
# test says so (processor_time.py).
settings.register_profile(
    "shared machine",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("shared machine")

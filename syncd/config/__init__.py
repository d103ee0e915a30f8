"""The user's configuration: three YAML files in one folder, validated together."""

from syncd.config.configuration import Account, Configuration, Me, RuleEntry, SummaryPlan
from syncd.config.folder import config_folder
from syncd.config.loading import default_rules, load
from syncd.config.local_zone import local_zone
from syncd.config.samples import FILES, sample, sample_folder

__all__ = [
    "FILES",
    "Account",
    "Configuration",
    "Me",
    "RuleEntry",
    "SummaryPlan",
    "config_folder",
    "default_rules",
    "load",
    "local_zone",
    "sample",
    "sample_folder",
]

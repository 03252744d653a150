"""What is asked: a frozen, validated scenario, read from TOML and written back as TOML.

Every setting carries its unit, its provenance and the range within which the truth may lie; all of
it stands in the JSON Schema (`lfr-sim schema`). Shares are numbers from 0 to 1, never percentages.
"""

from .camera import Camera
from .categories import CATEGORIES, Category
from .checking import allowed_by, fault_of, setting_paths
from .demography import GROUPS
from .engagement import Disposal, Engagement
from .faults import Fault, InputError, nearest, value_text, whole_faults
from .matcher import MATCHER_PRESETS, REFERENCE_THRESHOLD, Matcher, MatcherPreset
from .model import Scenario
from .officers import TRAININGS, Officers, Training
from .place import Crowd, Deployment, Offence, SitePlace
from .reading import (
    parse_toml,
    parse_value,
    read_scenario_data,
    read_text,
    shipped_files,
    shipped_scenarios,
    value_faults,
    with_changes,
)
from .score_file import Scores, parse_scores, read_scores
from .tables import Published, Source
from .watchlist import Operations, Watchlist

__all__ = [
    "CATEGORIES",
    "GROUPS",
    "MATCHER_PRESETS",
    "REFERENCE_THRESHOLD",
    "TRAININGS",
    "Camera",
    "Category",
    "Crowd",
    "Deployment",
    "Disposal",
    "Engagement",
    "Fault",
    "InputError",
    "Matcher",
    "MatcherPreset",
    "Offence",
    "Officers",
    "Operations",
    "Published",
    "Scenario",
    "Scores",
    "SitePlace",
    "Source",
    "Training",
    "Watchlist",
    "allowed_by",
    "fault_of",
    "nearest",
    "parse_scores",
    "parse_toml",
    "parse_value",
    "read_scenario_data",
    "read_scores",
    "read_text",
    "setting_paths",
    "shipped_files",
    "shipped_scenarios",
    "value_faults",
    "value_text",
    "whole_faults",
    "with_changes",
]

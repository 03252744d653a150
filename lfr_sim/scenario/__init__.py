"""What is asked: a frozen, validated scenario, read from TOML and written back as TOML.

Every setting carries its unit, its provenance and the range within which the truth may lie; all of
it stands in the JSON Schema (`lfr-sim schema`). Shares are numbers from 0 to 1, never percentages.
"""

from .checking import fault_of, setting_paths
from .faults import Fault, InputError, nearest
from .model import Scenario
from .place import Crowd, Deployment, SitePlace
from .policing import Disposal, Engagement, Officers
from .reading import (
    parse_toml,
    parse_value,
    read_scenario_data,
    read_text,
    shipped_scenarios,
    with_changes,
)
from .recognition import (
    MATCHER_PRESETS,
    REFERENCE_THRESHOLD,
    Camera,
    Matcher,
    MatcherPreset,
    Watchlist,
)
from .tables import Published, Source

__all__ = [
    "MATCHER_PRESETS",
    "REFERENCE_THRESHOLD",
    "Camera",
    "Crowd",
    "Deployment",
    "Disposal",
    "Engagement",
    "Fault",
    "InputError",
    "Matcher",
    "MatcherPreset",
    "Officers",
    "Published",
    "Scenario",
    "SitePlace",
    "Source",
    "Watchlist",
    "fault_of",
    "nearest",
    "parse_toml",
    "parse_value",
    "read_scenario_data",
    "read_text",
    "setting_paths",
    "shipped_scenarios",
    "with_changes",
]

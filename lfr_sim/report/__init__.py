"""What the command line shows: tables and sentences, counts before rates."""

from .lists import checked, metric_list, scenario_list, site_list
from .policing import (
    alert_line,
    alert_table,
    breakdown_table,
    check_table,
    composition_data,
    composition_table,
)
from .studies import progress_bar, settings_sentence, study_table, theory_table
from .tables import table

__all__ = [
    "alert_line",
    "alert_table",
    "breakdown_table",
    "check_table",
    "checked",
    "composition_data",
    "composition_table",
    "metric_list",
    "progress_bar",
    "scenario_list",
    "settings_sentence",
    "site_list",
    "study_table",
    "table",
    "theory_table",
]

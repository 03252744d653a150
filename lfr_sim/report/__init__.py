"""What the command line shows: tables and sentences, counts before rates."""

from .comparing import comparison_table
from .lists import checked, experiment_list, metric_list, scenario_list, site_list
from .policing import (
    alert_line,
    alert_table,
    breakdown_table,
    check_table,
    composition_data,
    composition_table,
)
from .studies import progress_bar, settings_sentence, study_table, theory_table
from .sweeps import (
    again_text,
    collected_text,
    effects_table,
    outcome_text,
    plan_table,
    state_text,
    sweep_progress,
    trial_text,
)
from .tables import table

__all__ = [
    "again_text",
    "alert_line",
    "alert_table",
    "breakdown_table",
    "check_table",
    "checked",
    "collected_text",
    "comparison_table",
    "composition_data",
    "composition_table",
    "effects_table",
    "experiment_list",
    "metric_list",
    "outcome_text",
    "plan_table",
    "progress_bar",
    "scenario_list",
    "settings_sentence",
    "site_list",
    "state_text",
    "study_table",
    "sweep_progress",
    "table",
    "theory_table",
    "trial_text",
]

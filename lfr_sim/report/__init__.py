"""What the command line shows: tables and sentences, counts before rates."""

from .lists import checked, metric_list, scenario_list, site_list
from .studies import progress_bar, settings_sentence, study_table, theory_table
from .tables import table

__all__ = [
    "checked",
    "metric_list",
    "progress_bar",
    "scenario_list",
    "settings_sentence",
    "site_list",
    "study_table",
    "table",
    "theory_table",
]

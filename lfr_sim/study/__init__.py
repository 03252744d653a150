"""Studies: many runs of a scenario, summed up and written down."""

from .analysis.paired import Comparison, compare, compare_points
from .replicates import Replicate, Study, run, run_replicate

__all__ = ["Comparison", "Replicate", "Study", "compare", "compare_points", "run", "run_replicate"]

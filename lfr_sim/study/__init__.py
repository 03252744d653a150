"""Studies: many runs of a scenario, summed up and written down."""

from .replicates import Replicate, Study, run, run_replicate

__all__ = ["Replicate", "Study", "run", "run_replicate"]

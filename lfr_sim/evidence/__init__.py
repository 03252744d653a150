"""The published record of live facial recognition, to the end of 2022, as package data.

Six tables, each with a loader that returns a tuple of rows: deployments, accuracy figures, how
alerts were decided on, who is on lists, times and distances, and the default of every model
parameter. A few later studies are included where they measure the same thing.

Conventions:

* A *face* is a face track as estimated by the system, not a person: one passer may leave several
  tracks or none.
* A *true* or *false* alert is the police's own judgement, made after the fact; an alert whose
  person was never reached may be in either column. Nobody outside checked them.
* *Engaged* means that the person was stopped and spoken to.
* An empty cell is ``None``: *not known*, never zero. `display` shows it as "not known".
* An *aggregate* row repeats the rows it sums, so adding it to them counts twice:
  ``deployments(aggregates=False)`` leaves such rows out.
* Each row carries its source. A default is *published*, *derived* or *assumed*, and an assumption
  must be named as one wherever it is shown.

Names not in ``__all__`` are private. This package imports only the standard library.
"""

from lfr_sim.evidence.citing import Citation, Source, citations, cite
from lfr_sim.evidence.errors import TableError, UnknownRow
from lfr_sim.evidence.reading import CountRange
from lfr_sim.evidence.rows import (
    Accuracy,
    Adjudication,
    Composition,
    Default,
    Deployment,
    Row,
    Timing,
)
from lfr_sim.evidence.showing import display
from lfr_sim.evidence.tables import (
    accuracy,
    adjudication,
    composition,
    default,
    defaults,
    deployment,
    deployments,
    timings,
)

__all__ = [
    "Accuracy",
    "Adjudication",
    "Citation",
    "Composition",
    "CountRange",
    "Default",
    "Deployment",
    "Row",
    "Source",
    "TableError",
    "Timing",
    "UnknownRow",
    "accuracy",
    "adjudication",
    "citations",
    "cite",
    "composition",
    "default",
    "defaults",
    "deployment",
    "deployments",
    "display",
    "timings",
]

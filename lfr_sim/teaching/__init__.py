"""The lessons in a terminal and on paper: what the dashboard shows, for those with nothing else."""

from .handouts import MATERIALS, materials
from .printed import printed
from .signs import FULL, PLAIN, Signs, signs_for
from .tally import Answer, tally_text
from .writing import write_materials

__all__ = [
    "FULL",
    "MATERIALS",
    "PLAIN",
    "Answer",
    "Signs",
    "materials",
    "printed",
    "signs_for",
    "tally_text",
    "write_materials",
]

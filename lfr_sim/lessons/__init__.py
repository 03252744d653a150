"""Five lessons on base rates, fifty minutes: what they ask and show, in numbers of the model."""

from .answers import along_the_dial, second_alert_right, tried, values_to_try, why_again
from .claims import INVENTED, Claim, claim
from .course import LESSONS, MINUTES, STEPS, Blank, Dial, Lesson, perfect_told, spaced
from .drawn import (
    MARK_WORDS,
    Block,
    Box,
    Mark,
    Marks,
    Square,
    Tree,
    blocks_of,
    shows_missed,
    square_of,
    tree_of,
)
from .scene import PEOPLE, RIGHT_SHARE, Counts, Scene, counts_of, lesson_scenario, scene_of

__all__ = [
    "INVENTED",
    "LESSONS",
    "MARK_WORDS",
    "MINUTES",
    "PEOPLE",
    "RIGHT_SHARE",
    "STEPS",
    "Blank",
    "Block",
    "Box",
    "Claim",
    "Counts",
    "Dial",
    "Lesson",
    "Mark",
    "Marks",
    "Scene",
    "Square",
    "Tree",
    "along_the_dial",
    "blocks_of",
    "claim",
    "counts_of",
    "lesson_scenario",
    "perfect_told",
    "scene_of",
    "second_alert_right",
    "shows_missed",
    "spaced",
    "square_of",
    "tree_of",
    "tried",
    "values_to_try",
    "why_again",
]

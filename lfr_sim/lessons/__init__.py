"""Five lessons on base rates, fifty minutes: what they ask and show, in numbers of the model."""

from .claims import Claim, claim
from .course import LESSONS, STEPS, Blank, Dial, Lesson, perfect_told
from .scene import PEOPLE, Counts, Scene, counts_of, lesson_scenario, scene_of

__all__ = [
    "LESSONS",
    "PEOPLE",
    "STEPS",
    "Blank",
    "Claim",
    "Counts",
    "Dial",
    "Lesson",
    "Scene",
    "claim",
    "counts_of",
    "lesson_scenario",
    "perfect_told",
    "scene_of",
]

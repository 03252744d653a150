"""The recognition system: capture, watchlist, scores, matcher. Knows walking by its pass table only."""

from .chances import decisions
from .entries import Entries
from .faces import Faces
from .matcher import Searches, Street, after_cooldown, search_all
from .scores import ScoreModel
from .watchlist import Membership, absent_share, likeness, membership_of, presence

__all__ = [
    "Entries",
    "Faces",
    "Membership",
    "ScoreModel",
    "Searches",
    "Street",
    "absent_share",
    "after_cooldown",
    "decisions",
    "likeness",
    "membership_of",
    "presence",
    "search_all",
]

"""The recognition system: capture, watchlist, scores, matcher. Knows walking by its pass table only."""

from .matcher import Searches, Wearer, after_cooldown, search_all
from .watchlist import Membership, membership_of, presence

__all__ = [
    "Membership",
    "Searches",
    "Wearer",
    "after_cooldown",
    "membership_of",
    "presence",
    "search_all",
]

"""Every table of settings together: what a scenario can say."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from .camera import Camera
from .matcher import Matcher
from .officers import Officers
from .place import Crowd, Deployment, Number, SitePlace
from .setting import Section, Status
from .watchlist import Watchlist

MOST_PASSERS = 2_000_000
"""Largest expected number of walks in one deployment; keeps a slip of the finger from filling memory."""
_LARGEST_COUNT = 10_000_000_000


class Published(Section):
    """`[published]`: what the force printed about this deployment. Left out means not known."""

    watchlist_size: int | None = Field(default=None, ge=0, le=_LARGEST_COUNT)
    """Images on the list."""
    faces: int | None = Field(default=None, ge=0, le=_LARGEST_COUNT)
    """Faces seen, as estimated by the force: tracks, not people."""
    alerts: int | None = Field(default=None, ge=0, le=_LARGEST_COUNT)
    """Alerts raised."""
    true_alerts: int | None = Field(default=None, ge=0, le=_LARGEST_COUNT)
    """Alerts the force judged right."""
    false_alerts: int | None = Field(default=None, ge=0, le=_LARGEST_COUNT)
    """Alerts the force judged wrong."""
    true_alerts_engaged: int | None = Field(default=None, ge=0, le=_LARGEST_COUNT)
    """Of the true alerts, those that ended in a stop."""
    false_alerts_engaged: int | None = Field(default=None, ge=0, le=_LARGEST_COUNT)
    """Of the false alerts, those that ended in a stop."""
    arrests: int | None = Field(default=None, ge=0, le=_LARGEST_COUNT)
    """Arrests (and, in the grid of 2022, other disposals)."""


class Source(Section):
    """Where one value of a scenario comes from."""

    status: Status
    """Published, derived, assumed or fitted."""
    reference: str = Field(min_length=1)
    """The publication, the derivation, or the reason."""
    range: tuple[Number, Number] | None = Field(default=None, strict=False)
    """The range within which the truth may lie."""

    @field_validator("range")
    @classmethod
    def _from_low_to_high(cls, ends: tuple[float, float] | None) -> tuple[float, float] | None:
        if ends is not None and ends[0] > ends[1]:
            raise ValueError("the range runs from high to low")
        return ends


class ScenarioSettings(Section):
    """What a scenario says, as tables of settings; `Scenario` adds reading and varying."""

    # A TOML key named `schema` is what users write; pydantic keeps that name for a method.
    schema_version: Literal[1] = Field(default=1, alias="schema")
    """Version of this format."""
    title: str = "Untitled deployment"
    """A name of a few words."""
    summary: str = ""
    """What the scenario stands for."""
    site: SitePlace
    deployment: Deployment = Deployment()
    crowd: Crowd = Crowd()
    camera: Camera = Camera()
    watchlist: Watchlist = Watchlist()
    matcher: Matcher = Matcher()
    officers: Officers = Officers()
    published: Published = Published()
    sources: dict[str, Source] = Field(default_factory=dict)
    """Dotted path of a value that is not a default -> where it comes from."""

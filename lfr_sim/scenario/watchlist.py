"""Settings of the list: `[watchlist]` with its composition and what is taken off it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from .categories import Category, CategoryShares, PresenceRatios, SeriousShares
from .demography import ListGroups, UnconvictedRatio
from .setting import Section, clash, setting, share

_GRID = "MPS LFR deployment grid 2020-2022"
_CUSTODY = "MPS FOI 01.FOI.23.028552, custody image database"


class Operations(Section):
    """`[watchlist.operations]`: what is taken off the list before the deployment, in this order.

    The list drawn for a scenario stays the same; taking entries off it removes exactly their alerts.
    """

    keep_categories: tuple[Annotated[Category, Field(strict=False)], ...] | None = Field(
        default=None,
        strict=False,
        min_length=1,
        json_schema_extra={
            "unit": "names",
            "plausible": "any categories",
            "status": "assumed",
            "source": "left out: every category stays",
        },
    )
    """Categories that stay; all others are taken off. Left out: all stay."""
    serious_only: bool = setting(
        False, unit="", plausible=None, status="assumed", source="off: lists of 2022 held all kinds"
    )
    """Whether only entries whose offence carries four years or more stay."""
    remove_unconvicted_custody: bool = setting(
        False, unit="", plausible=None, status="assumed", source="off: such images were held and used"
    )
    """Whether custody images of people never convicted are taken off."""
    review_age_years: float | None = setting(
        None,
        unit="years",
        plausible=(1, 10),
        status="assumed",
        source="left out: `stale_share` is what the reported cases show, after any review; custody "
        "images are due for review after 6 years",
        ge=0.0,
        le=100.0,
    )
    """Age of the image at which an entry is reviewed, and taken off if it is stale. 0 reviews all;
    left out: none."""
    remove_entries: int = setting(
        0,
        unit="entries",
        plausible=(0, 9756),
        status="assumed",
        source="off: a list shortened by chance, to compare a filter with",
        ge=0,
        le=10_000_000,
    )
    """Number of entries taken off by chance, whoever they are: those with the highest numbers."""
    cap: int | None = setting(
        None,
        unit="entries",
        plausible=(500, 2000),
        status="assumed",
        source="left out: none; South Wales had a contractual cap of 2,000",
        ge=0,
        le=10_000_000,
    )
    """Most entries that stay, the serious ones first. Left out: no cap."""


class Watchlist(Section):
    """`[watchlist]`: how many entries, who they are, and how many of those on it walk past."""

    size: int = setting(
        6747,
        unit="entries",
        plausible=(500, 9756),
        status="published",
        source=f"{_GRID}: 16 July 2022",
        ge=0,
        le=10_000_000,
    )
    """Entries on the list before anything is taken off it. One entry is one person."""
    presence: float = share(
        1.49e-4,
        plausible=(7.2e-5, 3.6e-4),
        status="derived",
        source=f"{_GRID}: 17 true alerts in 144,366 faces of 2022, divided by P(match | captured) = "
        "0.75 / 0.95, because faces are captured already; with npl-2023 use 1.26e-4 (the pair cannot "
        "be told apart)",
    )
    """P(a person who walks past is listed) when the list has `presence_reference_size` entries.
    It is an input of its own and is never implied by the size."""
    presence_reference_size: int = setting(
        6996,
        unit="entries",
        plausible=(6699, 9756),
        status="derived",
        source=f"{_GRID}: mean list of 2022 weighted by faces, 1.010e9 / 144,366",
        ge=1,
        le=100_000_000,
    )
    """List size at which `presence` holds."""
    presence_law: Literal["fixed", "concave", "proportional"] = setting(
        "concave",
        unit="",
        plausible=("fixed", "proportional"),
        status="assumed",
        source="no experiment varies size at one place and time; entries ordered by local "
        "likelihood give a concave law",
    )
    """How presence moves with size: not at all, as size**presence_exponent, or in proportion."""
    presence_exponent: float = setting(
        0.5,
        unit="exponent",
        plausible=(0, 1),
        status="assumed",
        source="midpoint of the two extremes",
        ge=0.0,
        le=1.0,
    )
    """Exponent of the concave law; unused under the other two."""
    presence_day_effect: bool = setting(
        True,
        unit="",
        plausible=None,
        status="derived",
        source=f"{_GRID}: true alerts of 2022 vary more between days than Poisson (chi2/df 5-12)",
    )
    """Whether presence differs from day to day (a gamma factor with mean 1)."""
    presence_day_shape: float = setting(
        1.0,
        unit="shape",
        plausible=(0.1, 4.0),
        status="derived",
        source=f"{_GRID}: negative-binomial fit to 10, 0, 4, 2, 0, 1 gives 0.98 (0.11-3.2)",
        ge=0.01,
        le=1000.0,
    )
    """Shape of that gamma factor: its variance is 1 / shape."""
    stale_share: float = share(
        0.10,
        plausible=(0.02, 0.4),
        status="derived",
        source="3 of 17 reported cases (2017, 2019, 2022), halved because such cases reach the press",
    )
    """Share of entries that are no longer current: the person is not wanted any more."""
    female_share: float = share(
        0.1,
        plausible=(0.04, 0.2),
        status="derived",
        source="between people searched (92 % men; Ashby, London 2021/22) and arrested (about 85 %)",
    )
    """Share of entries who are women."""
    share_under_18: float = share(
        0.005, plausible=(0.0, 0.03), status="assumed", source="ordinarily not listed; wide judgement"
    )
    """Share of entries who are under 18."""
    custody_share: float = share(
        0.95, plausible=(0.8, 1.0), status="assumed", source=f"{_CUSTODY}: other sources are rare"
    )
    """Share of entries whose image was taken in custody."""
    unconvicted_share: float = share(
        0.2,
        plausible=(0.02, 0.4),
        status="derived",
        source="Phillips and Brown, HORS 185: at most 40 % of arrested people unconvicted, halved; 1-5 % "
        "reported of all custody images",
    )
    """Share of custody entries of people who were never convicted, at an `unconvicted_ratio` of 1."""
    image_age_years: float = setting(
        3.0,
        unit="years",
        plausible=(1, 8),
        status="derived",
        source="an even spread over the six years until a custody image is due for review",
        ge=0.0,
        le=50.0,
    )
    """Mean age of an image; exponential."""
    images_per_person: float = setting(
        1.0,
        unit="images",
        plausible=(1.0, 2.0),
        status="assumed",
        source=f"{_CUSTODY}: lists are counted in images; one each is the simplest reading",
        ge=1.0,
        le=10.0,
    )
    """Mean number of images of an entry: every entry has the whole number below or above."""
    kin_share: float = share(
        0.5,
        plausible=(0.2, 0.8),
        status="assumed",
        source="no source; a brother or sister of like age and face",
    )
    """Share of entries with a lookalike relative, not listed for that, who is as likely to walk past."""
    kin_also_listed_share: float = share(0.05, plausible=(0.005, 0.2), status="assumed", source="no source")
    """P(a listed person is a lookalike relative of another entry)."""
    groups: ListGroups = ListGroups()
    unconvicted_ratio: UnconvictedRatio = UnconvictedRatio()
    categories: CategoryShares = CategoryShares()
    serious_share: SeriousShares = SeriousShares()
    presence_ratio: PresenceRatios = PresenceRatios()
    operations: Operations = Operations()

    @model_validator(mode="after")
    def _somebody_is_left_to_take_off(self) -> Self:
        if self.operations.remove_entries > self.size:
            raise clash(
                "operations.remove_entries",
                "size",
                problem=f"more entries are taken off than the {self.size:,} on the list",
            )
        return self

    @model_validator(mode="after")
    def _somebody_can_walk_past(self) -> Self:
        shares, ratios = self.categories.model_dump(), self.presence_ratio.model_dump()
        if not any(shares[name] * ratios[name] for name in shares):
            raise clash(
                "presence_ratio",
                "categories",
                problem="every category on the list has a presence_ratio of 0, so nobody could walk past",
            )
        return self

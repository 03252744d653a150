"""Settings of the recognition system: `[camera]`, `[watchlist]`, `[matcher]`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

from pydantic import field_validator, model_validator

from .setting import Section, clash, setting, share, zero_or_at_least

_GRID = "MPS LFR deployment grid 2020-2022"
_NPL = "NPL equitability study MS 43 (2023), as reported"
_AXXON = "AxxonSoft face recognition camera requirements"

_SHORTEST_S = 1e-3
_LEAST_FMR = 1e-30

REFERENCE_THRESHOLD = 0.6
"""Score at which the presets' error rates hold (the NPL default threshold)."""


@dataclass(frozen=True, slots=True)
class MatcherPreset:
    """Error rates of one system at the reference threshold, with where they come from."""

    fmr: float
    """False match rate per comparison."""
    tpir: float
    """True-positive identification rate per walk past a van; it contains capture."""
    source: str
    """Where both rates come from."""


MATCHER_PRESETS = {
    "npl-2023": MatcherPreset(
        fmr=1.0 / 6000 / 10_000,
        tpir=0.89,
        source=f"{_NPL}: 1 in 6,000 at 10,000 images, 89 % of about 4,000 passes",
    ),
    "operational-2022": MatcherPreset(
        fmr=2.97e-9,
        tpir=0.75,
        source=f"{_GRID}: 3 false alerts over 1.010e9 comparisons (95 % 0.6-8.7e-9); TPIR assumed "
        "between NPL and older field trials (0.5-0.9)",
    ),
    "legacy-2020": MatcherPreset(
        fmr=1.116e-7,
        tpir=0.70,
        source=f"{_GRID}: 7 false alerts over 8,600 x 7,292 on 27 February 2020; MPS launch "
        "statement: 70 %",
    ),
}
"""Named error rates. The rates differ by a factor of 40: none is *the* rate of face recognition."""


class Camera(Section):
    """`[camera]`: what the cameras of the deployed vans catch."""

    capture_probability: float = share(
        0.95,
        plausible=(0.7, 1.0),
        status="assumed",
        source=f"{_NPL}: not separable from TPIR, which counts misses of either kind",
        ge=1e-6,
    )
    """P(captured) of a face that stays in the zone for long and is never hidden. TPIR, published
    per walk, is taken to hold at this value."""
    capture_time_constant_s: float = setting(
        0.7,
        unit="s",
        plausible=(0.2, 2.0),
        status="assumed",
        source=f"{_AXXON}: several usable frames at 12 per second",
        ge=0.0,
        le=60.0,
    )
    """Time in view after which capture has reached 63 % of its limit."""
    occlusion_effect: float = setting(
        1.0,
        unit="exponent",
        plausible=(0.5, 3.0),
        status="assumed",
        source="South Wales Police 2018: crowds hurt; no number printed",
        ge=0.0,
        le=10.0,
    )
    """Time in view counts times (1 - occluded share) to this power."""
    max_yaw_deg: float = setting(
        60.0,
        unit="deg",
        plausible=(15, 75),
        status="fitted",
        source="vendor guidance is 15, modern algorithms reach further, heads turn; at 60 the drawn "
        "Oxford Circus shows one van 0.19 of trips, which July 2022's faces need",
        gt=0.0,
        le=180.0,
    )
    """Largest angle between a person's way and the direction to the camera at which the face counts
    as turned to it."""
    tracks_per_pass: float = setting(
        1.0,
        unit="faces",
        plausible=(1.0, 2.2),
        status="assumed",
        source="7 July 2022 was first given as about 15,600 faces, then as 34,286",
        ge=1.0,
        le=10.0,
    )
    """Faces a force counts for one captured pass (mean); alerts are per pass all the same."""
    dedupe_cooldown_s: float = setting(
        60.0,
        unit="s",
        plausible=(0, 300),
        status="assumed",
        source="not published",
        ge=0.0,
        le=86_400.0,
    )
    """Time after an alert on a person during which a further alert on that person is suppressed."""
    mask_capture_multiplier: float = share(
        0.9,
        plausible=(0.6, 1.0),
        status="assumed",
        source="NISTIR 8311 (masks): detection falls less than matching; no street figure",
    )
    """Capture of a masked face over that of a bare one."""
    range_min_m: float | None = setting(
        None,
        unit="m",
        plausible=(2.4, 6),
        status="assumed",
        source="the layout's own (4 m: pitch limit seen from 3 m height)",
        ge=0.0,
        le=100.0,
    )
    """Near end of every zone of recognition; left out: each camera's own."""
    range_max_m: float | None = setting(
        None,
        unit="m",
        plausible=(8, 20),
        status="assumed",
        source="the layout's own (24 pixels between the eyes on a 3,840-pixel sensor)",
        ge=0.1,
        le=200.0,
    )
    """Far end of every zone of recognition; left out: each camera's own."""
    hfov_deg: float | None = setting(
        None,
        unit="deg",
        plausible=(30, 60),
        status="assumed",
        source="the layout's own (35 to 60)",
        ge=1.0,
        le=180.0,
    )
    """Horizontal field of view of every camera; left out: each camera's own."""

    @field_validator("capture_time_constant_s")
    @classmethod
    def _constant_is_no_speck(cls, value: float) -> float:
        return zero_or_at_least(_SHORTEST_S, value)

    @model_validator(mode="after")
    def _zone_has_depth(self) -> Self:
        near, far = self.range_min_m, self.range_max_m
        if near is not None and far is not None and near >= far:
            raise clash(
                "range_min_m",
                "range_max_m",
                problem=f"range_min_m {near:g} is not below range_max_m {far:g}",
            )
        return self


class Watchlist(Section):
    """`[watchlist]`: how many images, and how many of those on it walk past."""

    size: int = setting(
        6747,
        unit="images",
        plausible=(500, 9756),
        status="published",
        source=f"{_GRID}: 16 July 2022",
        ge=0,
        le=10_000_000,
    )
    """Images on the list. One image is one entry is one person."""
    presence: float = share(
        1.49e-4,
        plausible=(7.2e-5, 3.6e-4),
        status="derived",
        source=f"{_GRID}: 17 true alerts in 144,366 faces of 2022, divided by P(match | captured) = "
        "0.75 / 0.95, because faces are captured already; with npl-2023 use 1.26e-4 (the pair cannot "
        "be told apart)",
    )
    """P(a person who walks past is listed) when the list has `presence_reference_size` images.
    It is an input of its own and is never implied by the size."""
    presence_reference_size: int = setting(
        6996,
        unit="images",
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


class Matcher(Section):
    """`[matcher]`: error rates and threshold."""

    preset: Literal["operational-2022", "npl-2023", "legacy-2020"] = setting(
        "operational-2022",
        unit="",
        plausible=("npl-2023", "legacy-2020"),
        status="derived",
        source=f"{_GRID}: reproduces the record of 2022",
    )
    """Named error rates, used where `fmr` and `tpir` are left out."""
    threshold: float = setting(
        0.6,
        unit="score",
        plausible=(0.55, 0.64),
        status="published",
        source="NPL default threshold; the 2022 grid prints none",
        ge=0.0,
        le=1.0,
    )
    """Score from which a comparison is an alert."""
    fmr: float | None = setting(
        None,
        unit="per comparison",
        plausible=(3e-9, 1.1e-7),
        status="derived",
        source="the preset's",
        ge=0.0,
        le=1.0,
    )
    """False match rate per comparison at score 0.60; left out: the preset's."""
    tpir: float | None = setting(
        None,
        unit="share",
        plausible=(0.5, 0.93),
        status="published",
        source="the preset's",
        ge=0.0,
        le=1.0,
    )
    """P(a listed person who walks past a van is matched to the own entry) at score 0.60; it
    contains capture; left out: the preset's."""
    fmr_slope_per_score: float = setting(
        50.0,
        unit="1/score",
        plausible=(34, 66),
        status="derived",
        source="NPL counts 33, 7, 1, 0 at 0.56 (assumed), 0.60, 0.62, 0.64",
        ge=0.1,
        le=1000.0,
    )
    """FMR falls as exp(-slope x score)."""
    mated_score_sd: float = setting(
        0.1,
        unit="score",
        plausible=(0.05, 0.2),
        status="assumed",
        source="TPIR by threshold was never published",
        ge=1e-3,
        le=1.0,
    )
    """Standard deviation of the score of a face against its own entry (normal)."""
    field_lab_multiplier: float = setting(
        1.0,
        unit="ratio",
        plausible=(0.04, 1),
        status="derived",
        source=f"{_GRID}: 2.97e-9 / 1.667e-8 = 0.18 for 2022; 1 where the rate is of the field",
        ge=0.0,
        le=100.0,
    )
    """Street FMR over laboratory FMR. Only with `npl-2023`: other rates already come from the field."""
    search_latency_s: float = setting(
        1.0,
        unit="s",
        plausible=(0.3, 3.0),
        status="published",
        source="MPS on how LFR works: compared in under a second; lag at Cardiff",
        ge=0.0,
        le=60.0,
    )
    """Time from capture to alert."""
    mask_tpir_multiplier: float = share(
        0.6,
        plausible=(0.3, 0.95),
        status="derived",
        source="NISTIR 8311: best algorithm 5 % error masked, many 20 to 50",
    )
    """TPIR of a masked face over that of a bare one, given capture."""
    hood_tpir_multiplier: float = share(
        0.8,
        plausible=(0.5, 1.0),
        status="assumed",
        source="South Wales Police 2018: hats and glasses hurt; no number printed",
    )
    """TPIR under a hood or hat over that without, given capture."""

    @field_validator("fmr")
    @classmethod
    def _fmr_is_no_speck(cls, value: float | None) -> float | None:
        return None if value is None else zero_or_at_least(_LEAST_FMR, value)

    @model_validator(mode="after")
    def _each_cause_once(self) -> Self:
        if self.field_lab_multiplier != 1.0 and self.preset != "npl-2023":
            raise clash(
                "field_lab_multiplier",
                "preset",
                problem=f"this goes with preset 'npl-2023' only; {self.preset!r} is a rate of the street",
            )
        return self

    @property
    def fmr_at_reference(self) -> float:
        """FMR per comparison at score 0.60, field multiplier included."""
        fmr = MATCHER_PRESETS[self.preset].fmr if self.fmr is None else self.fmr
        return min(1.0, fmr * self.field_lab_multiplier)

    @property
    def tpir_at_reference(self) -> float:
        """TPIR per walk past a van at score 0.60."""
        return MATCHER_PRESETS[self.preset].tpir if self.tpir is None else self.tpir

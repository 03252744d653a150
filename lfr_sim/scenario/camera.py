"""Settings of the cameras: `[camera]`."""

from __future__ import annotations

from typing import Self

from pydantic import field_validator, model_validator

from .setting import Section, clash, setting, share, zero_or_at_least

_NPL = "NPL equitability study MS 43 (2023), as reported"
_AXXON = "AxxonSoft face recognition camera requirements"

_SHORTEST_S = 1e-3


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

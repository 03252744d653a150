"""Settings of the matcher: `[matcher]`, its error rates and threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

from pydantic import Field, model_validator

from .demography import FmrRatio, Reference, TpirRatio
from .setting import Section, clash, setting, share

_GRID = "MPS LFR deployment grid 2020-2022"
_NPL = "NPL equitability study MS 43 (2023), as reported"

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
        plausible=(6e-10, 1.1e-7),
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
        status="assumed",
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
    """Street FMR over laboratory FMR. Only with `npl-2023` or a score file:
    other rates already come from the field."""
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

    score_file: str | None = Field(
        default=None,
        min_length=1,
        json_schema_extra={
            "unit": "path",
            "plausible": "any file",
            "status": "published",
            "source": "left out: the preset's rates",
        },
    )
    """A file of scores, `kind,score` per line (genuine or impostor), from which FMR and P(match |
    captured) are taken at every threshold, in place of `fmr`, `tpir` and the slopes."""
    frailty_sd_log: float = setting(
        1.0,
        unit="log units",
        plausible=(0, 2),
        status="assumed",
        source="Wittman, Davis and Flynn: a menagerie exists in FRGC 2.0; its size on a list is not known",
        ge=0.0,
        le=3.0,
    )
    """Standard deviation, between people, of the logarithm of their FMR; the mean stays. 0: all alike."""
    mated_agreement: float = setting(
        0.27,
        unit="rho",
        plausible=(0, 0.75),
        status="assumed",
        source="gives successes of one volunteer over passes the correlation 0.15 (0-0.5), itself assumed",
        ge=0.0,
        le=1.0,
    )
    """Correlation, over the passes of one listed person, of the scores against the own entry."""
    kin_fmr_multiplier: float = setting(
        100.0,
        unit="ratio",
        plausible=(10, 10000),
        status="assumed",
        source="NIST/FBI twins study: twins are much harder for all algorithms; no sibling FMR found",
        ge=1.0,
        le=1e9,
    )
    """FMR against the entry of a lookalike relative over that against a stranger of the same group."""
    tpir_age_decay_per_year: float = setting(
        0.01,
        unit="share/year",
        plausible=(0, 0.03),
        status="assumed",
        source="Best-Rowden and Jain: 99 % up to six years, falling after; a street has less margin",
        ge=0.0,
        le=1.0,
    )
    """TPIR lost per year of image age; `tpir` is that at `tpir_reference_age_years`."""
    tpir_reference_age_years: float = setting(
        3.0,
        unit="years",
        plausible=(1, 8),
        status="assumed",
        source="the mean age of images, so that the mean TPIR is the published one",
        ge=0.0,
        le=100.0,
    )
    """Age of an image at which `tpir` holds."""
    second_image_tpir_gain: float = share(
        0.25,
        plausible=(0.1, 0.5),
        status="assumed",
        source="no street figure; misses are mostly the probe's quality, which no reference cures",
    )
    """Share of the remaining misses that each further image of an entry recovers."""
    non_custody_tpir_ratio: float = setting(
        1.0,
        unit="ratio",
        plausible=(0.5, 1.0),
        status="assumed",
        source="1: the published TPIR is of lists as they are, few images of which are not of custody",
        ge=0.0,
        le=10.0,
    )
    """TPIR with an image from elsewhere over that with a custody image: image quality."""
    female_tpir_ratio: float = setting(
        1.0,
        unit="ratio",
        plausible=(0.85, 1.05),
        status="published",
        source=f"{_NPL}: no significant difference at 0.60",
        ge=0.0,
        le=10.0,
    )
    """TPIR of women over that of men."""
    female_fmr_ratio: float = setting(
        2.0,
        unit="ratio",
        plausible=(1, 5),
        status="published",
        source="NIST demographics study, as reported: women two to five times",
        ge=0.0,
        le=1000.0,
    )
    """FMR of women against women over that of men against men."""
    cross_sex_fmr_ratio: float = setting(
        0.1,
        unit="ratio",
        plausible=(0.01, 0.5),
        status="assumed",
        source="NISTIR 8280: scores across sexes are lower; no number seen in the text",
        ge=0.0,
        le=1000.0,
    )
    """FMR between the sexes over that of men against men."""
    older_fmr_ratio: float = setting(
        2.0,
        unit="ratio",
        plausible=(1, 10),
        status="assumed",
        source="NISTIR 8280: elevated in the elderly; size not seen",
        ge=0.0,
        le=1000.0,
    )
    """FMR of passers of 65 and over relative to others."""
    child_fmr_ratio: float = setting(
        1.0,
        unit="ratio",
        plausible=(1, 10),
        status="assumed",
        source="NISTIR 8280: elevated in children; size not seen, and entries are adults",
        ge=0.0,
        le=1000.0,
    )
    """FMR of passers under 18 relative to others."""
    fmr_ratio: FmrRatio = FmrRatio()
    tpir_ratio: TpirRatio = TpirRatio()
    reference: Reference = Reference()

    @model_validator(mode="after")
    def _each_cause_once(self) -> Self:
        of_the_laboratory = self.preset == "npl-2023" or self.score_file is not None
        if self.field_lab_multiplier != 1.0 and not of_the_laboratory:
            raise clash(
                "field_lab_multiplier",
                "preset",
                problem="this goes with preset 'npl-2023' or a score file only; "
                f"{self.preset!r} is a rate of the street",
            )
        return self

    @model_validator(mode="after")
    def _rates_from_one_source(self) -> Self:
        both = [name for name in ("fmr", "tpir") if getattr(self, name) is not None]
        if self.score_file is not None and both:
            problem = f"{' and '.join(both)} cannot be given with it; the file holds the rates"
            raise clash("score_file", *both, problem=problem)
        return self

    @model_validator(mode="after")
    def _reference_can_match(self) -> Self:
        if not self.mean_fmr_ratio:
            raise clash(
                "fmr_ratio",
                "reference",
                problem="between the reference passers and the reference list every ratio is 0",
            )
        return self

    @property
    def mean_fmr_ratio(self) -> float:
        """Mean ratio of FMR over the reference passers and list; what ratios are divided by."""
        reference = self.reference
        passers, entries = reference.crowd.model_dump(), reference.watchlist.model_dump()
        ratios = self.fmr_ratio.model_dump()
        of_groups = sum(
            passers[passer] * entries[entry] * ratios[f"{passer}_{entry}"]
            for passer in passers
            for entry in entries
        )
        women, listed_women = reference.crowd_female_share, reference.watchlist_female_share
        of_sexes = (
            women * listed_women * self.female_fmr_ratio
            + (1 - women) * (1 - listed_women)
            + (women * (1 - listed_women) + (1 - women) * listed_women) * self.cross_sex_fmr_ratio
        )
        older = reference.crowd_share_65_plus
        return float(of_groups * of_sexes * (1 - older + older * self.older_fmr_ratio))

    @property
    def fmr_at_reference(self) -> float:
        """FMR per comparison at score 0.60, field multiplier included."""
        fmr = MATCHER_PRESETS[self.preset].fmr if self.fmr is None else self.fmr
        return min(1.0, fmr * self.field_lab_multiplier)

    @property
    def tpir_at_reference(self) -> float:
        """TPIR per walk past a van at score 0.60."""
        return MATCHER_PRESETS[self.preset].tpir if self.tpir is None else self.tpir

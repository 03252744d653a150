"""How likely a passer is to be listed, and what a search makes of a captured face, on average.

By kind of passer: group, sex and age (under 18, to 64, from 65), in arrays of that shape. Entries are
drawn alike, so over all lists the chance that none of N others matches is (1 - P(one does))^N, the mean
over groups and sexes of entries taken inside.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc, gammaincinv, ndtr, ndtri

from lfr_sim.scenario import GROUPS, Scenario

from .composition import Composition
from .laws import law_of
from .quadrature import U_WEIGHT, U

FloatArray = NDArray[np.float64]

_HERMITE, _HERMITE_WEIGHT = np.polynomial.hermite_e.hermegauss(24)
_NORMAL_WEIGHT = _HERMITE_WEIGHT / _HERMITE_WEIGHT.sum()
_SCORES = 120
"""Points between which the chance that no other entry scores higher is drawn straight; with twice as many
true alerts change by less than 1 in 10,000 at the presets."""
_SMOOTH = 0.9


@dataclass(frozen=True, slots=True)
class Chances:
    """What becomes of a captured face that is bare or worn alike, by kind of passer."""

    own: FloatArray
    """P(alert on the own entry | listed)."""
    false_listed: FloatArray
    """P(alert on another entry | listed)."""
    false_other: FloatArray
    """P(alert | not listed)."""


class Recognition:
    """Presence, and the chances of a search given capture."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self.law = law_of(scenario)
        self.list = Composition(scenario)
        self.kind_share = _kinds(scenario)
        """Share of passers of each kind."""
        self._at = np.array([scenario.matcher.threshold])
        self._moments: dict[int, FloatArray] = {}

    @cached_property
    def on_list(self) -> FloatArray:
        """P(a passer of a kind is on the list before anything is taken off)."""
        return _mean_presence(self._scenario, self.likeness)

    @cached_property
    def likeness(self) -> FloatArray:
        """How much likelier a passer of a kind is to be on the list than one at large."""
        listed, crowd = self._scenario.watchlist, self._scenario.crowd
        walking = np.array([getattr(crowd.groups, name) for name in GROUPS])
        adults, listed_adults = 1 - crowd.share_under_18, 1 - listed.share_under_18
        groups = _ratio(self.list.group_share, walking)
        sexes = _ratio(
            np.array([1 - listed.female_share, listed.female_share]),
            np.array([1 - crowd.female_share, crowd.female_share]),
        )
        ages = _ratio(
            np.array([listed.share_under_18, listed_adults, listed_adults]),
            np.array([crowd.share_under_18, adults, adults]),
        )
        return np.asarray(groups[:, None, None] * sexes[:, None] * ages)

    @cached_property
    def deployed(self) -> FloatArray:
        """P(a passer of a kind is on the list deployed)."""
        return self.on_list * self.list.kept_present[:, None, None]

    @property
    def presence(self) -> float:
        """P(a passer is on the list deployed)."""
        return float((self.kind_share * self.deployed).sum())

    def worn(self) -> Iterator[tuple[float, float, float]]:
        """Yield each way to dress: its share, its factor on capture, its factor on TPIR."""
        crowd, camera, matcher = self._scenario.crowd, self._scenario.camera, self._scenario.matcher
        for masked in (False, True):
            for hooded in (False, True):
                share = crowd.mask_share if masked else 1 - crowd.mask_share
                share *= crowd.hood_or_hat_share if hooded else 1 - crowd.hood_or_hat_share
                tpir = matcher.mask_tpir_multiplier if masked else 1.0
                tpir *= matcher.hood_tpir_multiplier if hooded else 1.0
                if share > 0:
                    yield share, camera.mask_capture_multiplier if masked else 1.0, tpir

    def chances(self, worn: float) -> Chances:
        """Return what becomes of a captured face, what is worn leaving a share of TPIR."""
        size = self._scenario.watchlist.size
        own, exceeds = worn * self.own[..., None], worn * self.own_exceeds[..., None]
        own = np.broadcast_to(own, self.kind_share.shape)
        other = self.some_higher(self._at, size - 1, self.kin_shares[0])[..., 0]
        return Chances(own, exceeds + (1 - exceeds) * other - own, self._false_other)

    @cached_property
    def _false_other(self) -> FloatArray:
        """P(alert | not listed) by kind."""
        size = self._scenario.watchlist.size
        return self.some_higher(self._at, size, self.kin_shares[1])[..., 0]

    @property
    def fpir(self) -> FloatArray:
        """P(some entry of somebody else exceeds the threshold) by kind, lookalike relatives aside."""
        nobody = np.zeros(self.kind_share.shape)
        return self.some_higher(self._at, self._scenario.watchlist.size, nobody)[..., 0]

    @cached_property
    def tpirs(self) -> list[tuple[FloatArray, FloatArray, FloatArray]]:
        """Weight, P(current) and P(score >= 0.60 | captured, bare), by group, (sexes, images)."""
        matcher = self._scenario.matcher
        found = []
        for number, name in enumerate(GROUPS):
            images = self.list.images(number)
            late = 1 - matcher.tpir_age_decay_per_year * (
                images.age_years - matcher.tpir_reference_age_years
            )
            ratio = getattr(matcher.tpir_ratio, name) * np.maximum(0.0, late)
            ratio = ratio * np.where(images.custody, 1.0, matcher.non_custody_tpir_ratio)
            sexes = np.array([[1.0], [matcher.female_tpir_ratio]])
            first = np.minimum(1.0, self.law.given_capture * ratio * sexes)
            missed = (1 - first) * (1 - matcher.second_image_tpir_gain) ** images.further
            found.append((images.weight, images.current_share, np.where(first > 0, 1 - missed, 0.0)))
        return found

    @cached_property
    def own_exceeds(self) -> FloatArray:
        """P(own score reaches the threshold | listed, captured, bare) by group and sex."""
        threshold = self._scenario.matcher.threshold
        return np.array([self.law.own_exceeds(threshold, tpir) @ weight for weight, _, tpir in self.tpirs])

    @cached_property
    def own(self) -> FloatArray:
        """P(alert on the own entry | listed, captured, bare) by group and sex: no other scores higher."""
        return self._own_and_current[0]

    @property
    def current_share(self) -> float:
        """P(the entry is current) of true alerts, all groups alike."""
        own, current = self._own_and_current
        weight = (self.kind_share * self.deployed).sum(axis=2)
        total = float((weight * own).sum())
        return (
            float((weight * current).sum() / total) if total else 1 - self._scenario.watchlist.stale_share
        )

    @cached_property
    def _own_and_current(self) -> tuple[FloatArray, FloatArray]:
        """P(alert on the own entry), and of those on current entries, by group and sex."""
        threshold = self._scenario.matcher.threshold
        size = self._scenario.watchlist.size
        # Own scores have no upper end; half a unit above, other scores are rarer by e^-25 by default.
        scores = threshold + np.linspace(0.0, 1.0, _SCORES) ** 2 * max(0.5, 1.0 - threshold)
        higher = self.some_higher(scores, size - 1, self.kin_shares[0])
        free = 1 - np.tensordot(higher, age_mix(self._scenario), ([2], [0]))
        own, current = np.zeros((len(GROUPS), 2)), np.zeros((len(GROUPS), 2))
        for group, (weight, is_current, tpir) in enumerate(self.tpirs):
            for sex in (0, 1):
                exceeds = self.law.own_exceeds(threshold, tpir[sex])
                score = self.law.own_score(U[:, None] * exceeds, tpir[sex])
                score = np.where(np.isnan(score), threshold, score)
                alone = U_WEIGHT @ np.interp(score, scores, free[group, sex])
                own[group, sex] = (weight * exceeds) @ alone
                current[group, sex] = (weight * is_current * exceeds) @ alone
        if size == 0:
            return np.zeros_like(own), np.zeros_like(own)
        return own, current

    def found_moments(self, worn: float, most: int) -> FloatArray:
        """Return the mean of F, F^2, … of listed people, (groups, sexes, powers).

        F is a person's own chance of an alert on the own entry, given capture: over passes it is the
        same image and, with `mated_agreement`, a face as good or bad as before.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            first_here = np.where(self.own_exceeds > 0, self.own / self.own_exceeds, 0.0)
        return self.reached_moments(worn, most) * first_here[..., None] ** np.arange(1, most + 1)

    def reached_moments(self, worn: float, most: int) -> FloatArray:
        """Return the same of the chance that the own score reaches the threshold, whoever scores higher."""
        if most not in self._moments:
            reached = [
                (self.law.own_exceeds(self._scenario.matcher.threshold, tpir), weight)
                for weight, _, tpir in self.tpirs
            ]
            rho = self._scenario.matcher.mated_agreement
            self._moments[most] = np.array([agreed_moments(*one, rho, most) for one in reached])
        return self._moments[most] * worn ** np.arange(1, most + 1)

    @cached_property
    def _ratios(self) -> FloatArray:
        """FMR over its mean, (groups, sexes, ages, frailty, groups, sexes of entries)."""
        matcher = self._scenario.matcher
        named = matcher.fmr_ratio
        groups = np.array([[getattr(named, f"{one}_{other}") for other in GROUPS] for one in GROUPS])
        cross = matcher.cross_sex_fmr_ratio
        sexes = np.array([[1.0, cross], [cross, matcher.female_fmr_ratio]])
        ages = np.array([matcher.child_fmr_ratio, 1.0, matcher.older_fmr_ratio])
        frailty = np.exp(matcher.frailty_sd_log * _HERMITE - matcher.frailty_sd_log**2 / 2)
        people = ages[:, None] * frailty / self._mean_ratio(groups, sexes)
        pairs = groups[:, None, None, None, :, None] * sexes[None, :, None, None, None, :]
        return np.asarray(pairs * people[None, None, :, :, None, None])

    def _mean_ratio(self, groups: FloatArray, sexes: FloatArray) -> float:
        """Return the mean ratio over the people on whom the FMR was measured."""
        reference = self._scenario.matcher.reference
        walking = np.array([getattr(reference.crowd, name) for name in GROUPS])
        listed = np.array([getattr(reference.watchlist, name) for name in GROUPS])
        women, listed_women = reference.crowd_female_share, reference.watchlist_female_share
        of_sexes = np.array([1 - women, women]) @ sexes @ np.array([1 - listed_women, listed_women])
        older = 1 + reference.crowd_share_65_plus * (self._scenario.matcher.older_fmr_ratio - 1)
        return float(walking @ groups @ listed * of_sexes * older)

    def some_higher(self, scores: FloatArray, entries: int, kin_share: FloatArray) -> FloatArray:
        """Return P(one of so many others' entries scores higher), by kind and score.

        Args:
            scores: Scores.
            entries: How many others there are, all of the list drawn; those taken off never match.
            kin_share: P(one of them is a lookalike relative's), by kind.
        """
        fmr = self.law.fmr(scores)
        match = self._matched(fmr)
        some = np.zeros_like(match)
        if entries > 0:
            with np.errstate(divide="ignore"):
                some = -np.expm1(entries * np.log1p(-np.minimum(match, 1.0)))
        same = np.einsum("gsafgs->gsaf", self._ratios)[..., None]
        relative = np.minimum(1.0, same * fmr * self._scenario.matcher.kin_fmr_multiplier)
        kept = (kin_share * self.list.kept_entries[:, None, None])[..., None, None]
        some += (1 - some) * kept * relative
        return np.asarray(_NORMAL_WEIGHT @ some)

    def _matched(self, fmr: FloatArray) -> FloatArray:
        """Return P(an entry of the list drawn is there and matches), by kind, frailty and score."""
        women = self._scenario.watchlist.female_share
        present = self.list.group_share * self.list.kept_entries
        entry_share = present[:, None] * np.array([1 - women, women])
        ratios = self._ratios
        if self._scenario.watchlist.images_per_person == 1 and ratios.max() * fmr.max(initial=0.0) <= 1:
            return np.asarray(np.tensordot(ratios, entry_share)[..., None] * fmr)
        match = np.zeros((*ratios.shape[:4], len(fmr)))
        for group in range(len(GROUPS)):
            for sex in (0, 1):
                one = np.minimum(1.0, ratios[..., group, sex][..., None] * fmr)
                match += entry_share[group, sex] * self.list.matched(one)
        return match

    @cached_property
    def kin_shares(self) -> tuple[FloatArray, FloatArray]:
        """P(a lookalike relative of an entry | listed), and that of people not listed, by kind.

        Averaged over days: on days when more are listed, more relatives walk past too.
        """
        factor, weight = presence_days(self._scenario)
        watchlist = self._scenario.watchlist
        chance = np.minimum(1.0, usual_presence(self._scenario) * factor * self.likeness[..., None])
        kin = np.minimum(1.0, chance * watchlist.kin_share)
        of_listed = np.maximum(kin, watchlist.kin_also_listed_share)
        return _weighted(of_listed, chance * weight), _weighted(kin, (1 - chance) * weight)


def agreed_moments(
    reached: FloatArray, weight: FloatArray, rho: float, most: int, *, steps: int = 2000
) -> FloatArray:
    """Return the mean of C, C^2, … with C a person's own chance to reach the threshold, (…, powers).

    Args:
        reached: P(the own score reaches it) by image, images along the last axis.
        weight: Shares of the images.
        rho: Correlation of a person's scores over passes.
        most: Highest power.
        steps: Number of nodes where rho is near 1 and the chance all but a step.
    """
    if most < 2:
        return np.repeat((reached @ weight)[..., None], most, axis=-1)
    z, z_weight = _HERMITE, _NORMAL_WEIGHT
    if rho > _SMOOTH:  # many plain nodes do better
        z, z_weight = ndtri((np.arange(steps) + 0.5) / steps), np.full(steps, 1 / steps)
    level = ndtri(reached)[..., None]
    if rho < 1.0:
        chance = ndtr((level + math.sqrt(rho) * z) / math.sqrt(1 - rho))
    else:
        chance = (level + z > 0).astype(float)
    higher = [chance**power @ z_weight @ weight for power in range(2, most + 1)]
    return np.stack([reached @ weight, *higher], axis=-1)


def _weighted(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Return means over the last axis; 0 where there is no weight."""
    total = weight.sum(axis=-1)
    return np.asarray((values * weight).sum(axis=-1) / np.where(total > 0, total, 1.0))


def _ratio(listed: FloatArray, walking: FloatArray) -> FloatArray:
    return np.where(walking > 0, listed / np.where(walking > 0, walking, 1.0), 0.0)


def _kinds(scenario: Scenario) -> FloatArray:
    crowd = scenario.crowd
    groups = np.array([getattr(crowd.groups, name) for name in GROUPS])
    sexes = np.array([1 - crowd.female_share, crowd.female_share])
    young, older = crowd.share_under_18, crowd.share_65_plus
    return np.asarray(groups[:, None, None] * sexes[:, None] * np.array([young, 1 - young - older, older]))


def age_mix(scenario: Scenario) -> FloatArray:
    """Return the shares of ages of listed passers: as listed under 18, then as the crowd."""
    crowd, young = scenario.crowd, scenario.watchlist.share_under_18
    adults = 1 - crowd.share_under_18
    older = crowd.share_65_plus / adults if adults else 0.0
    return np.array([young, (1 - young) * (1 - older), (1 - young) * older])


def usual_presence(scenario: Scenario) -> float:
    """Return P(a passer is on the list before anything is taken off) on a day like any other."""
    settings = scenario.watchlist
    if settings.size == 0:
        return 0.0
    power = {"fixed": 0.0, "proportional": 1.0}.get(settings.presence_law, settings.presence_exponent)
    return float(min(1.0, settings.presence * (settings.size / settings.presence_reference_size) ** power))


def presence_days(scenario: Scenario) -> tuple[FloatArray, FloatArray]:
    """Return factors of the day on presence, mean 1, and their weights, which sum to 1; both (days,)."""
    settings = scenario.watchlist
    if not settings.presence_day_effect:
        return np.ones(1), np.ones(1)
    factor = np.asarray(gammaincinv(settings.presence_day_shape, U) / settings.presence_day_shape)
    return factor, np.asarray(U_WEIGHT, dtype=np.float64)


def _mean_presence(scenario: Scenario, likeness: FloatArray) -> FloatArray:
    """Return E[min(1, a min(1, pG))] with G gamma of mean 1 and a the likeness: capped at c = max(1, a).

    With p' = p a: p' F_(k+1)(k / (p c)) + min(1, a) (1 - F_k(k / (p c))).
    """
    usual = usual_presence(scenario)
    settings = scenario.watchlist
    if not settings.presence_day_effect or usual == 0.0:
        return np.asarray(np.minimum(1.0, usual * likeness))
    shape = settings.presence_day_shape
    reach = shape / (usual * np.maximum(1.0, likeness))
    below = gammainc(shape + 1, reach)
    return np.asarray(usual * likeness * below + np.minimum(1.0, likeness) * (1 - gammainc(shape, reach)))

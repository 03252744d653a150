"""How likely a passer is to be listed, and what a search makes of a captured face, on average.

By kind of passer: group, sex and age. Entries are drawn alike, so over all lists the chance that none of
N others matches is (1 - P(one does))^N, the mean over groups and sexes of entries taken inside.
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

AGES = ("under 18", "18 to 64", "65 and over")
"""Ages of passers, in the order of arrays by kind: shape (groups, sexes, ages)."""

_HERMITE, _HERMITE_WEIGHT = np.polynomial.hermite_e.hermegauss(24)
_NORMAL_WEIGHT = _HERMITE_WEIGHT / _HERMITE_WEIGHT.sum()
_SCORES = 120
"""Points between which the chance that no other entry scores higher is drawn straight."""


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
        self._law = law_of(scenario)
        self.list = Composition(scenario)
        self.kind_share = _kinds(scenario)
        """Share of passers of each kind."""
        at = np.array([scenario.matcher.threshold])
        size = scenario.watchlist.size
        self._none_of = {entries: self._none_higher(at, entries)[..., 0] for entries in {size, size - 1}}

    @cached_property
    def on_list(self) -> FloatArray:
        """P(a passer of a kind is on the list before anything is taken off)."""
        return _mean_presence(self._scenario, self._likeness)

    @cached_property
    def _likeness(self) -> FloatArray:
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
        kin = self._no_kin()
        own, exceeds = worn * self.own[..., None], worn * self.own_exceeds[..., None]
        own = np.broadcast_to(own, self.kind_share.shape)
        listed_kin = 1 - self._scenario.watchlist.kin_also_listed_share * (1 - kin)
        any_listed = 1 - (1 - exceeds) * self._none_of[size - 1] * listed_kin
        none_other = self._none_of[size] * (1 - self._kin_share * (1 - kin))
        return Chances(own, any_listed - own, 1 - none_other)

    @property
    def fpir(self) -> FloatArray:
        """P(some entry of somebody else exceeds the threshold) by kind, lookalike relatives aside."""
        return 1 - self._none_of[self._scenario.watchlist.size]

    @cached_property
    def _tpirs(self) -> list[tuple[FloatArray, FloatArray, FloatArray]]:
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
            first = np.minimum(1.0, self._law.given_capture * ratio * sexes)
            missed = (1 - first) * (1 - matcher.second_image_tpir_gain) ** images.further
            found.append((images.weight, images.current_share, 1 - missed))
        return found

    @cached_property
    def own_exceeds(self) -> FloatArray:
        """P(own score reaches the threshold | listed, captured, bare) by group and sex."""
        threshold = self._scenario.matcher.threshold
        return np.array(
            [self._law.own_exceeds(threshold, tpir) @ weight for weight, _, tpir in self._tpirs]
        )

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
        scores = threshold + np.linspace(0.0, 1.0, _SCORES) ** 2 * max(0.5, 1.0 - threshold)
        free = np.tensordot(self._none_higher(scores, size - 1), _age_mix(self._scenario), ([2], [0]))
        own, current = np.zeros((len(GROUPS), 2)), np.zeros((len(GROUPS), 2))
        for group, (weight, is_current, tpir) in enumerate(self._tpirs):
            for sex in (0, 1):
                exceeds = self._law.own_exceeds(threshold, tpir[sex])
                score = self._law.own_score(U[:, None] * exceeds, tpir[sex])
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
        rho, threshold = self._scenario.matcher.mated_agreement, self._scenario.matcher.threshold
        moments = np.zeros((len(GROUPS), 2, most))
        with np.errstate(divide="ignore", invalid="ignore"):
            first_here = np.where(self.own_exceeds > 0, self.own / self.own_exceeds, 0.0)
        for group, (weight, _, tpir) in enumerate(self._tpirs):
            level = ndtri(self._law.own_exceeds(threshold, tpir))[..., None]
            if rho < 1.0:
                chance = ndtr((level + math.sqrt(rho) * _HERMITE) / math.sqrt(1 - rho))
            else:
                chance = (level + _HERMITE > 0).astype(float)
            for power in range(most):
                mean = (chance * worn * first_here[group][:, None, None]) ** (power + 1) @ _NORMAL_WEIGHT
                moments[group, :, power] = mean @ weight
        if most:
            moments[..., 0] = worn * self.own
        return moments

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

    def _none_higher(self, scores: FloatArray, entries: int) -> FloatArray:
        """Return P(none of so many others' entries scores higher) by kind and score."""
        fmr = self._law.fmr(scores)
        women = self._scenario.watchlist.female_share
        present = self.list.group_share * self.list.kept_entries
        entry_share = present[:, None] * np.array([1 - women, women])
        match = np.zeros((*self._ratios.shape[:4], len(scores)))
        for group in range(len(GROUPS)):
            for sex in (0, 1):
                one = np.minimum(1.0, self._ratios[..., group, sex][..., None] * fmr)
                match += entry_share[group, sex] * (1 - self.list.not_matched(1 - one))
        with np.errstate(divide="ignore"):
            none = np.exp(max(entries, 0) * np.log1p(-np.minimum(match, 1.0)))
        none = np.where(np.isnan(none), 1.0, none)  # no entries, and all would match
        return np.asarray(np.tensordot(none, _NORMAL_WEIGHT, ([3], [0])))

    def _no_kin(self) -> FloatArray:
        """Return P(the entry of a lookalike relative does not exceed) by kind."""
        matcher = self._scenario.matcher
        fmr = float(self._law.fmr(np.array(matcher.threshold))) * matcher.kin_fmr_multiplier
        same = np.einsum("gsafgs->gsaf", self._ratios)
        exceeds = np.minimum(1.0, same * fmr) @ _NORMAL_WEIGHT
        return np.asarray(1 - exceeds * self.list.kept_entries[:, None, None])

    @cached_property
    def _kin_share(self) -> FloatArray:
        """P(a lookalike relative of an entry | not listed) by kind."""
        factor, weight = _days(self._scenario)
        chance = np.minimum(1.0, _usual_presence(self._scenario) * factor * self._likeness[..., None])
        kin = np.minimum(1.0, chance * self._scenario.watchlist.kin_share)
        not_listed = ((1 - chance) * weight).sum(axis=-1)
        both = ((1 - chance) * kin * weight).sum(axis=-1)
        return np.asarray(np.where(not_listed > 0, both / np.maximum(not_listed, 1e-300), 0.0))


def _ratio(listed: FloatArray, walking: FloatArray) -> FloatArray:
    return np.where(walking > 0, listed / np.where(walking > 0, walking, 1.0), 0.0)


def _kinds(scenario: Scenario) -> FloatArray:
    crowd = scenario.crowd
    groups = np.array([getattr(crowd.groups, name) for name in GROUPS])
    sexes = np.array([1 - crowd.female_share, crowd.female_share])
    young, older = crowd.share_under_18, crowd.share_65_plus
    return np.asarray(groups[:, None, None] * sexes[:, None] * np.array([young, 1 - young - older, older]))


def _age_mix(scenario: Scenario) -> FloatArray:
    """Return the ages of listed passers: as listed under 18, then as the crowd."""
    crowd, young = scenario.crowd, scenario.watchlist.share_under_18
    adults = 1 - crowd.share_under_18
    older = crowd.share_65_plus / adults if adults else 0.0
    return np.array([young, (1 - young) * (1 - older), (1 - young) * older])


def _usual_presence(scenario: Scenario) -> float:
    settings = scenario.watchlist
    if settings.size == 0:
        return 0.0
    power = {"fixed": 0.0, "proportional": 1.0}.get(settings.presence_law, settings.presence_exponent)
    return float(min(1.0, settings.presence * (settings.size / settings.presence_reference_size) ** power))


def _days(scenario: Scenario) -> tuple[FloatArray, FloatArray]:
    """Return factors of the day on presence, with their weights."""
    settings = scenario.watchlist
    if not settings.presence_day_effect:
        return np.ones(1), np.ones(1)
    factor = np.asarray(gammaincinv(settings.presence_day_shape, U) / settings.presence_day_shape)
    return factor, np.asarray(U_WEIGHT, dtype=np.float64)


def _mean_presence(scenario: Scenario, likeness: FloatArray) -> FloatArray:
    """Return E[min(1, a min(1, pG))] with G gamma of mean 1 and a the likeness: capped at c = max(1, a).

    With p' = p a: p' F_(k+1)(k / (p c)) + min(1, a) (1 - F_k(k / (p c))).
    """
    usual = _usual_presence(scenario)
    settings = scenario.watchlist
    if not settings.presence_day_effect or usual == 0.0:
        return np.asarray(np.minimum(1.0, usual * likeness))
    shape = settings.presence_day_shape
    reach = shape / (usual * np.maximum(1.0, likeness))
    below = gammainc(shape + 1, reach)
    return np.asarray(usual * likeness * below + np.minimum(1.0, likeness) * (1 - gammainc(shape, reach)))

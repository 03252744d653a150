"""The same counts in closed form: what a deployment gives on average, if a team is always free.

Computed from the scenario and the geometry of the site alone, so that a mistake in arrivals, walking,
recognition or police cannot cancel itself out. Three things are taken as given: the chance that a
person sought is found (`found_share`, an input, because a team's way to a moving person has no closed
form), that nobody sets off two alerts within the cooldown, and that a team is always free.

    passers       N = passers per hour x hours
    in view       q(route): first walks by the gates' shares, second walks the way back
    captured      c (1 - exp(-t / tau)), averaged over routes, speeds and hours, with t the time in view
    listed        p = E[min(1, presence x G)], G gamma with mean 1
    false alert   f(M) = 1 - (1 - FMR)^M with M = entries other than one's own
    true alert    integral of P(own score = s >= threshold) (1 - FMR(s))^M
    act           g0, g1 on one ROC curve; with two stages a bivariate normal
    stopped       act x found
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc, ndtr, ndtri

from lfr_sim.records import RECORD_COLUMNS, TRUTH_COLUMNS
from lfr_sim.scenario import REFERENCE_THRESHOLD, Officers, Scenario
from lfr_sim.street.site import Site, site_of
from lfr_sim.street.walkways import Routes, routes_of
from lfr_sim.street.zones import Views, ground_of, views_of

FloatArray = NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)
_U, _U_WEIGHT = (_NODES + 1) / 2, _WEIGHTS / 2
"""Quadrature on [0, 1]."""
_SPEED_LIMITS_M_S = (0.5, 2.2)
_FEEDBACK_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Theory:
    """Expected counts of one deployment."""

    record: dict[str, float]
    """Expected values of the record row."""
    truth: dict[str, float]
    """Expected values of the truth row."""
    rates: dict[str, float]
    """The probabilities they rest on."""


def theory(scenario: Scenario, *, found_share: float | None = None) -> Theory:
    """Return the expected counts of a deployment with a team always free.

    Args:
        scenario: What is asked.
        found_share: P(a person sought is found); left out: the scenario's `officers.found_share`.
            Without any team, nobody is sought and every alert acted upon lapses.

    Raises:
        InputError: If the layout cannot be read.
    """
    site = site_of(scenario.site, scenario.camera)
    street = _Street(scenario, site)
    match = _Recognition(scenario)
    found = scenario.officers.found_share if found_share is None else found_share
    crowd = _crowd_counts(scenario, street, match)
    police = _police_counts(scenario, crowd, found)
    record = {"watchlist_size": float(scenario.watchlist.size), **crowd, **police}
    record.update(
        alerts=crowd["true_alerts"] + crowd["false_alerts"],
        true_alerts=police["recorded_true"],
        false_alerts=police["recorded_false"],
    )
    g0, g1 = chain(scenario.officers)
    return Theory(
        record={name: record[name] for name in RECORD_COLUMNS},
        truth={name: ({**police, **crowd})[name] for name in TRUTH_COLUMNS},
        rates={
            "presence": match.presence,
            "fpir": match.fpir(scenario.watchlist.size),
            "in_view_share": street.in_view_share,
            "captured_share_in_view": crowd["captured_passes"] / crowd["passes"]
            if crowd["passes"]
            else math.nan,
            "g0": g0,
            "g1": g1,
            "found_share": found,
        },
    )


def chain(officers: Officers) -> tuple[float, float]:
    """Return g0 and g1 of all stages together: P(act | not the person), P(act | the person)."""
    first = officers.presumption_to_intervene
    second = officers.second_presumption_to_intervene
    unaided = officers.g0_unaided
    together = []
    for is_person in (False, True):
        says_yes = []
        for presumption in (first, first if second is None else second)[: officers.stages]:
            g0 = min(1.0, unaided + presumption * (1 - unaided))
            shifted = ndtr(ndtri(g0) + officers.d_prime)
            says_yes.append(float(shifted) if is_person else g0)
        together.append(_both(says_yes, officers.stage_correlation))
    return together[0], together[1]


def _both(says_yes: list[float], rho: float) -> float:
    """Return P(all say yes): the integral over the first one's evidence of P(second | first)."""
    if len(says_yes) == 1:
        return says_yes[0]
    first, second = says_yes
    if rho == 1.0:
        return min(first, second)
    u = _U * first
    given = ndtr((ndtri(second) - rho * ndtri(u)) / math.sqrt(1 - rho**2))
    return float(first * np.sum(_U_WEIGHT * given))


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of passer: how it walks or what it wears, and how common it is."""

    share: float
    factor: float


class _Street:
    """Shares of passers who come into view, and how much of the limit of capture they reach."""

    def __init__(self, scenario: Scenario, site: Site) -> None:
        self._scenario = scenario
        self._site = site
        self._routes: Routes = routes_of(site)
        self._views: Views = views_of(site)
        self.passers = scenario.crowd.passers_per_hour * scenario.deployment.hours
        self.returns_per_person = _returns_per_person(scenario)
        first = self._routes.probability
        back = first[self._routes.way_back]
        returns = self.returns_per_person
        self._route_share = (first + returns * back) / (1 + returns)
        # One row per route and van, in the order of the views.
        key = self._views.route * (len(site.vans) + 1) + self._views.van
        order = np.argsort(key, kind="stable")
        self._order = order
        self._first_view = np.flatnonzero(np.diff(key[order], prepend=-1))
        self._row_route = self._views.route[order][self._first_view]
        self._row_share = self._route_share[self._row_route]

    @property
    def in_view_share(self) -> float:
        """P(a passer comes into view of any camera)."""
        return float(self._route_share[np.unique(self._row_route)].sum())

    @property
    def passes_per_passer(self) -> float:
        """Expected number of vans a passer comes into view of."""
        return float(self._row_share.sum())

    def grown_share(self) -> float:
        """Return the expected sum, over vans, of the share of the limit of capture reached."""
        return sum(w * float(self._row_share @ grown) for w, grown in self._grown())

    def found_once(self, found_at_limit: float) -> float:
        """Return P(a passer is matched to the own entry at some van).

        Args:
            found_at_limit: P(matched to the own entry) at one van for a face seen for very long.
        """
        if len(self._row_route) == 0:
            return 0.0
        of_route = np.flatnonzero(np.diff(self._row_route, prepend=-1))
        share = self._route_share[self._row_route[of_route]]
        return sum(
            w * float(share @ (1 - np.multiply.reduceat(1 - found_at_limit * grown, of_route)))
            for w, grown in self._grown()
        )

    def _grown(self) -> Iterator[tuple[float, FloatArray]]:
        """Yield weight and the share of the limit reached per route and van, by hour and speed."""
        camera, views = self._scenario.camera, self._views
        if len(self._first_view) == 0:
            return
        length = (views.exit_m - views.enter_m)[self._order]
        for hour_share, per_h in _hours(self._scenario):
            density = (views.crowding_per_m2 * self._present(per_h))[self._order]
            kept = self._speed_share(density)
            heights = np.array([zone.z_m for zone in self._site.zones])[views.zone[self._order]]
            shadow_m2 = 0.46 * 0.15 * views.camera_m[self._order] / (heights - 1.6)
            clear = np.exp(-density * shadow_m2) ** camera.occlusion_effect
            seen_m = np.add.reduceat(length / kept * clear, self._first_view)
            for share, speed in self._speeds():
                for u_weight, value in zip(_U_WEIGHT, speed, strict=True):
                    if camera.capture_time_constant_s == 0:
                        grown = np.ones_like(seen_m)
                    else:
                        grown = 1 - np.exp(-seen_m / value / camera.capture_time_constant_s)
                    yield hour_share * share * u_weight, grown

    def _speeds(self) -> Iterator[tuple[float, FloatArray]]:
        """Yield the share of each kind of passer and its free speeds at the quadrature nodes."""
        crowd = self._scenario.crowd
        mean, sd = crowd.free_speed_mean_m_s, crowd.free_speed_sd_m_s
        if sd > 0:
            low, high = (ndtr((end - mean) / sd) for end in _SPEED_LIMITS_M_S)
            alone = mean + sd * ndtri(low + _U * (high - low))
        else:
            alone = np.full_like(_U, mean)
        for kind in _walkers(self._scenario):
            yield kind.share, alone * kind.factor

    def _speed_share(self, density: FloatArray) -> FloatArray:
        """Return what a density leaves of the free speed (Weidmann 1993)."""
        if not self._scenario.crowd.density_feedback:
            return np.ones_like(density)
        law = self._scenario.crowd.fundamental
        with np.errstate(divide="ignore"):
            share = 1 - np.exp(-law.gamma * (1 / density - 1 / law.rho_max))
        return np.maximum(share, 0.05)

    def _present(self, per_h: float) -> float:
        """Return the mean number present at a flow (Little's law, with the crowd slowing itself)."""
        ground, routes = ground_of(self._site), self._routes
        of_route = np.repeat(np.arange(len(routes)), np.diff(ground.first_cell))
        pace = sum(share * float(np.sum(_U_WEIGHT / speed)) for share, speed in self._speeds())
        waits = np.array([(s.cycle_s - s.walk_s) ** 2 / (2 * s.cycle_s) for s in self._site.signals])
        waited = np.where(routes.stop_signal >= 0, np.append(waits, 0.0)[routes.stop_signal], 0.0)
        present = 0.0
        for _ in range(_FEEDBACK_ROUNDS):
            kept = self._speed_share(ground.crowding_per_m2 * present)
            slow = np.bincount(of_route, weights=ground.cell_share / kept)
            walk_s = routes.length_m * slow * pace + waited.sum(axis=1)
            present = per_h / 3600.0 * float(self._route_share @ walk_s)
        return present


def _walkers(scenario: Scenario) -> Iterator[_Kind]:
    """Yield each size of unit, without and with an older member, as shares of passers."""
    crowd = scenario.crowd
    sizes = crowd.social_groups.unit_size_share
    people = sum(size * share for size, share in enumerate(sizes, start=1))
    for size, share in enumerate(sizes, start=1):
        with_older = 1 - (1 - crowd.share_65_plus) ** size
        company = 1 - crowd.social_groups.slowdown_per_member * (size - 1)
        older = crowd.speed_65_plus_m_s / crowd.free_speed_mean_m_s
        of_size = size * share / people
        yield _Kind(of_size * (1 - with_older), company)
        yield _Kind(of_size * with_older, company * older)


def _hours(scenario: Scenario) -> list[tuple[float, float]]:
    """Return, for each hour of the day or part of one, its share of passers and its flow per hour."""
    start, hours = scenario.deployment.start_hour, scenario.deployment.hours
    pieces = []
    for hour in range(int(start), math.ceil(start + hours)):
        length = min(hour + 1, start + hours) - max(hour, start)
        if length > 0:
            pieces.append((length, scenario.crowd.hour_profile[hour % 24]))
    total = sum(length * weight for length, weight in pieces)
    if total == 0:
        return [(1.0, 0.0)]
    flow = scenario.crowd.passers_per_hour * hours / total
    return [(length * weight / total, weight * flow) for length, weight in pieces]


def _returns_per_person(scenario: Scenario) -> float:
    """Return P(a person walks a second time before closing).

    Over a stretch [a, b] before closing, the mean of exp(-left / m) is m (e^(-a/m) - e^(-b/m)) / (b - a).
    """
    mean_h = scenario.crowd.repeat.delay_mean_h
    start, hours = scenario.deployment.start_hour, scenario.deployment.hours
    too_late = 0.0
    begin = start
    for share, _ in _hours(scenario):
        end = min(math.floor(begin) + 1, start + hours)
        left_first, left_last = start + hours - begin, start + hours - end
        gone = math.exp(-left_last / mean_h) - math.exp(-left_first / mean_h)
        too_late += share * mean_h * gone / (end - begin)
        begin = end
    return scenario.crowd.repeat.same_day_share * (1 - too_late)


class _Recognition:
    """Presence, and the chances of a search given capture."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        matcher = scenario.matcher
        self._mean_shift = ndtri(matcher.tpir_at_reference / scenario.camera.capture_probability)
        self.presence = _mean_presence(scenario)

    def worn(self) -> Iterator[tuple[float, float, float]]:
        """Yield each way to dress: its share, its factor on capture, its factor on TPIR."""
        crowd, camera, matcher = self._scenario.crowd, self._scenario.camera, self._scenario.matcher
        for masked in (False, True):
            for hooded in (False, True):
                share = crowd.mask_share if masked else 1 - crowd.mask_share
                share *= crowd.hood_or_hat_share if hooded else 1 - crowd.hood_or_hat_share
                tpir = matcher.mask_tpir_multiplier if masked else 1.0
                tpir *= matcher.hood_tpir_multiplier if hooded else 1.0
                yield share, camera.mask_capture_multiplier if masked else 1.0, tpir

    def fpir(self, entries: int) -> float:
        """Return P(some entry of somebody else exceeds the threshold)."""
        return -math.expm1(max(entries, 0) * math.log1p(-min(self._fmr(), 1 - 1e-16)))

    def own_entry(self, factor: float) -> tuple[float, float]:
        """Return P(alert on the own entry) and P(own score exceeds), given capture."""
        matcher, size = self._scenario.matcher, self._scenario.watchlist.size
        above = (matcher.threshold - REFERENCE_THRESHOLD) / matcher.mated_score_sd
        exceeds = float(ndtr(self._mean_shift - above)) * factor
        if exceeds == 0.0 or size == 0:
            return 0.0, 0.0
        # u uniform below `exceeds` gives the own scores above the threshold.
        z = self._mean_shift - ndtri(_U * exceeds / factor)
        score = REFERENCE_THRESHOLD + matcher.mated_score_sd * z
        with np.errstate(over="ignore"):
            fmr = matcher.fmr_at_reference * np.exp(
                -matcher.fmr_slope_per_score * (score - REFERENCE_THRESHOLD)
            )
        none_higher = np.exp((size - 1) * np.log1p(-np.minimum(fmr, 1 - 1e-16)))
        return float(exceeds * np.sum(_U_WEIGHT * none_higher)), exceeds

    def _fmr(self) -> float:
        matcher = self._scenario.matcher
        above = matcher.threshold - REFERENCE_THRESHOLD
        return min(1.0, matcher.fmr_at_reference * math.exp(-matcher.fmr_slope_per_score * above))


def _mean_presence(scenario: Scenario) -> float:
    """Return E[min(1, pG)] with G gamma of mean 1: p F_(k+1)(k / p) + 1 - F_k(k / p)."""
    settings = scenario.watchlist
    if settings.size == 0:
        return 0.0
    power = {"fixed": 0.0, "proportional": 1.0}.get(settings.presence_law, settings.presence_exponent)
    relative = settings.size / settings.presence_reference_size
    usual = min(1.0, settings.presence * relative**power)
    if not settings.presence_day_effect or usual == 0.0:
        return usual
    shape = settings.presence_day_shape
    below = gammainc(shape + 1, shape / usual)
    return float(usual * below + 1 - gammainc(shape, shape / usual))


def _crowd_counts(scenario: Scenario, street: _Street, match: _Recognition) -> dict[str, float]:
    """Return what is true of the crowd, and the alerts."""
    size, presence, passers = scenario.watchlist.size, match.presence, street.passers
    limit, grown = scenario.camera.capture_probability, street.grown_share()
    captured = true_alerts = false_alerts = found = 0.0
    for share, capture_factor, tpir_factor in match.worn():
        seen = passers * share * limit * capture_factor * grown
        own, own_exceeds = match.own_entry(tpir_factor)
        any_alert = 1 - (1 - own_exceeds) * (1 - match.fpir(size - 1))
        captured += seen
        true_alerts += seen * presence * own
        false_alerts += seen * (presence * (any_alert - own) + (1 - presence) * match.fpir(size))
        found += share * street.found_once(limit * capture_factor * own)
    listed = passers * presence
    return {
        "passers": passers,
        "people": passers / (1 + street.returns_per_person),
        "passes": passers * street.passes_per_passer,
        "captured_passes": captured,
        "faces": captured * scenario.camera.tracks_per_pass,
        "listed_passers": listed,
        "listed_in_view": listed * street.in_view_share,
        "missed": listed * (1 - found),
        "missed_in_view": listed * (street.in_view_share - found),
        "true_alerts": true_alerts,
        "false_alerts": false_alerts,
    }


def _police_counts(scenario: Scenario, crowd: dict[str, float], found: float) -> dict[str, float]:
    """Return what becomes of the alerts."""
    officers, times = scenario.officers, scenario.officers.engagement
    g0, g1 = chain(officers)
    right, wrong = crowd["true_alerts"] * g1, crowd["false_alerts"] * g0
    sought = 1.0 if officers.teams else 0.0
    right_engaged, wrong_engaged = right * sought * found, wrong * sought * found
    current = right_engaged * (1 - scenario.watchlist.stale_share)
    arrests_right = current * officers.disposal.arrest_share
    wrong_minutes = (
        times.disputed_share * times.minutes_disputed + (1 - times.disputed_share) * times.minutes_at_once
    )
    staff = officers.teams * officers.team_size + officers.support_staff
    return {
        "dismissed_true": crowd["true_alerts"] - right,
        "dismissed_false": crowd["false_alerts"] - wrong,
        "lapsed": (right + wrong) * (1 - sought),
        "lost": (right + wrong) * sought * (1 - found),
        "engagements": right_engaged + wrong_engaged,
        "wrongful_engagements": wrong_engaged,
        "right_person_no_basis": right_engaged - current,
        "wrongful_minutes": wrong_engaged * wrong_minutes,
        "true_alerts_engaged": right_engaged,
        "false_alerts_engaged": wrong_engaged,
        "recorded_true": right + wrong - wrong_engaged,
        "recorded_false": crowd["true_alerts"] - right + crowd["false_alerts"] - wrong + wrong_engaged,
        "arrests": arrests_right + wrong_engaged * officers.disposal.arrest_share_misidentified,
        "arrests_on_purpose": arrests_right * officers.disposal.on_purpose_share,
        "officer_hours": staff * scenario.deployment.hours,
    }

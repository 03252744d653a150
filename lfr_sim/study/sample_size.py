"""How many volunteers, passes or alerts a study needs: formulas in common use, and exact methods.

A formula rests on a normal or a Poisson approximation; an exact method on the binomial or the Poisson law
itself. Numbers are rounded up. Levels are two-sided, but for a bound, which has one side only.
Independent trials are assumed throughout: several passes of one person are not (`design_effect`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from scipy.special import chdtri
from scipy.stats import binom, poisson

from lfr_sim.metrics import clopper_pearson, garwood
from lfr_sim.scenario import Fault, InputError

from .fisher import fisher_size

LARGEST_ANSWER = 1_000_000_000
"""Larger answers are refused: nobody can do that study."""
MOST_EVENTS = 1_000_000
"""The exact power of a ratio is computed up to so many expected events in all."""
_USUAL_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Size:
    """A sample size by one method."""

    number: int | None
    """None where an exact method would take too long."""
    method: str
    source: str
    exact: bool


def normal_quantile(probability: float) -> float:
    """Return the quantile of the standard normal law."""
    return NormalDist().inv_cdf(probability)


def design_effect(icc: float, passes_each: int) -> float:
    """Return by what factor more passes are needed if people make several each: 1 + (K - 1) ICC.

    Kish (1965), Survey Sampling. ICC is the correlation between two passes of one person.
    """
    return 1.0 + (passes_each - 1) * icc


# --- a share, to within a half-width ------------------------------------------------------------------


def share_size(share: float, half_width: float, level: float = 0.95, *, effect: float = 1.0) -> int:
    """Return n = z^2 p (1 - p) / x^2, times the design effect (Cochran 1977, Sampling Techniques)."""
    ratio = _two_sided(level) / half_width
    return rounded_up(ratio * ratio * share * (1.0 - share) * effect)


def exact_share_size(share: float, half_width: float, level: float = 0.95, *, effect: float = 1.0) -> int:
    """Return the smallest n whose Clopper-Pearson interval at n p events is at most 2 x long.

    n p is not rounded, so that the length falls steadily with n; half the length is compared, because
    the interval is not symmetric. With a design effect the whole number is multiplied by it, as for the
    effective sample size of Korn and Graubard (1998).
    """

    def short_enough(count: int) -> bool:
        low, high = clopper_pearson(count * share, count, level)
        return high - low <= 2.0 * half_width

    return rounded_up(smallest(short_enough, share_size(share, half_width, level)) * effect)


def share_sizes(
    share: float, half_width: float, level: float = 0.95, *, icc: float = 0.0, passes_each: int = 1
) -> tuple[Size, ...]:
    """Return volunteers for a share, by the normal formula and by the exact interval.

    Each makes as many passes as every other, so together they may make a few more than are needed.
    """
    effect = design_effect(icc, passes_each)
    normal = share_size(share, half_width, level, effect=effect)
    exact = exact_share_size(share, half_width, level, effect=effect)
    people = [rounded_up(passes / passes_each) for passes in (normal, exact)]
    return (
        Size(people[0], "normal interval, z^2 p (1 - p) / x^2", "Cochran 1977", False),
        Size(people[1], "exact interval, half its length at n p events", "Clopper and Pearson 1934", True),
    )


# --- a difference between two shares ------------------------------------------------------------------


def difference_size(
    first: float, second: float, *, power: float = 0.8, level: float = 0.95, pooled: bool = True
) -> int:
    """Return n per group to tell two shares apart, without continuity correction.

    n = (z_a sqrt(2 q (1 - q)) + z_b sqrt(p1 (1 - p1) + p2 (1 - p2)))^2 / (p1 - p2)^2 with q the mean of
    p1 and p2 (Fleiss 1981, Statistical Methods for Rates and Proportions, ch. 3). Not pooled, the first
    root is as the second (Snedecor and Cochran 1967, Statistical Methods).
    """
    return rounded_up(_difference(first, second, power, level, pooled=pooled))


def corrected_difference_size(
    first: float, second: float, *, power: float = 0.8, level: float = 0.95
) -> int:
    """Return n per group with continuity correction: n/4 (1 + sqrt(1 + 4 / (n |p1 - p2|)))^2.

    Fleiss, Tytun and Ury (1980), Biometrics 36:343; n as in `difference_size`, pooled, not rounded.
    """
    count = _difference(first, second, power, level, pooled=True)
    return rounded_up(count / 4.0 * (1.0 + math.sqrt(1.0 + 4.0 / (count * abs(first - second)))) ** 2)


def difference_sizes(
    first: float, second: float, *, power: float = 0.8, level: float = 0.95
) -> tuple[Size, ...]:
    """Return people per group by three normal formulas and by Fisher's exact test."""
    pooled, separate = (
        difference_size(first, second, power=power, level=level, pooled=pooled) for pooled in (True, False)
    )
    corrected = corrected_difference_size(first, second, power=power, level=level)
    exact = fisher_size(first, second, power=power, level=level, guess=corrected)
    return (
        Size(pooled, "normal test, variance pooled under no difference", "Fleiss 1981", False),
        Size(separate, "normal test, variances not pooled", "Snedecor and Cochran 1967", False),
        Size(corrected, "normal test, pooled, continuity correction", "Fleiss, Tytun and Ury 1980", False),
        Size(exact, "Fisher's exact test, every table counted", "Bennett and Hsu 1960", True),
    )


def _difference(first: float, second: float, power: float, level: float, *, pooled: bool) -> float:
    mean = (first + second) / 2.0
    separate = math.sqrt(first * (1.0 - first) + second * (1.0 - second))
    under_none = math.sqrt(2.0 * mean * (1.0 - mean)) if pooled else separate
    root = (_two_sided(level) * under_none + normal_quantile(power) * separate) / abs(first - second)
    return root * root


# --- a bound on a rate --------------------------------------------------------------------------------


def rule_of_three(rate: float) -> int:
    """Return n = 3 / x: no event in so many passes shows a rate of at most x at level 0.95, one-sided.

    Hanley and Lippman-Hand (1983), JAMA 249:1743; 3 stands for -ln 0.05 = 2.9957.
    """
    return rounded_up(3.0 / rate)


def bound_size(rate: float, level: float = 0.95, *, events: int = 0) -> int:
    """Return n = m / x with m the upper limit of a Poisson mean at so many events (Garwood 1936)."""
    return rounded_up(float(chdtri(2 * events + 2, 1.0 - level)) / 2.0 / rate)


def exact_bound_size(rate: float, level: float = 0.95, *, events: int = 0) -> int:
    """Return the smallest n with P(at most k events in n passes at rate x) <= 1 - level.

    Then the upper limit of Clopper and Pearson (1934) is at most x. For k = 0 it is
    ln(1 - level) / ln(1 - x), rounded up.
    """
    if events == 0:
        return rounded_up(math.log(1.0 - level) / math.log1p(-rate))

    def shows_it(count: int) -> bool:
        return float(binom.cdf(events, count, rate)) <= 1.0 - level

    return smallest(shows_it, bound_size(rate, level, events=events))


def bound_sizes(rate: float, level: float = 0.95, *, events: int = 0) -> tuple[Size, ...]:
    """Return passes to bound a rate: the rule of three where it applies, Poisson, and exact."""
    rough = Size(bound_size(rate, level, events=events), "Poisson upper limit / x", "Garwood 1936", False)
    exact = Size(
        exact_bound_size(rate, level, events=events),
        "ln(1 - level) / ln(1 - x)" if events == 0 else "binomial upper limit at most x",
        "Clopper and Pearson 1934",
        True,
    )
    if events or level != _USUAL_LEVEL:
        return rough, exact
    three = Size(rule_of_three(rate), "rule of three, 3 / x", "Hanley and Lippman-Hand 1983", False)
    return three, rough, exact


def bound_chance(passes: int, rate: float, events: int = 0) -> float:
    """Return P(at most so many events in so many passes), if the rate is in truth this one."""
    return float(binom.cdf(events, passes, rate))


# --- a ratio of two rates -----------------------------------------------------------------------------


def ratio_size(rate: float, ratio: float, *, power: float = 0.8, level: float = 0.95) -> int:
    """Return n per group = (z_a + z_b)^2 (r1 + r2) / (r2 - r1)^2, from the variances of Poisson counts.

    With groups of one size it does not matter whether the variance is pooled.
    """
    other = rate * ratio
    root = (_two_sided(level) + normal_quantile(power)) / abs(other - rate)
    return rounded_up(root * root * (rate + other))


def ratio_power(passes: int, rate: float, ratio: float, level: float = 0.95) -> float:
    """Return the exact power of the conditional test of two Poisson counts from as many passes each.

    Given their total t, the first count is binomial (t, 1/2) if the rates are equal, and binomial
    (t, 1 / (1 + ratio)) in truth. The test is two-sided: either tail is at most (1 - level) / 2
    (Przyborowski and Wilenski 1940, Biometrika 31:313). Totals are summed over their Poisson law.
    """
    mean = passes * rate * (1.0 + ratio)
    totals = np.arange(int(poisson.ppf(1e-12, mean)), int(poisson.isf(1e-12, mean)) + 1)
    tail = (1.0 - level) / 2.0
    most = binom.ppf(tail, totals, 0.5)
    # ppf is the first count whose tail reaches the level; it is rejected only if it does so exactly.
    most = np.where(binom.cdf(most, totals, 0.5) <= tail, most, most - 1)
    chance = 1.0 / (1.0 + ratio)
    rejected = binom.cdf(most, totals, chance) + binom.sf(totals - most - 1, totals, chance)
    return float(np.sum(rejected * poisson.pmf(totals, mean)))


def exact_ratio_size(rate: float, ratio: float, *, power: float = 0.8, level: float = 0.95) -> int | None:
    """Return the smallest n per group whose exact power is at least the one asked for.

    Summed over the total, which is random, the saw-tooth of the binomial test cancels: power rises with
    n, and from this n on it stays. None where more than `MOST_EVENTS` events are to be expected.
    """
    guess = ratio_size(rate, ratio, power=power, level=level)
    if 2.0 * guess * rate * (1.0 + ratio) > MOST_EVENTS:
        return None
    return smallest(lambda count: ratio_power(count, rate, ratio, level) >= power, guess)


def ratio_sizes(rate: float, ratio: float, *, power: float = 0.8, level: float = 0.95) -> tuple[Size, ...]:
    """Return passes per group by the exact conditional test and by the normal formula."""
    asked = {"power": power, "level": level}
    source = "Przyborowski and Wilenski 1940"
    normal = ratio_size(rate, ratio, **asked)
    return (
        Size(exact_ratio_size(rate, ratio, **asked), "exact conditional test of two counts", source, True),
        Size(normal, "normal test of two Poisson counts", "variances of two Poisson counts", False),
    )


# --- a rate, to within a share of itself --------------------------------------------------------------


def alerts_size(half_width: float, level: float = 0.95) -> int:
    """Return k = (z / h)^2: so many events show their rate to within h times itself, if it is Poisson."""
    ratio = _two_sided(level) / half_width
    return rounded_up(ratio * ratio)


def exact_alerts_size(half_width: float, level: float = 0.95) -> int:
    """Return the smallest k whose exact interval (Garwood 1936) is at most 2 h k long."""

    def short_enough(count: int) -> bool:
        low, high = garwood(count, level)
        return high - low <= 2.0 * half_width * count

    return smallest(short_enough, alerts_size(half_width, level))


def alerts_sizes(half_width: float, level: float = 0.95) -> tuple[Size, ...]:
    """Return events for a relative half-width by the normal formula and by the exact interval."""
    return (
        Size(alerts_size(half_width, level), "normal interval, (z / h)^2", "Poisson law", False),
        Size(exact_alerts_size(half_width, level), "exact interval, half its length", "Garwood 1936", True),
    )


# --- whole numbers ------------------------------------------------------------------------------------


def rounded_up(value: float) -> int:
    """Return the next whole number, at least 1; 3 / (1 / 6000) is 18,000, whatever the last bit says.

    Raises:
        InputError: If it is beyond `LARGEST_ANSWER`.
    """
    if not value <= LARGEST_ANSWER:
        problem = f"the answer would be {value:.3g}: what is asked for is too fine"
        raise InputError("plan", [Fault("answer", problem, None, _LARGEST_IN_WORDS, shows_value=False)])
    return max(1, math.ceil(value * (1.0 - 1e-12)))


_LARGEST_IN_WORDS = f"at most {LARGEST_ANSWER:,}"


def smallest(is_enough: Callable[[int], bool], guess: int) -> int:
    """Return the smallest whole number from 1 that is enough, if all larger ones are, too."""
    low, high = 0, max(1, guess)
    while not is_enough(high):
        low, high = high, rounded_up(2.0 * high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high


def _two_sided(level: float) -> float:
    """Return z of a two-sided level: 1.96 at 0.95, as textbooks have it, so that their numbers come out."""
    if level == _USUAL_LEVEL:
        return 1.96
    return normal_quantile((1.0 + level) / 2.0)

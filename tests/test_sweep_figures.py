"""Figures of sweeps: what is drawn is what the numbers are, and every word can be read."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from figure_parts import by_gid, check_legible, counts, gids, words
from matplotlib.figure import Figure
from matplotlib.text import Text
from sweep_parts import grid, sampled, table

from lfr_sim.figures import (
    default_figures,
    default_tables,
    figure_faults,
    figures_of,
    response_curve,
    save,
    tornado,
    trade_off,
)
from lfr_sim.figures.palette import MARKERS, SERIES
from lfr_sim.figures.sheet import spread_out
from lfr_sim.figures.words import factor_words
from lfr_sim.scenario import InputError, setting_paths
from lfr_sim.study.analysis.intervals import mean_interval
from lfr_sim.study.analysis.sensitivity import (
    Effect,
    effects_of,
    morris_effects,
    ranges_of_effect,
    sobol_indices,
)
from lfr_sim.study.sweeps.results import Results

SIZES = [100, 1000, 10_000, 100_000]
LAWS = ["fixed", "concave", "proportional"]
RANGES = {
    "matcher.threshold": {"low": 0.55, "high": 0.67},
    "watchlist.size": {"low": 500, "high": 20_000, "scale": "log", "whole": True},
    "officers.presumption_to_intervene": {"low": 0.1, "high": 0.95},
}


@pytest.fixture(scope="module")
def laws() -> Results:
    """List size by presence law."""
    return grid({"watchlist.size": SIZES, "watchlist.presence_law": LAWS}, counts, replicates=40)


@pytest.fixture(scope="module")
def policies() -> Results:
    """Thresholds under two policies."""
    levels = [0.55, 0.58, 0.61, 0.64, 0.67]
    return grid({"matcher.threshold": levels}, counts, replicates=40, policies=("as in 2022", "more doubt"))


def test_a_curve_is_the_means_and_their_intervals(policies: Results) -> None:
    """Protects the picture: every mark is a mean, every bar its interval, in their places."""
    figure = response_curve(policies, "false_alerts", "matcher.threshold", "policy")

    for number, policy in enumerate(("as in 2022", "more doubt")):
        points = [point for point in policies.points if point.policy == policy]
        values = [policies.of(point.number, "false_alerts") for point in points]
        line = by_gid(figure, f"line:{policy}")
        assert line.get_xdata().tolist() == [0.55, 0.58, 0.61, 0.64, 0.67]
        assert line.get_ydata() == pytest.approx([one.mean() for one in values])
        assert (line.get_color(), line.get_marker()) == (SERIES[number], MARKERS[number])
        bars = [path.vertices[:, 1] for path in by_gid(figure, f"interval:{policy}").get_paths()]
        for bar, value in zip(bars, values, strict=True):
            assert tuple(bar) == pytest.approx(mean_interval(value, column="false_alerts"))
    assert "What the threshold does to false alerts per deployment, for each policy" in words(figure)
    assert "Means over 40 simulated deployments per design point, with 95 % intervals." in words(figure)
    assert "Averaged" not in words(figure)


def test_a_rate_is_a_sum_by_a_sum(laws: Results) -> None:
    """Protects rates: sums divided by sums for each presence law, on a logarithmic axis of sizes."""
    figure = response_curve(laws, "false_alert_share_truth", "watchlist.size", "watchlist.presence_law")

    for law in LAWS:
        points = [point.number for point in laws.points if point.values["watchlist.presence_law"] == law]
        shares = [laws.of(n, "false_alerts").sum() / laws.of(n, "alerts").sum() for n in points]
        assert by_gid(figure, f"line:{law}").get_ydata() == pytest.approx(shares)
    assert figure.axes[0].get_xscale() == "log"
    assert "Of the alerts, the share that was in fact false" in words(figure)
    assert {"fixed", "concave", "proportional", "100,000"} <= set(words(figure).split())


def test_undefined_values_are_left_out_and_told(laws: Results) -> None:
    """Protects the undefined: 0 / 0 is no mark, and the caption says how many there are."""
    columns = dict(laws.columns)
    for name in ("alerts", "false_alerts"):
        columns[name] = np.where(laws.point == 3, 0.0, columns[name])
    none = dataclasses.replace(laws, columns=columns)
    figure = response_curve(none, "false_alert_share_truth", "watchlist.size", "watchlist.presence_law")

    assert np.isnan(by_gid(figure, "line:fixed").get_ydata()).tolist() == [False, True, False, False]
    assert len(by_gid(figure, "interval:fixed").get_paths()) == 3
    assert "1 of 12 values undefined (0 / 0), so not drawn." in words(figure)
    assert "empty" not in words(figure)
    assert "undefined" not in words(response_curve(laws, "false_alerts"))
    assert "1 of 4 values undefined (0 / 0), so not drawn." in words(
        trade_off(
            dataclasses.replace(none, points=laws.points[::3]), "missed", "false_alert_share_truth", None
        )
    )


def scarce(laws: Results) -> Results:
    """Return the table with expected counts, empty at two points."""
    gone = np.isin(laws.point, [3, 4])
    columns = {
        f"{name}_expected": np.where(gone, np.nan, laws.columns[name] + 0.25)
        for name in ("wrongful_engagements", "engagements", "false_alerts", "alerts", "missed")
    }
    columns["alerts_expected"] = laws.columns["alerts"] + 0.5
    return dataclasses.replace(laws, columns={**laws.columns, **columns})


@pytest.mark.parametrize("name", ["wrongful_engagements_expected", "false_alert_share_truth_expected"])
@pytest.mark.parametrize("by", ["watchlist.presence_law", None])
def test_expected_counts_are_empty_where_teams_are_scarce(laws: Results, name: str, by: str | None) -> None:
    """Protects the reason: an empty cell is not 0 / 0, and points left out of a mean are told, too."""
    told = words(response_curve(scarce(laws), name, "watchlist.size", by))

    assert "2 of 12 points empty where teams are scarce, so left out." in told
    assert "0 / 0" not in told
    assert "empty in the table" not in told
    other = trade_off(scarce(laws), "missed", name, by, along="watchlist.size")
    assert "2 of 12 points empty where teams are scarce, so left out." in words(other)
    assert "0 / 0" not in words(other)


def test_a_line_without_any_value_has_no_name_beside_the_axes(laws: Results) -> None:
    """Protects the key: what has no mark is not in it, and the caption says which that is."""
    gone = [
        place
        for place, point in enumerate(laws.points)
        if point.values["watchlist.presence_law"] == "fixed"
    ]
    values = laws.columns["wrongful_engagements"]
    column = np.where(np.isin(laws.point, gone), np.nan, values + 0.25)
    table = dataclasses.replace(laws, columns={**laws.columns, "wrongful_engagements_expected": column})
    figure = response_curve(
        table, "wrongful_engagements_expected", "watchlist.size", "watchlist.presence_law"
    )

    assert "fixed" not in gids(figure, "label")
    assert "No value at all, so no line: fixed." in words(figure)
    assert {"concave", "proportional"} <= {*gids(figure, "label")}


def test_a_rate_of_expected_counts_that_is_0_by_0_is_told_as_such(laws: Results) -> None:
    """Protects against blaming the teams: without any alert expected there is no share."""
    columns = dict(scarce(laws).columns)
    columns |= {name: np.where(laws.point == 7, 0.0, columns[name]) for name in columns}
    table = dataclasses.replace(laws, columns=columns)
    told = words(response_curve(table, "false_alert_share_truth_expected", by="watchlist.presence_law"))

    assert "2 of 12 points empty where teams are scarce, so left out." in told
    assert "1 of 12 values undefined (0 / 0), so not drawn." in told


def test_what_is_averaged_over_is_told(laws: Results) -> None:
    """Protects readers of one line: it says that other factors lie behind it, and weighs them evenly."""
    figure = response_curve(laws, "missed", "watchlist.size")
    means = [
        np.mean(
            [laws.of(p.number, "missed").mean() for p in laws.points if p.values["watchlist.size"] == size]
        )
        for size in SIZES
    ]

    assert by_gid(figure, "line:").get_ydata() == pytest.approx(means)
    assert "Averaged over 3 values of the presence law." in words(figure)


def test_factors_that_change_together_are_told() -> None:
    """Protects readers of a zip: the other factor is behind the line, too."""
    points = [("", {"watchlist.size": size, "matcher.threshold": t}) for size, t in ((10, 0.6), (20, 0.64))]
    results = table(points, counts, replicates=5, design={"kind": "zip"})

    assert "The threshold changes at the same time." in words(response_curve(results, "missed"))


def test_failures_and_unequal_replicates_are_told(laws: Results) -> None:
    """Protects honesty about what is missing."""
    kept = (laws.point != 2) & ~((laws.point == 5) & (laws.replicate > 9))
    columns = {name: values[kept] for name, values in laws.columns.items()}
    holes = dataclasses.replace(
        laws, point=laws.point[kept], replicate=laws.replicate[kept], columns=columns, failed=70
    )
    figure = response_curve(holes, "missed", "watchlist.size", "watchlist.presence_law")

    assert "over 10 to 40 simulated deployments" in words(figure)
    assert "70 runs failed and left out. 1 of 12 points without any run, so left out." in words(figure)
    assert np.isnan(by_gid(figure, "line:proportional").get_ydata()).tolist() == [True, False, False, False]


@pytest.mark.parametrize(
    ("sizes", "log", "scale"),
    [
        ([100, 2900], None, "linear"),
        ([100, 3100], None, "log"),
        ([0, 10_000], None, "linear"),
        ([0, 10_000], True, "linear"),
        ([100, 200], True, "log"),
        ([100, 10_000], False, "linear"),
    ],
)
def test_wide_factors_have_a_logarithmic_axis(sizes: list[int], log: bool | None, scale: str) -> None:
    """Protects small values: they are not squeezed into a corner; 0 has no logarithm."""
    results = grid({"watchlist.size": sizes}, counts, replicates=3)

    assert response_curve(results, "false_alerts", log=log).axes[0].get_xscale() == scale


def test_zeros_have_no_place_on_a_logarithmic_axis(laws: Results) -> None:
    """Protects an axis of logarithms upward: zeros are left out and told."""
    columns = {**laws.columns, "missed": np.where(laws.point < 3, 0.0, laws.columns["missed"] + 1)}
    figure = response_curve(
        dataclasses.replace(laws, columns=columns), "missed", by="watchlist.presence_law", log_up=True
    )

    assert figure.axes[0].get_yscale() == "log"
    assert "3 of 12 values at 0, which has no place on this axis." in words(figure)


def test_names_of_levels_are_dots_without_lines(laws: Results) -> None:
    """Protects against a slope between names that have no order."""
    figure = response_curve(laws, "missed", "watchlist.presence_law")

    assert by_gid(figure, "line:").get_linewidth() == 0
    assert [text.get_text() for text in figure.axes[0].get_xticklabels()] == LAWS


def test_a_trade_off_is_both_means_with_crosses(policies: Results) -> None:
    """Protects the picture: a dot per threshold at both means, joined in order, with both intervals."""
    figure = trade_off(policies, along="matcher.threshold", by="policy")

    for policy in ("as in 2022", "more doubt"):
        points = [point.number for point in policies.points if point.policy == policy]
        line = by_gid(figure, f"line:{policy}")
        for data, column in ((line.get_xdata(), "missed"), (line.get_ydata(), "wrongful_engagements")):
            assert data == pytest.approx([policies.of(n, column).mean() for n in points])
        across = by_gid(figure, f"across:{policy}").get_paths()[0].vertices[:, 0]
        up = by_gid(figure, f"up:{policy}").get_paths()[0].vertices[:, 1]
        cross = [by_gid(figure, f"{name}:{policy}").get_paths()[0].vertices for name in ("across", "up")]
        assert cross[0][:, 1] == pytest.approx([line.get_ydata()[0]] * 2)
        assert cross[1][:, 0] == pytest.approx([line.get_xdata()[0]] * 2)
        first = [policies.of(points[0], column) for column in ("missed", "wrongful_engagements")]
        assert tuple(across) == pytest.approx(mean_interval(first[0], column="missed"))
        assert tuple(up) == pytest.approx(mean_interval(first[1], column="wrongful_engagements"))
    shown = words(figure)
    assert "What the threshold does to listed people missed and to stops of the wrong person" in shown
    assert gids(figure, "value") == ["as in 2022:0"]  # all others lie on intervals
    assert "0.55" in shown.split()
    assert "more doubt" in shown


def key_of(figure: Figure) -> dict[str, tuple[str, str]]:
    """Return name -> colour and marker of the key beside a figure."""
    marks = {name: by_gid(figure, f"key:{name}") for name in gids(figure, "key")}
    return {name: (mark.get_color(), mark.get_marker()) for name, mark in marks.items()}


@pytest.mark.parametrize("kind", ["curve", "trade-off"])
def test_lines_are_named_beside_the_axes_under_one_heading(laws: Results, kind: str) -> None:
    """Protects the way from a line to its name: colour and mark agree, and what varies is said once."""
    draw = {
        "curve": lambda: response_curve(laws, "missed", "watchlist.presence_law", "watchlist.size"),
        "trade-off": lambda: trade_off(laws, by="watchlist.size", along="watchlist.presence_law"),
    }
    figure = draw[kind]()
    figure.draw_without_rendering()

    assert gids(figure, "label") == ["100", "1,000", "10,000", "100,000"]
    for name, (colour, marker) in key_of(figure).items():
        line = by_gid(figure, f"line:{name}")
        assert (line.get_color(), line.get_marker()) == (colour, marker)
        label, mark = by_gid(figure, f"label:{name}"), by_gid(figure, f"key:{name}")
        box = label.get_window_extent()
        across, up = mark.get_window_extent().x1, mark.get_ydata()[0] * figure.bbox.height
        assert figure.axes[0].get_window_extent().x1 < across < box.x0 < across + 12
        assert up == pytest.approx((box.y0 + box.y1) / 2, abs=3)
    assert by_gid(figure, "heading").get_text() == "list size"
    assert sum(text.get_text() == "list size" for text in figure.findobj(Text)) == 1
    tops = [by_gid(figure, f"label:{name}").get_window_extent().y1 for name in key_of(figure)]
    assert by_gid(figure, "heading").get_window_extent().y0 >= max(tops)


def drawn_points(figure: Figure, name: str) -> np.ndarray:
    """Return points every pixel along a line and its intervals, in pixels."""
    axes = figure.axes[0]
    paths = [by_gid(figure, f"line:{name}").get_xydata()]
    for kind in ("across", "up"):
        for bars in figure.findobj(lambda artist, gid=f"{kind}:{name}": artist.get_gid() == gid):
            paths += [path.vertices for path in bars.get_paths()]
    found = []
    for path in paths:
        corners = axes.transData.transform(np.asarray(path, dtype=float))
        found += [
            np.linspace(a, b, 2 + int(np.hypot(*(b - a)))) for a, b in itertools.pairwise(corners)
        ] or [corners]
    return np.concatenate(found)


def check_values_beside_dots(figure: Figure) -> int:
    """Refuse values that lie on anything drawn, or are not clearly nearest to their own dot."""
    figure.draw_without_rendering()
    names = gids(figure, "line")
    dots = {
        name: figure.axes[0].transData.transform(by_gid(figure, f"line:{name}").get_xydata())
        for name in names
    }
    shown = gids(figure, "value")
    for one in shown:
        name, number = one.rsplit(":", 1)
        box = by_gid(figure, f"value:{one}").get_window_extent()

        def gap(points: np.ndarray, box: Any = box) -> float:
            return float(np.hypot(*(np.clip(points, box.min, box.max) - points).T).min())

        own = gap(dots[name][[int(number)]])
        assert own < 22, one
        for other in names:
            assert gap(drawn_points(figure, other)) > 2, one
            if other != name:
                assert gap(drawn_points(figure, other)) > 1.8 * own, f"{one} is as near to {other}"
        rest = np.delete(dots[name], int(number), axis=0)
        assert len(rest) == 0 or gap(rest) > 1.8 * own, one
    return len(shown)


def test_values_stand_beside_their_own_dots(laws: Results, policies: Results) -> None:
    """Protects readers of a trade-off: no value on data, none that might belong to another dot."""
    size, law = laws.point // 3, laws.point % 3
    apart = {"missed_expected": 0.5 * size + 0.05 * law, "alerts_expected": (1.0 + law) / (1 + size)}
    names = ("missed_expected", "alerts_expected", "watchlist.presence_law")
    figures = [
        trade_off(laws, by="watchlist.presence_law"),
        trade_off(policies, by="policy"),
        trade_off(policies),
        trade_off(dataclasses.replace(laws, columns={**laws.columns, **apart}), *names),
    ]
    written = [check_values_beside_dots(figure) for figure in figures]

    assert written[3] >= 9
    assert sum(written) >= 12


def test_names_of_single_dots_are_all_written() -> None:
    """Protects policies: without its name a dot says nothing."""
    names = ("as it was", "no recognition", "a perfect matcher", "act on every alert")
    results = grid({"matcher.threshold": [0.6]}, counts, replicates=30, policies=names)
    figure = trade_off(results, along="policy")

    assert gids(figure, "value") == [f":{number}" for number in (0, 3, 1, 2)]
    assert set(names) <= {text.get_text() for text in figure.findobj(Text)}


def test_a_trade_off_may_have_logarithmic_axes(laws: Results) -> None:
    """Protects small numbers beside large ones: dots at 0 are left out and told."""
    columns = {**laws.columns, "missed": np.where(laws.point == 1, 0.0, laws.columns["missed"] + 1)}
    results = dataclasses.replace(laws, columns=columns)
    asked = {"kind": "trade-off", "y": "alerts", "by": "watchlist.presence_law"}
    scales = {}
    for log in ("none", "x", "y", "both"):
        (_, figure), *_ = figures_of(results, [{**asked, "log": log}])
        axes = figure.axes[0]
        scales[log] = (axes.get_xscale(), axes.get_yscale())
        check_legible(figure)
        zeros = "1 of 12 values at 0, which has no place on this axis." in words(figure)
        assert zeros == (log in ("x", "both"))
        assert len(by_gid(figure, "line:concave").get_xdata()) == (3 if zeros else 4)

    assert scales == {
        "none": ("linear", "linear"),
        "x": ("log", "linear"),
        "y": ("linear", "log"),
        "both": ("log", "log"),
    }
    (fault,) = figure_faults([{**asked, "log": True}], laws.factors, tuple(laws.columns))
    assert fault.path == "figures.0.log"


def test_intervals_that_cannot_be_seen_are_told(laws: Results) -> None:
    """Protects readers who look for whiskers: the caption says that they lie within the marks."""
    narrow = {**laws.columns, "missed": 10.0 + laws.point + 0.01 * (laws.replicate % 2)}
    inside = "with 95 % intervals, all within the marks."

    results = dataclasses.replace(laws, columns={**narrow, "missed_expected": narrow["missed"]})
    assert inside in words(response_curve(results, "missed_expected", by="watchlist.presence_law"))
    assert inside in words(trade_off(results, "missed_expected", "missed_expected"))
    assert inside not in words(trade_off(results, "missed_expected", "false_alerts"))
    assert inside not in words(response_curve(laws, "missed", by="watchlist.presence_law"))


def test_intervals_are_told_only_where_they_are_drawn() -> None:
    """Protects readers of many levels: where dots have no whiskers, the caption speaks of none."""
    points = [
        (policy, {"matcher.threshold": round(0.5 + 0.005 * level, 3)})
        for policy, levels in (("as in 2022", range(15)), ("more doubt", range(15, 30)))
        for level in levels
    ]
    figure = response_curve(table(points, counts, replicates=5), "missed", "matcher.threshold", "policy")

    assert gids(figure, "interval") == []
    assert "95 % intervals" not in words(figure)


def test_a_tornado_is_sorted_and_true() -> None:
    """Protects the order and the lengths: the strongest factor is on top, whiskers are the intervals."""
    effects = [
        Effect(
            factor=name, outcome="alerts", size=size, interval=(size / 2, 2 * size), mu=-size, sigma=1.0,
            trajectories=9,
        )
        for name, size in (("watchlist.size", 2.0), ("matcher.threshold", 5.0), ("camera.hfov_deg", 0.5))
    ]  # fmt: skip
    figure = tornado(effects)

    assert gids(figure, "bar") == ["matcher.threshold", "watchlist.size", "camera.hfov_deg"]
    for effect in effects:
        assert by_gid(figure, f"bar:{effect.factor}").get_width() == effect.size
        (whisker,) = by_gid(figure, f"interval:{effect.factor}").get_paths()
        assert tuple(whisker.vertices[:, 0]) == effect.interval
    bottom, top = figure.axes[0].get_ylim()
    assert (
        top < by_gid(figure, "bar:matcher.threshold").get_y() < by_gid(figure, "bar:watchlist.size").get_y()
    )
    assert bottom > 2
    assert "Field of view" in words(figure)
    assert {"5.00", "2.00", "0.50"} <= set(words(figure).split())
    with pytest.raises(InputError, match="nothing varies"):
        tornado([])


def test_long_names_of_bars_are_apart() -> None:
    """Protects legibility of a tornado of the settings with the longest names."""
    longest = sorted(setting_paths(), key=lambda path: -len(factor_words(path)))[:20]
    effects = [
        Effect(
            factor=path, outcome="alerts", size=1e-4 * number, interval=None, mu=0.0, sigma=3e-9,
            trajectories=9,
        )
        for number, path in enumerate(longest)
    ]  # fmt: skip
    figure = tornado(effects)

    check_legible(figure)
    assert {"0.00190", "0.00010", "0"} <= set(words(figure).split())
    assert "sigma < 1e-05" not in words(figure)
    assert "sigma < 0.00001" in words(figure)


def test_sobol_bars_show_what_a_factor_explains_alone() -> None:
    """Protects both indices: the light bar is ST, the dark one S1; one below 0 has no length."""
    results = sampled(RANGES, counts, kind="saltelli", samples=16, replicates=4)
    figure = tornado(sobol_indices(results, "false_alerts"))

    for index in sobol_indices(results, "false_alerts"):
        assert by_gid(figure, f"bar:{index.factor}").get_width() == pytest.approx(index.total)
        assert by_gid(figure, f"alone:{index.factor}").get_width() == pytest.approx(max(index.first, 0))
    assert "16 base samples" in words(figure)
    check_legible(figure)


def test_factors_that_cannot_be_told_apart_are_told() -> None:
    """Protects readers of a zip's tornado."""
    points = [("", {"watchlist.size": size, "matcher.threshold": t}) for size, t in ((10, 0.6), (99, 0.64))]
    results = table(points, counts, replicates=5, design={"kind": "zip"})

    told = "The list size and the threshold change together, so their effects cannot be told apart."
    assert told in words(tornado(ranges_of_effect(results, "missed")))


def every_figure(laws: Results, policies: Results) -> dict[str, Figure]:
    """Return all kinds of figures, of all designs."""
    found = {}
    tables = {"laws": laws, "policies": policies, "one run": grid({"watchlist.size": SIZES}, counts)}
    for kind in ("lhs", "morris"):
        tables[kind] = sampled(
            RANGES, counts, kind=kind, points=30, trajectories=4, policies=("a", "b"), replicates=4
        )
    for name, results in tables.items():
        found |= {f"{name} {kind}": figure for kind, figure in default_figures(results)}
    found["rate"] = response_curve(laws, "missed_share", "watchlist.presence_law", "watchlist.size")
    found["policies"] = response_curve(policies, "wrongful_engagements_per_100k_faces", "policy")
    found["sampled"] = response_curve(tables["lhs"], "false_alerts", "watchlist.size", "policy")
    return found


def test_every_word_can_be_read(laws: Results, policies: Results) -> None:
    """Protects legibility: no small type, no word off the sheet, none on another."""
    figures = every_figure(laws, policies)

    assert len(figures) > 20
    for figure in figures.values():
        check_legible(figure)


def test_long_names_are_kept_inside() -> None:
    """Protects legibility with names of policies that nobody measured, and with seven digits."""
    names = (
        "the list of 2022 with everybody whose image was taken in custody and never convicted taken off it",
        "x" * 70,
        "$5 a day$",
        "as it was",
        "short",
        "another",
    )
    results = grid(
        {"watchlist.size": [1_000_000, 2_000_000, 10_000_000]}, counts, replicates=3, policies=names
    )

    check_legible(response_curve(results, "false_alerts", "watchlist.size", "policy"))
    figure = response_curve(results, "false_alerts", "policy")
    check_legible(figure)
    assert "$5 a day$" in words(figure)
    check_legible(trade_off(results, along="watchlist.size", by="policy"))
    check_legible(tornado(ranges_of_effect(results, "missed")))


def test_many_names_become_numbers_with_a_key() -> None:
    """Protects names: where they have no room under the axis they are numbered, and told below."""
    names = [f"policy of the {number}th kind" for number in range(1, 10)]
    results = grid({"watchlist.size": [1000]}, counts, replicates=3, policies=names)
    figure = response_curve(results, "false_alerts", "policy")

    assert [text.get_text() for text in figure.axes[0].get_xticklabels()] == list("123456789")
    assert "8: policy of the 8th kind; 9: policy of the 9th kind." in words(figure)
    check_legible(figure)


def test_drawing_twice_gives_the_same_bytes(laws: Results, policies: Results, tmp_path: Path) -> None:
    """Protects reproducibility: a figure is the same file whenever it is drawn."""
    for number in (1, 2):
        save(response_curve(laws, "missed", by="watchlist.presence_law"), tmp_path / f"curve{number}.svg")
        save(trade_off(policies, by="policy"), tmp_path / f"trade{number}.png")
        save(tornado(ranges_of_effect(laws, "missed")), tmp_path / f"tornado{number}.png")

    for name in ("curve{}.svg", "trade{}.png", "tornado{}.png"):
        one, two = (tmp_path / name.format(number) for number in (1, 2))
        assert one.read_bytes() == two.read_bytes()


def test_figures_are_refused_that_cannot_be_drawn(laws: Results) -> None:
    """Protects against a picture of something else: the nearest right name is told."""
    with pytest.raises(InputError, match=r"did you mean 'false_alerts'"):
        response_curve(laws, "false_alarts")
    with pytest.raises(InputError, match=r"did you mean 'watchlist\.size'"):
        response_curve(laws, "missed", "watchlist.sise")
    with pytest.raises(InputError, match="this is x already"):
        response_curve(laws, "missed", "watchlist.size", "watchlist.size")
    with pytest.raises(InputError, match="nothing varies"):
        response_curve(grid({"watchlist.size": [5]}, counts), "missed")
    many = grid({"watchlist.size": [1, 2], "matcher.threshold": [0.5 + 0.01 * i for i in range(7)]}, counts)
    with pytest.raises(InputError, match="7 levels would be as many lines"):
        response_curve(many, "missed", "watchlist.size", "matcher.threshold")


def test_every_fault_of_the_tables_is_told_at_once() -> None:
    """Protects those who write `[[figures]]`: one round of mending is enough."""
    asked = [
        {"kind": "curv", "y": "missed"},
        {"kind": "curve"},
        {"kind": "curve", "y": "mised", "x": "watchlist.sise", "by": "policy", "colour": "red"},
        {"kind": "trade-off", "x": "misssed", "along": "watchlist.size", "by": "watchlist.size"},
        {"kind": "tornado", "y": "missed", "name": "../up", "title": ""},
        {"kind": "tornado", "y": "missed", "name": "same"},
        {"kind": "tornado", "y": "alerts", "name": "same"},
        {"kind": "curve", "y": "false_alert_share", "log": "sideways"},
        "curve",
        {"y": "missed"},
    ]
    faults = figure_faults(asked, ("watchlist.size",), ("missed", "alerts"))

    assert [fault.path for fault in faults] == [
        "figures.0.kind",
        "figures.1.y",
        "figures.2.colour",
        "figures.2.y",
        "figures.2.x",
        "figures.2.by",
        "figures.3.x",
        "figures.3.by",
        "figures.4.name",
        "figures.4.title",
        "figures.6.name",
        "figures.7.log",
        "figures.7.y",
        "figures.8",
        "figures.9.kind",
    ]
    near = {fault.path: fault.did_you_mean for fault in faults}
    assert near["figures.0.kind"] == "curve"
    assert near["figures.2.y"] == "missed"
    assert near["figures.2.x"] == "watchlist.size"
    assert "record_false_alerts" in str(faults[12])


def test_tables_become_figures(policies: Results) -> None:
    """Protects the experiment file: each table gives its figure, by its name and with its title."""
    asked = [
        {"kind": "curve", "y": "missed", "by": "policy", "name": "mine", "title": "My title", "log": "y"},
        {"kind": "curve", "y": "missed", "x": "policy"},
        {"kind": "trade-off"},
        {"kind": "tornado", "y": "alerts"},
    ]
    found = dict(figures_of(policies, asked))

    assert list(found) == ["mine", "curve-missed-policy", "trade-off", "tornado-alerts"]
    assert "My title" in words(found["mine"])
    assert found["mine"].axes[0].get_yscale() == "log"
    with pytest.raises(InputError, match=r"figures\.0\.y"):
        figures_of(policies, [{"kind": "tornado", "y": "alertz"}])


def test_a_sampled_design_has_a_tornado_for_each_policy() -> None:
    """Protects effects under policies: they are not mixed."""
    results = sampled(RANGES, counts, kind="morris", trajectories=4, policies=("a", "b"), replicates=4)
    found = dict(figures_of(results, [{"kind": "tornado", "y": "missed"}]))

    assert list(found) == ["tornado-missed-1", "tornado-missed-2"]
    assert "Under policy b" in words(found["tornado-missed-2"])
    effect = morris_effects(results, "missed", policy="b")[1]
    drawn = by_gid(found["tornado-missed-2"], "bar:watchlist.size").get_width()
    assert drawn == pytest.approx(effect.size)


def test_default_figures_suit_the_design(laws: Results, policies: Results) -> None:
    """Protects those who ask for nothing: tables that are sound, and none where nothing varies."""
    assert {one["kind"] for one in default_tables(laws)} == {"curve", "trade-off", "tornado"}
    assert {one.get("by") for one in default_tables(policies)} == {"policy", None}
    assert default_figures(grid({"watchlist.size": [5]}, counts, replicates=3)) == []
    faults = figure_faults(default_tables(laws), laws.factors, tuple(laws.columns))
    assert faults == []


def test_labels_are_spread_out() -> None:
    """Protects direct labels: apart by their heights, in order, near where they belong, inside."""
    wanted = [50.0, 52.0, 51.0, 90.0, 3.0]
    found = spread_out(wanted, [10.0] * 5, 0.0, 100.0)
    ordered = sorted(found)

    assert all(b - a >= 10 - 1e-3 for a, b in itertools.pairwise(ordered))
    assert np.argsort(found).tolist() == np.argsort(wanted).tolist()
    assert found[3] == 90.0
    assert found[4] == 5.0
    assert max(abs(a - b) for a, b in zip(found, wanted, strict=True)) <= 11


def test_effects_of_every_design_can_be_drawn(laws: Results) -> None:
    """Protects the way from a table to a tornado, whatever the design."""
    for kind in ("lhs", "sobol", "morris", "saltelli"):
        results = sampled(RANGES, counts, kind=kind, points=16, trajectories=4, samples=8, replicates=4)
        figure = tornado(effects_of(results, "false_alerts"))
        assert sorted(gids(figure, "bar")) == sorted(RANGES)
    assert gids(tornado(effects_of(laws, "false_alerts")), "bar") == list(laws.factors)

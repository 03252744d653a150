"""The list of a deployment: what people are on it for, and who they are beside who walks past."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from lfr_sim.scenario import CATEGORIES, GROUPS, Scenario
from lfr_sim.van import Entries

from .palette import DPI, FONT, GROUND, INK, MUTED, PERSON, ZONE

_WIDTH_IN, _HEIGHT_IN = 7.2, 6.4


def composition_chart(scenario: Scenario, entries: Entries) -> Figure:
    """Draw the list deployed: entries by category and seriousness, and groups beside the passers.

    Bars have a `gid`: "category:<name>", "list:<group>", "passers:<group>".
    """
    figure = Figure(figsize=(_WIDTH_IN, _HEIGHT_IN), dpi=DPI, facecolor=GROUND)
    FigureCanvasAgg(figure)
    above, below = figure.subplots(2, 1, height_ratios=[len(CATEGORIES) + 1, 2 * len(GROUPS) - 1])
    _categories(above, entries)
    _groups(below, scenario, entries)
    title = f"{entries.deployed:,} entries on the list: {scenario.title}"
    figure.suptitle(
        title, x=0.02, ha="left", color=INK, family=FONT, fontsize=12, weight="bold", parse_math=False
    )
    note = "What each share rests on: the scenario's sources, else the reference of settings."
    figure.text(0.02, 0.012, note, color=MUTED, family=FONT, fontsize=8)
    figure.subplots_adjust(left=0.29, right=0.93, top=0.87, bottom=0.09, hspace=0.42)
    return figure


def _categories(axes: Axes, entries: Entries) -> None:
    kept = entries.kept
    size = len(CATEGORIES)
    serious = np.bincount(entries.category[kept & entries.serious], minlength=size)
    total = np.bincount(entries.category[kept], minlength=size)
    places = np.arange(size)
    bars = axes.barh(places, serious, color=ZONE, height=0.66, label="four years or more")
    axes.barh(places, total - serious, left=serious, color=PERSON, height=0.66, label="less")
    for bar, name in zip(bars, CATEGORIES, strict=True):
        bar.set_gid(f"category:{name}")
    for place, count in enumerate(total.tolist()):
        axes.text(count, place, f" {count:,}", va="center", color=INK, family=FONT, fontsize=8.5)
    _tidy(
        axes, [name.replace("_", " ") for name in CATEGORIES], "Why people are on it, by maximum sentence"
    )
    axes.legend(loc="lower right", frameon=False, fontsize=8.5, labelcolor=INK)


def _groups(axes: Axes, scenario: Scenario, entries: Entries) -> None:
    deployed = max(1, entries.deployed)
    listed = np.bincount(entries.group[entries.kept], minlength=len(GROUPS)) / deployed
    walking = np.array([getattr(scenario.crowd.groups, name) for name in GROUPS])
    places = np.arange(len(GROUPS))
    for shift, shares, colour, name, label in (
        (-0.19, listed, ZONE, "list", "of the entries"),
        (0.19, walking, PERSON, "passers", "of the passers"),
    ):
        bars = axes.barh(places + shift, shares, color=colour, height=0.36, label=label)
        for bar, group, share in zip(bars, GROUPS, shares.tolist(), strict=True):
            bar.set_gid(f"{name}:{group}")
            middle = bar.get_y() + bar.get_height() / 2
            axes.text(share, middle, f" {share:.1%}", va="center", color=INK, family=FONT, fontsize=8.5)
    _tidy(axes, list(GROUPS), "Groups, beside who walks past")
    axes.legend(loc="lower right", frameon=False, fontsize=8.5, labelcolor=INK)


def _tidy(axes: Axes, labels: list[str], title: str) -> None:
    axes.set_title(title, loc="left", color=INK, family=FONT, fontsize=10)
    axes.set_yticks(range(len(labels)), labels, family=FONT, fontsize=9, color=INK)
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.set_facecolor(GROUND)
    axes.tick_params(length=0)
    for side in ("top", "right", "bottom", "left"):
        axes.spines[side].set_visible(False)
    axes.margins(x=0.12)

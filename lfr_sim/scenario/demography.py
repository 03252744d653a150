"""Who the people are: groups, sexes and ages, of passers and of entries; and ratios between them.

The groups are those of the police's four-way appearance codes and the census: white, black, asian,
other (mixed among them). What is said per group is a table with these four names.
"""

from __future__ import annotations

from typing import Any

from .setting import Section, Shares, Status, setting, share

GROUPS = ("white", "black", "asian", "other")
"""The groups, in the order of every array with one row per group."""

_MIXTURE = "HOLBA footfall 2022 and census 2021: mixture of overseas visitors, Londoners and others"
_ASHBY = "Ashby: stop and search in London, April 2021 to March 2022; stands in for a wanted list"
_NISTIR = "NISTIR 8280 (FRVT part 3, demographic effects); "
_ACROSS = f"{_NISTIR}scores across groups are lower throughout; no number seen in the text"
_NPL = "NPL equitability study MS 43 (2023), as reported: no significant difference at 0.60"


def _of_passers(default: float, low: float, high: float) -> Any:
    return share(default, plausible=(low, high), status="assumed", source=_MIXTURE)


def _of_entries(default: float, low: float, high: float) -> Any:
    return share(default, plausible=(low, high), status="derived", source=_ASHBY)


def _ratio(default: float, low: float, high: float, source: str, status: Status = "assumed") -> Any:
    return setting(
        default, unit="ratio", plausible=(low, high), status=status, source=source, ge=0.0, le=1000.0
    )


def _off() -> Any:
    return setting(
        0.0,
        unit="sd",
        plausible=(-0.5, 0.5),
        status="assumed",
        source="off: never measured for LFR",
        ge=-10.0,
        le=10.0,
    )


class CrowdGroups(Shares):
    """`[crowd.groups]`: shares of the passers; they sum to 1."""

    white: float = _of_passers(0.64, 0.54, 0.74)
    """Share of passers who are White."""
    black: float = _of_passers(0.09, 0.041, 0.171)
    """Share of passers who are Black."""
    asian: float = _of_passers(0.18, 0.082, 0.342)
    """Share of passers who are Asian."""
    other: float = _of_passers(0.09, 0.041, 0.171)
    """Share of passers of other or mixed groups."""


class ListGroups(Shares):
    """`[watchlist.groups]`: shares of the entries; they sum to 1."""

    white: float = _of_entries(0.44, 0.3, 0.6)
    """Share of entries who are White."""
    black: float = _of_entries(0.31, 0.15, 0.45)
    """Share of entries who are Black."""
    asian: float = _of_entries(0.17, 0.08, 0.25)
    """Share of entries who are Asian."""
    other: float = _of_entries(0.08, 0.04, 0.15)
    """Share of entries of other or mixed groups."""


class ReferenceCrowd(CrowdGroups):
    """`[matcher.reference.crowd]`: groups of the passers on whom the FMR was measured; sum 1."""


class ReferenceList(ListGroups):
    """`[matcher.reference.watchlist]`: groups of the list with which the FMR was measured; sum 1."""


class Reference(Section):
    """`[matcher.reference]`: the people on whom `fmr` was measured, so that ratios do not change it.

    The mean of the ratios of group, sex and older age over these passers and entries is scaled to 1, once
    (`child_fmr_ratio` comes on top). Nothing else moves the
    scale: neither another crowd, nor another list, nor entries taken off it.
    """

    crowd: ReferenceCrowd = ReferenceCrowd()
    watchlist: ReferenceList = ReferenceList()
    crowd_female_share: float = share(
        0.5, plausible=(0.4, 0.6), status="assumed", source="parity, as in the crowd"
    )
    """Share of women among those passers."""
    watchlist_female_share: float = share(
        0.1,
        plausible=(0.04, 0.2),
        status="derived",
        source="between people searched (92 % men; Ashby, London 2021/22) and arrested (about 85 %)",
    )
    """Share of women among those entries."""
    crowd_share_65_plus: float = share(
        0.06, plausible=(0.03, 0.12), status="assumed", source="Gehl 2004, as in the crowd"
    )
    """Share of those passers who are 65 or over."""


class FmrRatio(Section):
    """`[matcher.fmr_ratio]`: FMR by group of the passer and of the entry, relative to one another.

    The first name is the passer's group, the second the entry's. Only ratios matter: see `reference`.
    """

    white_white: float = _ratio(1.0, 1.0, 1.0, _NISTIR + "reference cell", "derived")
    """White passer, White entry."""
    white_black: float = _ratio(0.1, 0.01, 0.6, _ACROSS)
    """White passer, Black entry."""
    white_asian: float = _ratio(0.1, 0.01, 0.6, _ACROSS)
    """White passer, Asian entry."""
    white_other: float = _ratio(0.1, 0.01, 0.6, _ACROSS)
    """White passer, other entry."""
    black_white: float = _ratio(0.1, 0.01, 0.6, _ACROSS)
    """Black passer, White entry."""
    black_black: float = _ratio(2.0, 1.0, 20.0, _NISTIR + "middle of none (NPL) and 4 (NPL, low threshold)")
    """Black passer, Black entry."""
    black_asian: float = _ratio(0.1, 0.01, 0.6, _ACROSS)
    """Black passer, Asian entry."""
    black_other: float = _ratio(0.1, 0.01, 0.6, _ACROSS)
    """Black passer, other entry."""
    asian_white: float = _ratio(0.1, 0.01, 0.6, _ACROSS)
    """Asian passer, White entry."""
    asian_black: float = _ratio(0.1, 0.01, 0.6, _ACROSS)
    """Asian passer, Black entry."""
    asian_asian: float = _ratio(2.0, 1.0, 20.0, _NISTIR + "middle of none (NPL) and 4 (NPL, low threshold)")
    """Asian passer, Asian entry."""
    asian_other: float = _ratio(0.1, 0.01, 0.6, _ACROSS)
    """Asian passer, other entry."""
    other_white: float = _ratio(0.1, 0.01, 0.6, _ACROSS)
    """Passer of another group, White entry."""
    other_black: float = _ratio(0.1, 0.01, 0.6, _ACROSS)
    """Passer of another group, Black entry."""
    other_asian: float = _ratio(0.1, 0.01, 0.6, _ACROSS)
    """Passer of another group, Asian entry."""
    other_other: float = _ratio(1.5, 0.5, 10.0, _NISTIR + "between the other groups")
    """Passer and entry of other groups."""


class TpirRatio(Section):
    """`[matcher.tpir_ratio]`: TPIR by group of the listed person; `tpir` is that of ratio 1."""

    white: float = _ratio(1.0, 0.85, 1.15, _NPL, "published")
    """White people."""
    black: float = _ratio(1.0, 0.85, 1.31, _NPL + "; Cambridge 2026, other vendor: 1.31", "published")
    """Black people."""
    asian: float = _ratio(1.0, 0.85, 1.2, _NPL, "published")
    """Asian people."""
    other: float = _ratio(1.0, 0.85, 1.2, _NPL + " (not told apart)", "assumed")
    """People of other groups."""


class UnconvictedRatio(Section):
    """`[watchlist.unconvicted_ratio]`: by group; `unconvicted_share` is that of ratio 1."""

    white: float = _ratio(1.0, 0.8, 1.2, "the share of reference, by definition")
    """White entries."""
    black: float = _ratio(
        1.1,
        0.8,
        1.6,
        "no count of unconvicted custody images by group; more arrests without charge assumed",
    )
    """Black entries."""
    asian: float = _ratio(1.0, 0.8, 1.6, "no count by group")
    """Asian entries."""
    other: float = _ratio(1.0, 0.8, 1.6, "no count by group")
    """Entries of other groups."""


class GroupShift(Section):
    """`[officers.group_criterion_shift]`: how much stricter officers judge passers of a group (sd)."""

    white: float = _off()
    """White passers; above 0 is stricter, fewer alerts are acted upon."""
    black: float = _off()
    """Black passers."""
    asian: float = _off()
    """Asian passers."""
    other: float = _off()
    """Passers of other groups."""

"""Make the tables of `explanation/glossary.md`: words, rates and counts.

    python docs/make_glossary.py            write them
    python docs/make_glossary.py --check    exit code 1 if one is out of date

What the dashboard's Evidence page says of a word is taken from there, so the two cannot differ.
"""

from __future__ import annotations

import sys

from made_parts import Lines, is_current, write_or_check
from make_reference import table
from pages import DOCS

from lfr_sim.dashboard.views.evidence_words import TERMS, rate_of_2022
from lfr_sim.metrics import COUNTS, METRICS
from lfr_sim.records import JUDGED_TWICE

PAGE = DOCS / "explanation" / "glossary.md"
SCRIPT = "make_glossary.py"

OF_WHAT = {
    "False match rate (FMR)": "comparisons of a face with an image of somebody else",
    "False-positive identification rate (FPIR)": "searches of the list with a face that is not on it",
    "True-positive identification rate (TPIR)": "walks of listed people past a van",
    "Presence": "people who walk past",
    "Stale": "entries",
}
"""Word of the dashboard -> what it is a share of; the others are no shares."""

FURTHER = {
    "Alert": ("What the system raises when the best score of a search reaches the threshold.", ""),
    "Arm": ("One of the policies that are compared.", ""),
    "Basis, power to detain": (
        "A legal power to keep this person, whether or not they would stay.",
        "stops of the person listed, entry current",
    ),
    "Candidate": ("The entry that a search returns: the one with the highest score.", ""),
    "Capture": ("A pass gives a face that can be compared.", "passes"),
    "Closed form": ("Expected counts by formula, without simulating.", ""),
    "Comparison": ("One face against one image.", ""),
    "Cooldown": ("Time after an alert on a person in which a further one is suppressed.", ""),
    "Criterion": ("How much evidence somebody wants before they say yes.", ""),
    "d'": ("How well the person and a lookalike can be told apart, in standard deviations.", ""),
    "Day effect": ("A factor on presence, drawn for each run, of mean 1.", ""),
    "Deployed list": ("The list after entries have been taken off.", ""),
    "Design point": ("One combination of values in an experiment.", ""),
    "Dismissed": ("An alert that was judged not to be the person, or left alone.", "alerts"),
    "Disposal": ("How a stop ends: arrest, other action, no further action.", "stops"),
    "Expected count": ("What a rare count is on average, given who walked past.", ""),
    "False alert": (
        "The person is not the one of the entry returned, listed or not. In a published record: judged so "
        "by the police, dismissed alerts among them.",
        "alerts, or faces: say which",
    ),
    "Fled": ("Found, and ran away before a word was spoken.", "people found"),
    "FNIR": ("False-negative identification rate: 1 - TPIR.", "walks of listed people past a van"),
    "Frailty": ("How often a face matches falsely, whomever it is compared with, over the mean.", ""),
    "g0": ("P(act | not the person), all judgements together.", "false alerts"),
    "g1": ("P(act | the person), all judgements together.", "true alerts"),
    "Group": (
        "White, Black, Asian or other, as the police's appearance codes and the census have them.",
        "",
    ),
    "Informed": ("Told, or knowing, that one may decline where there is no power.", "people stopped"),
    "Judge": ("Somebody who says whether an alert is the person.", ""),
    "Lapsed": ("An alert acted upon for which no team was free in time.", "alerts"),
    "Layout": ("The drawing of a place: ground, gates, signals, vans, cameras.", ""),
    "Lost": ("Sought and not found.", "people sought"),
    "Match": ("What the machine decided; against *mated*, which is so.", ""),
    "Mated, non-mated": ("The person is on the list, or not: true of the world.", ""),
    "Misidentified": ("Stopped, and not the person of the entry.", "stops"),
    "Missed": ("A listed passer with no alert on their own entry.", "listed passers, in view or not"),
    "Nine in ten": ("The 5 % and 95 % quantiles over runs: how much days differ.", "runs"),
    "On purpose": ("An arrest for one of the offences that the deployment was for.", "arrests"),
    "Pass": ("One walk past one van with the face in view, however many of its cameras see it.", ""),
    "Person, people": ("Somebody, however often they walk.", ""),
    "Plausible range": ("Where the truth of a setting may lie, as far as its sources say.", ""),
    "Policy": ("A named set of changes of a scenario.", ""),
    "Record row": ("What a force would publish of the model's day, judged as the force would.", ""),
    "Refused": ("Said no when stopped.", "people stopped"),
    "Relative, kin": ("Somebody who looks like the person of an entry, and is not.", ""),
    "Reviewer, stage": ("Further judgements of one alert; all must say yes.", ""),
    "Right person, no basis": ("Stopped, the person listed, without a power to detain.", "stops"),
    "Run, replicate": ("One simulated day; a function of scenario, seed and its number.", ""),
    "Scenario": ("A file that says what is asked.", ""),
    "Score": ("How alike two faces are to the matcher, 0 to 1.", ""),
    "Search": ("One face against the whole list.", ""),
    "Seed": ("The number that settles all chance of a study.", ""),
    "Status": ("Of a default: published, derived, fitted or assumed.", ""),
    "Stream": ("The random numbers of one part of the model.", ""),
    "Sweep": ("An experiment that is run: many settings, many days, one table.", ""),
    "Threshold": ("The score from which a candidate is an alert.", ""),
    "Truth row": ("What really happened in the model.", ""),
    "Uninformed compliance": ("No power, never told that one may decline, and complied.", "stops"),
    "Unit": ("People who walk together; a person alone is a unit of one.", ""),
    "Wrongful": ("In one of three classes, which overlap; no verdict on a stop.", "stops"),
    "Zone of recognition": ("The ground on which a camera can compare a face.", ""),
}
"""Word -> meaning, and what it is a share of; words that the dashboard's page explains are not here."""


def words() -> Lines:
    """Yield every word, in the order of the alphabet."""
    twice = set(FURTHER) & set(TERMS)
    if twice or set(OF_WHAT) - set(TERMS):
        raise SystemExit(f"words that stand twice, or are not the dashboard's: {twice or OF_WHAT}")
    known = {word: (meaning, OF_WHAT.get(word, "")) for word, meaning in TERMS.items()} | FURTHER
    rows = [[word, *known[word]] for word in sorted(known, key=str.lower)]
    yield from table(["word", "meaning", "of what"], rows)


def rates() -> Lines:
    """Yield every rate with its two sides and what it came to in 2022."""
    rows = [
        [
            f"`{metric.name}`",
            _side(metric.numerator),
            _side(metric.denominator),
            f"{metric.per:,.0f}" if metric.per != 1.0 else "",
            rate_of_2022(metric).removeprefix("2022: ").removesuffix(".").partition(";")[0],
        ]
        for metric in METRICS
    ]
    columns = ["rate", "of these", "out of these", "times", "in the six deployments of 2022"]
    yield from table(columns, rows, frozenset({"times"}))


def counts() -> Lines:
    """Yield every count with the row it stands in."""
    yield from table(
        ["count", "row", "meaning"], [[f"`{count.name}`", count.row, count.sentence] for count in COUNTS]
    )


def _side(columns: tuple[str, ...]) -> str:
    """Return columns in words; those judged twice with the row that is meant."""
    told = []
    for column in columns:
        row, _, name = column.partition(".")
        plain = name.replace("_", " ")
        told.append(f"{plain}, {row} row" if name in JUDGED_TWICE else plain)
    return " + ".join(told)


PARTS = {"words": words, "rates": rates, "counts": counts}
"""Part of the page -> what makes it."""


def current() -> bool:
    """Return whether the page is up to date."""
    return is_current(PAGE, SCRIPT, PARTS)


if __name__ == "__main__":
    sys.exit(write_or_check(PAGE, SCRIPT, PARTS))

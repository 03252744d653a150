"""What the model is not for, what it cannot say, and how one may be misled by it."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from .evidence_words import term_list

NOT_FOR: Final = (
    "It does not say that a deployment is lawful, unlawful, biased or fair. It gives counts; whether they "
    "are acceptable is for people to decide.",
    "It holds no real faces, names or images, and recognises nobody. A face is a random number.",
    "It does not predict anybody, nor where or when crime happens.",
    "It does not forecast one day. Days differ so much that an honest forecast is a wide range.",
)
"""Uses that are refused."""

CANNOT_SAY: Final = {
    "How many listed people pass": "The record shows only the product of how many pass and how often "
    "they are found, so it cannot tell the two apart. “Missed” rests on the split.",
    "How groups fare in fact": "Counts by group follow from shares of the crowd, shares of the list and "
    "ratios of false matches, none of which was published for these deployments. What comes out is “if "
    "these were so, then”.",
    "How officers judge groups": "The shift is 0 because it was never measured, not because it is known "
    "to be 0.",
    "What would have happened without a van": "There is no day without it; arrests are not arrests gained.",
    "Whether people avoid the van": "Nobody in the model stays away or hides their face.",
    "Whether people knew, dared or wanted to decline": "What is told, refused and demanded in a stop "
    "are shares, all but one assumed.",
    "What an intrusion is worth": "Being scanned has no cost here. Counts of passers and faces stand as "
    "they are.",
    "Anything beyond one deployment at one place": "No year, no country, no later lists.",
}
"""What the numbers leave open, and why."""

MISLED: Final = (
    "“99.997 % of faces raised no false alert.” True, and it says little: almost nobody who walks past is "
    "listed. Look at the share of alerts, and of stops.",
    "A false alert rate that falls when the van moves to a busier street. Nothing has improved.",
    "A rate by group from a handful of alerts. One alert more or less doubles it; ask for the counts.",
    "Nobody was misidentified, so nobody was wronged. There are two further ways in which a stop goes "
    "wrong: the right person without a power to detain, and somebody who complies because nobody told them "
    "they may decline.",
    "A list was cut, and fewer were missed. Those taken off are not missed any more, because nobody "
    "looks for them.",
    "Agreement with the record. Most of what is compared was used to set the model up.",
)
"""Ways in which true numbers mislead."""


def limits_section() -> Markup:
    """Return the limits in plain words."""
    return Markup(
        '<section id="evidence-limits"><h2>What it is not for</h2><div class="evidence-pair"><div>'
        '<ul class="evidence-list">{}</ul><h3>Ways to be misled</h3><ul class="evidence-list">{}</ul></div>'
        '<div><h3>What it cannot say</h3><dl class="evidence-terms">{}</dl></div></div></section>'
    ).format(_items(NOT_FOR), _items(MISLED), term_list(CANNOT_SAY))


def _items(sentences: tuple[str, ...]) -> Markup:
    return Markup("").join(Markup("<li>{}</li>").format(sentence) for sentence in sentences)

"""The head of Compare: the question that a policy asks, and its answer in counts over all days."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from markupsafe import Markup

from lfr_sim.figures.words import listed

from ..compared import ARRESTS, MISTAKEN, ComparedArm, another_crowd, differing
from ..setting_words import setting_label, setting_value
from .shapes import inline
from .words import ASKED_FOR, FEWER, counted, expected, number_word, rounded, whole

_MOST_PHRASES: Final = 3
_CATEGORIES: Final = {
    "failed_to_appear_or_warrant": "people wanted on a warrant",
    "suspect_violence": "suspects of violence",
    "suspect_sexual": "suspects of sexual offences",
    "suspect_theft_robbery": "suspects of theft and robbery",
    "suspect_drugs": "suspects of drug offences",
    "suspect_other": "suspects of other offences",
    "court_order_condition": "people under court orders",
    "missing_or_vulnerable": "missing or vulnerable people",
    "of_interest": "people of interest",
}
_ALONG: Final = "site.vans"
"""What goes along when the van is moved: stands are each place's own."""


def question(arms: Sequence[ComparedArm]) -> str:
    """Return the question that the differing settings ask: what if they were as under B, C and D."""
    first, *others = arms
    asked = [_asked(first, arm) for arm in others]
    # Where two would read alike, such as more doubt and still more, that is told with its values.
    alike = [
        [arm for arm, as_told in zip(others, asked, strict=True) if as_told == words] for words in asked
    ]
    asked = [
        _asked(first, arm, valued=set(differing(same)) if len(same) > 1 else ())
        for arm, same in zip(others, alike, strict=True)
    ]
    if not any(asked):
        return "What if nothing were changed?"
    if len(asked) == 1:
        return f"What if {asked[0]}?"
    told = [
        f"{words or 'nothing were changed'} ({arm.letter})"
        for words, arm in zip(asked, arms[1:], strict=True)
    ]
    return f"What if {', or '.join(told)}?"


def _asked(first: ComparedArm, arm: ComparedArm, valued: Collection[str] = ()) -> str:
    """Return how a policy differs from the first, as clauses, some by value; if in much, by its name."""
    changes = {path: (values[0], values[1]) for path, values in differing((first, arm)).items()}
    phrases = [
        *_phrases({path: values for path, values in changes.items() if path not in valued}),
        *(_value_clause(path, after) for path, (_, after) in changes.items() if path in valued),
    ]
    if len(phrases) > _MOST_PHRASES:
        return f"it were {arm.name}, instead of {first.name}"
    return _joined(phrases)


def compare_sentence(arms: Sequence[ComparedArm], asked: int | None = None) -> Markup:
    """Return the sentence of Compare: mistaken stops and arrests under each policy, over all days.

    Args:
        arms: The policies with their days, aligned.
        asked: Days asked for; with more than there are, the sentence says how far it has got.
    """
    days = min((len(arm.days) for arm in arms), default=0)
    if not days:
        return _framed(Markup("No day has been simulated under every policy yet."), predicted=False)
    predicted = any(arm.days.are_predicted for arm in arms)
    opening = _opening(days, arms, predicted=predicted, asked=asked)
    first, *others = arms
    told = [_against(first, arm) for arm in others]
    sentence = Markup("{}{}.").format(opening, told[0] if told else _alone(first))
    further = [*(_upper(words) + "." for words in told[1:]), *_asked_for(arms)]
    return _framed(sentence, predicted=predicted) + Markup("").join(
        Markup('<p class="spread">{}</p>').format(words) for words in further
    )


def _asked_for(arms: Sequence[ComparedArm]) -> list[str]:
    """Return under which policies the stops predicted are more than the teams could make."""
    letters = [arm.letter for arm in arms if arm.days.stops_are_asked_for]
    return [f"Under {listed(letters)} teams are too few. {ASKED_FOR}"] if letters else []


def _framed(sentence: Markup, *, predicted: bool) -> Markup:
    return Markup('<p class="sentence{}" id="compare-sentence">{}</p>').format(
        " predicted" if predicted else "", sentence
    )


def _opening(days: int, arms: Sequence[ComparedArm], *, predicted: bool, asked: int | None) -> str:
    many = days != 1
    if predicted:
        return f"Predicted, over {counted(days, 'day')}: "
    so_far = f"So far, over {whole(days)} of {whole(asked)} days: " if asked and asked > days else ""
    if another_crowd(arms):
        each = ", each day with its own crowd, " if many else ", each policy with its own crowd, "
        return so_far or f"Over {counted(days, 'day')}{each}"
    if so_far:
        return f"So far, past the same {whole(days)} of {whole(asked or 0)} crowds, "
    return f"Past the same {whole(days)} crowds, " if many else "Past the same crowd, "


def _alone(arm: ComparedArm) -> Markup:
    return Markup("policy {} stops {} by mistake and makes {}").format(
        arm.letter, counted(_sum(arm, MISTAKEN), "person", "people"), counted(_sum(arm, ARRESTS), "arrest")
    )


def _against(first: ComparedArm, other: ComparedArm) -> Markup:
    """Return what another policy does, and the first did not."""
    stopped, before = (_sum(arm, MISTAKEN) for arm in (other, first))
    made, made_before = (_sum(arm, ARRESTS) for arm in (other, first))
    same_stops, same_arrests = rounded(stopped) == rounded(before), rounded(made) == rounded(made_before)
    if same_stops and same_arrests:
        return Markup(
            "policy {} stops the same number of people by mistake as policy {}, {}, "
            "and makes the same number of arrests, {}"
        ).format(other.letter, first.letter, _people(stopped), _count(made))
    if same_stops:
        stops = Markup("stops the same number of people by mistake, {},").format(_people(stopped))
    else:
        stops = Markup("stops {}, not {},").format(_people(stopped, "by mistake"), _count(before))
    if same_arrests:
        arrests = f"makes the same number of arrests, {_count(made)}"
    else:
        noun = "arrest" if rounded(made) == 1 or _count(made) == FEWER else "arrests"
        arrests = f"makes {_count(made) if made else 'no'} {noun}, not {_count(made_before)}"
    return Markup("policy {} {} and {}").format(other.letter, stops, arrests)


def _people(number: float, ending: str = "") -> Markup:
    """Return people stopped by mistake as a coloured count; the mark stays with the number."""
    if not rounded(number) and not number:
        return Markup("nobody by mistake") if ending else Markup("0")
    one = rounded(number) == 1 or _count(number) == FEWER
    words = f" {'person' if one else 'people'} {ending}" if ending else ""
    return Markup('<span class="stopped"><span class="sentence-keep">{}{}</span>{}</span>').format(
        inline("mistaken"), _count(number), words
    )


def _count(number: float) -> str:
    return expected(number)


def _sum(arm: ComparedArm, outcome: Any) -> float:
    return float(outcome.of(arm.days).sum())


def _upper(words: Markup) -> Markup:
    return Markup(words[:1].upper()) + words[1:]


# --- the question -------------------------------------------------------------------------------------


def _phrases(changes: dict[str, tuple[Any, Any]]) -> list[str]:
    """Return each change as a clause that follows `What if`."""
    if "site.layout" in changes:
        before, after = changes["site.layout"]
        place = str(after).replace("_", " ").title()
        rest = {p: v for p, v in changes.items() if p not in ("site.layout", _ALONG)}
        return [f"the same van stood at {place}", *_phrases(rest)] if before != after else _phrases(rest)
    return [_clause(path, *values) for path, values in changes.items()]


def _clause(path: str, before: Any, after: Any) -> str:
    rule = _RULES.get(path)
    return (rule(before, after) if rule is not None else "") or _value_clause(path, after)


def _value_clause(path: str, after: Any) -> str:
    label = setting_label(path)
    lower = label[:1].lower() + label[1:] if label[1:2].islower() or label[1:2] == " " else label
    return f"{lower} were {setting_value(path, after)}"


def _joined(phrases: Sequence[str]) -> str:
    """Return clauses as they are read, with a comma before the last, since each is a sentence."""
    if len(phrases) < 2:
        return "".join(phrases)
    return f"{', '.join(phrases[:-1])}, and {phrases[-1]}"


def _size(before: int, after: int) -> str:
    if not after:
        return "nobody were on the list"
    return f"the list were {'cut' if after < before else 'grown'} to {after:,}"


def _threshold(before: float, after: float) -> str:
    return f"the match threshold were {'raised' if after > before else 'lowered'} to {after:g}"


def _presumption(before: float, after: float) -> str:
    return "officers doubted more" if after < before else "officers trusted the machine more"


def _teams(before: int, after: int) -> str:
    if not after:
        return "no officers were there to stop anybody"
    verb = "was" if after == 1 else "were"
    return f"there {verb} {'only ' if after < before else ''}{_teams_word(after)}"


def _teams_word(number: int) -> str:
    return f"{number_word(number)} {'team' if number == 1 else 'teams'} of officers"


def _kept(_: Any, after: Any) -> str:
    if after is None:
        return "every category stayed on the list"
    return f"only {listed([_CATEGORIES.get(str(name), str(name)) for name in after])} stayed on the list"


def _cap(_: Any, after: int | None) -> str:
    return "the list had no cap" if after is None else f"the list were capped at {after:,}"


def _review(_: Any, after: float | None) -> str:
    if after is None:
        return "old images were not reviewed"
    return f"images older than {after:g} {'year' if after == 1 else 'years'} were reviewed"


_RULES: Final[dict[str, Callable[[Any, Any], str]]] = {
    "watchlist.size": _size,
    "matcher.threshold": _threshold,
    "officers.presumption_to_intervene": _presumption,
    "officers.teams": _teams,
    "watchlist.operations.keep_categories": _kept,
    "watchlist.operations.serious_only": lambda _, after: (
        "only serious entries stayed on the list" if after else "less serious entries stayed on the list"
    ),
    "watchlist.operations.remove_unconvicted_custody": lambda _, after: (
        "custody images of people never convicted were taken off"
        if after
        else "custody images of people never convicted stayed on"
    ),
    "watchlist.operations.remove_entries": lambda _, after: (
        f"{after:,} entries were taken off by chance" if after else "no entries were taken off by chance"
    ),
    "watchlist.operations.cap": _cap,
    "watchlist.operations.review_age_years": _review,
    "matcher.preset": lambda _, after: f"the matcher were that of {after}",
    "crowd.passers_per_hour": lambda _, after: f"{after:,.0f} people walked past in an hour",
    "deployment.hours": lambda _, after: (
        f"the van stood there for {after:g} {'hour' if after == 1 else 'hours'}"
    ),
}
"""Dotted path -> the clause that says its change."""

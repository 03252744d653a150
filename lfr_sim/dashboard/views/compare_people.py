"""Who stands in a paired day: everybody with an alert or missed, joined across the policies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ..compared import ComparedArm
from ..days import DayRow, Mark
from .words import counted

_ROWS: Final = 3
"""Rows of people with an alert that stand there at once; people who are only missed fill one."""
_MOST: Final = 180
"""People with an alert who are drawn, and people missed who stand in the table."""


@dataclass(frozen=True, slots=True)
class Person:
    """One passer with the marks under each policy; None where nobody of that crowd has the number."""

    time_s: float
    marks: tuple[tuple[Mark, ...] | None, ...]


def people_of(rows: Sequence[DayRow], *, own_crowds: bool) -> list[Person]:
    """Return everybody with a mark under some policy, in order of time; a passer's number joins them."""
    found: dict[tuple[int, int], list[list[Mark]]] = {}
    for number, row in enumerate(rows):
        for mark in row.marks:
            key = (number if own_crowds else 0, mark.passer)
            found.setdefault(key, [[] for _ in rows])[number].append(mark)
    people = []
    for (crowd, _), marks in found.items():
        shown = tuple(
            None if own_crowds and number != crowd else tuple(of_arm) for number, of_arm in enumerate(marks)
        )
        people.append(Person(next(of_arm[0].time_s for of_arm in marks if of_arm), shown))
    return sorted(people, key=lambda person: person.time_s)


def finding(arms: Sequence[ComparedArm], people: Sequence[Person], *, own: bool) -> str:
    """Return what became, under B, of those stopped under A; of more policies, plain words."""
    if own or len(arms) != 2:
        who = counted(len(people), "person", "people")
        under = " or ".join(arm.letter for arm in arms)
        return f"{who} with an alert, or missed, under {under}"
    a, b = (arm.letter for arm in arms)
    stopped = [[any(mark.stopped for mark in marks or ()) for marks in person.marks] for person in people]
    before, after = sum(one for one, _ in stopped), sum(other for _, other in stopped)
    both = sum(one and other for one, other in stopped)
    if not before:
        return f"Nobody is stopped under {a}, {'and nobody' if not after else f'{after:,}'} under {b}"
    if before == 1:
        begin = f"The one person stopped under {a} is"
        of_these = f"{begin} stopped under {b} too" if both else f"{begin} not stopped under {b}"
    else:
        some = "None" if not both else "All" if both == before else f"{both:,}"
        verb = "is" if both == 1 else "are"
        of_these = f"{some} of the {before:,} people stopped under {a} {verb} stopped under {b} too"
    others = after - both
    return of_these + (f", and {counted(others, 'other')}" if others else "")


def within_reason(people: Sequence[Person]) -> list[Person]:
    """Return the people of the table: all, but for the later ones of a day without end."""
    alerted = alerted_of(people)
    missed = [person for person in people if is_missed(person)][:_MOST]
    return sorted((*alerted, *missed), key=lambda person: person.time_s)


def marks_words(marks: tuple[Mark, ...] | None) -> str:
    """Return what happened to somebody, as a cell of the table."""
    if marks is None:
        return "another crowd"
    if not marks:
        return "no alert"
    return "; ".join(_mark_words(mark) for mark in marks)


def _mark_words(mark: Mark) -> str:
    if mark.missed:
        return "listed, missed"
    ending = ", stopped and arrested" if mark.arrested else ", stopped" if mark.stopped else ""
    return f"alert, {'right' if mark.right else 'wrong'} person{ending}"


def split(people: Sequence[Person], a_row: int) -> tuple[list[Person], list[Person]]:
    """Return who is drawn at once and who on demand, in order of time: people with an alert come first."""
    alerted = alerted_of(people)[: _ROWS * a_row]
    missed = [person for person in people if is_missed(person)][: max(0, a_row - len(alerted))]
    shown = {id(person) for person in (*alerted, *missed)}
    return (
        [person for person in people if id(person) in shown],
        [person for person in people if id(person) not in shown],
    )


def alerted_of(people: Sequence[Person]) -> list[Person]:
    """Return the people with an alert under some policy, up to as many as are drawn."""
    return [person for person in people if not is_missed(person)][:_MOST]


def is_missed(person: Person) -> bool:
    """Return whether there is no alert on somebody under any policy."""
    return all(mark.missed for marks in person.marks for mark in marks or ())

"""`lfr-sim teach`: the lessons in a terminal, one step at a time, or printed whole, or on paper."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from .asked import INTERRUPTED

if TYPE_CHECKING:
    from lfr_sim.lessons import Lesson
    from lfr_sim.scenario import Fault

_LARGEST_SEED = 2**63 - 1


def teach(options: argparse.Namespace) -> int:
    """Teach the lessons asked for, or write the sheets."""
    from lfr_sim.scenario import InputError

    faults: list[Fault] = []
    lessons = _lessons(options.lesson, faults)
    faults += _option_faults(options)
    if faults:
        raise InputError("teach", faults)
    if options.materials is not None:
        from lfr_sim.teaching import write_materials

        for path in write_materials(options.materials):
            print(f"wrote {path}")
        return 0
    from lfr_sim.teaching import printed, signs_for

    signs = signs_for(getattr(sys.stdout, "encoding", None), plain=options.plain)
    if options.all or not _somebody_is_there():
        print(printed(lessons, seed=options.seed, signs=signs))
        return 0
    from .sitting import Sitting

    sitting = Sitting(lessons, seed=options.seed, signs=signs)
    try:
        sitting.hold()
    except KeyboardInterrupt:
        print()
        return INTERRUPTED
    return 0


def _somebody_is_there() -> bool:
    """Return whether somebody can read a question and type an answer."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _lessons(name: str | None, faults: list[Fault]) -> tuple[Lesson, ...]:
    """Return the lessons meant by a number or name, adding what is wrong with it to `faults`."""
    from lfr_sim.lessons import LESSONS
    from lfr_sim.scenario import Fault, nearest

    if name is None:
        return LESSONS
    numbers = {str(lesson.number): lesson for lesson in LESSONS}
    known = {_bare(lesson.name): lesson for lesson in LESSONS}
    found = numbers.get(name.strip()) or known.get(_bare(name))
    if found is not None:
        return (found,)
    near = nearest(_bare(name), known)
    allowed = f"1 to {len(LESSONS)}, or " + ", ".join(one.replace(" ", "-") for one in known)
    meant = near.replace(" ", "-") if near else ""
    faults.append(Fault("lesson", "there is no such lesson", name, allowed, meant))
    return ()


def _bare(name: str) -> str:
    """Return a name as it is compared: `Rare people`, `rare-people` and `rare_people` are one."""
    return " ".join(name.lower().replace("-", " ").replace("_", " ").replace(",", " ").split())


def _option_faults(options: argparse.Namespace) -> list[Fault]:
    from lfr_sim.scenario import Fault

    faults = []
    if not isinstance(options.seed, int) or not 0 <= options.seed <= _LARGEST_SEED:
        allowed = f"0 to {_LARGEST_SEED:,}"
        faults.append(Fault("--seed", "not a whole number in range", options.seed, allowed))
    if options.materials is not None and (options.lesson is not None or options.all or options.plain):
        allowed = "--materials without LESSON, --all and --plain"
        problem = "the sheets hold all five lessons"
        faults.append(Fault("--materials", problem, options.materials, allowed))
    return faults

"""The pages say what the program does: examples are run, tables are made from it, links lead somewhere."""

from __future__ import annotations

import importlib
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from test_layers import LAYERS

from lfr_sim.dashboard.views.evidence_words import TERMS

DOCS = Path(__file__).parents[1] / "docs"
MADE = ("make_odd", "make_glossary")
"""Scripts that make parts of one page each."""
PAGES = [DOCS.parent / "README.md", *sorted(DOCS.rglob("*.md"))]

ODD = (
    *("Purpose and patterns", "Entities, state variables and scales", "Process overview and scheduling"),
    *("Design concepts", "Initialization", "Input data", "Submodels"),
)
ODD_CONCEPTS = (
    *("Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing"),
    *("Interaction", "Stochasticity", "Collectives", "Observation"),
)
ODD_DECISIONS = (
    *("Theoretical and empirical background", "Individual decision making", "Individual sensing"),
    *("Individual prediction", "Heterogeneity", "Implementation"),
)


@pytest.fixture(scope="module")
def scripts() -> Iterator[dict[str, ModuleType]]:
    """Return the scripts of the docs folder, imported."""
    sys.path.insert(0, str(DOCS))
    try:
        yield {
            name: importlib.import_module(name)
            for name in ("pages", *MADE, "make_reference", "make_record_table", "make_experiments")
        }
    finally:
        sys.path.remove(str(DOCS))


LONG = ("first-deployment.md", "first-sweep.md", "compare-policies.md")
"""Pages whose examples take many seconds, since they show whole studies."""


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=pytest.mark.slow if page.name in LONG else (), id=page.name)
        for page in PAGES
    ],
)
def test_every_example_runs_and_prints_what_its_page_shows(
    page: Path, scripts: dict[str, ModuleType], tmp_path: Path
) -> None:
    """A reader who types what a page shows gets what the page shows."""
    pages = scripts["pages"]

    for command in pages.run_page(page, tmp_path):
        assert command.exit_code == command.expected_exit_code, f"{command.line}\n{command.printed}"
        assert pages.prints_as_shown(command), f"{command.line}\n{command.printed}"


def test_tables_of_the_reference_are_made_from_the_program_as_it_is(scripts: dict[str, ModuleType]) -> None:
    """No setting, metric, command or layout can change without its page."""
    assert scripts["make_reference"].stale() == []


@pytest.mark.parametrize("script", MADE)
def test_made_parts_of_a_page_are_of_the_program_as_it_is(
    script: str, scripts: dict[str, ModuleType]
) -> None:
    """No state variable, parameter, stream, word or rate can change without its page."""
    assert scripts[script].current(), f"run `python docs/{script}.py`"


def test_protocol_has_every_element_and_design_concept() -> None:
    """The description is an ODD one: seven elements, eleven concepts, the questions on decisions."""
    text = (DOCS / "explanation" / "odd.md").read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (?:\d\. )?(.+)$", text, flags=re.MULTILINE)

    assert {*ODD, *ODD_CONCEPTS, *ODD_DECISIONS} - set(headings) == set()


def test_glossary_has_the_words_of_the_dashboard() -> None:
    """The Evidence page and the pages here explain the same words in the same words."""
    text = (DOCS / "explanation" / "glossary.md").read_text(encoding="utf-8")
    missing = [word for word, meaning in TERMS.items() if f"| {word} | {meaning} |" not in text]

    assert missing == []


def test_table_of_2022_is_made_from_the_program_as_it_is(scripts: dict[str, ModuleType]) -> None:
    """The comparison with the record is of this model and of these scenarios, not of older ones."""
    assert scripts["make_record_table"].is_current()


def test_page_of_experiments_is_made_from_them_as_they_are(scripts: dict[str, ModuleType]) -> None:
    """What the page shows is of these experiments and of this model, not of older ones."""
    assert scripts["make_experiments"].is_current()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_to_a_file_and_heading(page: Path) -> None:
    """No page sends its reader nowhere."""
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", _prose(page)):
        if not re.match(r"[a-z]+:", target):
            path, _, heading = target.partition("#")
            found = page.parent / path if path else page
            if not found.exists() or (heading and heading not in _anchors(found)):
                broken.append(target)

    assert broken == []


def test_order_of_the_house_is_told_as_it_is_held() -> None:
    """Whoever contributes reads the same order of rooms that the test of imports holds them to."""
    text = (DOCS.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    told = re.findall(r"^ {4}(?:  -> )?([a-z_, ]+)$", text, flags=re.MULTILINE)

    assert tuple(tuple(line.split(", ")) for line in told) == LAYERS


def test_citation_is_of_this_version() -> None:
    """Whoever cites the program cites the one they have."""
    citation = yaml.safe_load((DOCS.parent / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((DOCS.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"]
    assert {author["name"] for author in citation["authors"]} == {one["name"] for one in project["authors"]}


def test_the_words_of_the_pages_pass_no_verdict() -> None:
    """People are listed or not; nothing here says who is guilty, or what a court would say."""
    forbidden = re.compile(r"\b(criminals?|innocent|false positive rate)\b", re.IGNORECASE)
    found = [
        f"{page.name}: {match[0]}"
        for page in PAGES[1:]
        for match in forbidden.finditer(page.read_text(encoding="utf-8"))
    ]

    assert found == []


def _prose(page: Path) -> str:
    """Return a page without its fenced blocks and its code in the line."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", text)


def _anchors(page: Path) -> set[str]:
    """Return the anchors that a page's headings have."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}

"""The published record: the tables say what their sources say, and reading them is strict."""

import math
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from lfr_sim import evidence
from lfr_sim.evidence import (
    CountRange,
    TableError,
    UnknownRow,
    citations,
    cite,
    default,
    defaults,
    deployment,
    deployments,
    display,
)
from lfr_sim.evidence.reading import PartialDate, read_table
from lfr_sim.evidence.tables import all_tables

# Transcribed by hand from the Metropolitan Police's own grid, apart from the shipped table: site,
# list, faces, alerts, false, false engaged, true, true engaged, arrests.
MPS_2022 = {
    "mps-2022-01-28": ("Oxford Circus", 9756, 12120, 11, 1, 1, 10, 7, 4),
    "mps-2022-03-10": ("Leicester Square", 6793, 10740, 0, 0, 0, 0, 0, 0),
    "mps-2022-07-07": ("Oxford Circus", 6699, 34286, 4, 0, 0, 4, 3, 3),
    "mps-2022-07-14": ("Oxford Circus", 6713, 34360, 3, 1, 1, 2, 2, 1),
    "mps-2022-07-16": ("Oxford Circus", 6747, 36420, 1, 1, 1, 0, 0, 0),
    "mps-2022-07-28": ("Piccadilly Circus", 6858, 16440, 1, 0, 0, 1, 0, 0),
}
ALL_ROWS = [row for rows in all_tables().values() for row in rows]


@dataclass(frozen=True, slots=True)
class Sample:
    """A small table of our own, so that the reader can be tested on corrupt files."""

    name: str
    day: PartialDate
    count: int | None
    share: float | None
    size: CountRange | None
    amount: float | str
    agreed: bool


HEADER = "name,day,count,share,size,amount,agreed"


def read_sample(folder: Path, *lines: str) -> tuple[Sample, ...]:
    """Write lines under the right header and read them back."""
    path = folder / "sample.csv"
    path.write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
    return read_table(path, Sample)


def test_public_list_is_sorted_and_complete() -> None:
    """Nobody widens the interface by accident, and nothing promised is missing."""
    names = evidence.__all__

    assert sorted(names) == names
    assert all(hasattr(evidence, name) for name in names)


def test_no_table_is_cut_short() -> None:
    """A truncated copy of a table would still be well-formed; its number of rows would not."""
    assert {name: len(rows) for name, rows in all_tables().items()} == {
        "accuracy": 28,
        "adjudication": 28,
        "composition": 47,
        "defaults": 309,
        "deployments": 43,
        "timings": 22,
    }


@pytest.mark.parametrize("deployment_id", MPS_2022)
def test_deployments_of_2022_equal_second_transcription(deployment_id: str) -> None:
    """The six deployments every scenario is compared with are copied without slips."""
    row = deployment(deployment_id)
    found = (
        row.site,
        row.watchlist_size_images,
        row.faces_seen_estimate,
        row.alerts_total,
        row.alerts_false,
        row.alerts_false_engaged,
        row.alerts_true,
        row.alerts_true_engaged,
        row.arrests_lfr_led,
    )

    assert MPS_2022[deployment_id] == found


def test_deployments_of_2022_add_up_to_reported_totals() -> None:
    """The rows are the whole year: they sum to the totals the police reported."""
    rows = deployments(force="MPS", year=2022, aggregates=False)

    assert list(MPS_2022) == [row.deployment_id for row in rows]
    assert sum(row.faces_seen_estimate or 0 for row in rows) == 144_366
    assert sum(row.arrests_lfr_led or 0 for row in rows) == 8
    assert sum(row.alerts_true or 0 for row in rows) == 17
    assert sum(row.alerts_false or 0 for row in rows) == 3
    assert sum(row.alerts_true_engaged or 0 for row in rows) == 12
    assert sum(row.alerts_false_engaged or 0 for row in rows) == 3
    assert sum(row.stops_total or 0 for row in rows) == 15


def test_february_2020_equals_second_transcription() -> None:
    """The one deployment of the older algorithm with alerts, from which its preset comes."""
    row = deployment("mps-2020-02-27")

    assert (row.watchlist_size_images, row.faces_seen_estimate) == (7292, 8600)
    assert (row.alerts_total, row.alerts_true, row.alerts_true_engaged) == (8, 1, 1)
    assert (row.alerts_false, row.alerts_false_engaged, row.arrests_lfr_led) == (7, 5, 1)


def test_alerts_are_true_or_false() -> None:
    """No row loses an alert: total is true plus false wherever all three are known."""
    checked = 0
    for row in deployments():
        if None not in (row.alerts_total, row.alerts_true, row.alerts_false):
            assert row.alerts_total == (row.alerts_true or 0) + (row.alerts_false or 0), row
            checked += 1

    assert checked >= 25, "the condition above skipped nearly everything"


def test_stops_are_engagements_where_all_are_known() -> None:
    """Stops and engagements are one thing under two names."""
    for row in deployments():
        if None not in (row.stops_total, row.alerts_true_engaged, row.alerts_false_engaged):
            engaged = (row.alerts_true_engaged or 0) + (row.alerts_false_engaged or 0)

            assert row.stops_total == engaged, row


def test_parts_are_not_larger_than_wholes() -> None:
    """A transposed pair of cells would show as more engaged than alerted on."""
    for row in deployments():
        for part, whole in (
            (row.alerts_true_engaged, row.alerts_true),
            (row.alerts_false_engaged, row.alerts_false),
            (row.alerts_true, row.alerts_total),
        ):
            assert part is None or whole is None or part <= whole, row


def test_deployment_names_are_unique() -> None:
    """A second row of one name would be unreachable by that name."""
    names = [row.deployment_id for row in deployments()]

    assert len(set(names)) == len(names)


def test_adjudication_proportions_follow_from_counts() -> None:
    """The printed proportion and the two counts cannot disagree."""
    for row in evidence.adjudication():
        assert row.n_to <= row.n_from
        assert math.isclose(row.proportion, row.n_to / row.n_from, abs_tol=5e-5), row


def test_adjudication_refers_to_deployments() -> None:
    """A row about one deployment names one that exists; pooled rows name none."""
    for row in evidence.adjudication():
        if row.is_pooled:
            assert row.deployment_ref in (None, "all six")
        else:
            assert deployment(row.deployment_ref or "").force == row.force


@pytest.mark.parametrize(
    ("stage", "truth", "n_from", "n_to"),
    [
        ("alert_to_engagement", "true", 17, 12),
        ("alert_to_engagement", "false", 3, 3),
        ("engagement_to_arrest", "true", 12, 8),
    ],
)
def test_pooled_adjudication_of_2022_sums_its_days(stage: str, truth: str, n_from: int, n_to: int) -> None:
    """Pooled rows repeat single ones, which is why the two must never be added."""
    rows = [r for r in evidence.adjudication() if (r.stage, r.alert_truth) == (stage, truth)]
    days = [r for r in rows if r.source_set == "MPS grid" and r.period.startswith("2022-")]
    pooled = next(r for r in rows if r.source_set == "MPS grid pooled 2022")

    assert (pooled.n_from, pooled.n_to) == (n_from, n_to)
    assert (sum(r.n_from for r in days), sum(r.n_to for r in days)) == (n_from, n_to)


def test_composition_repeats_list_sizes_of_deployments() -> None:
    """Two tables state the list sizes of the grid; they state the same ones."""
    sizes = {
        row.period: row.value
        for row in evidence.composition()
        if (row.topic, row.force_or_area, row.category) == ("watchlist_size", "MPS", "all")
    }

    assert len(sizes) == 9
    for day, size in sizes.items():
        assert deployment(f"mps-{day}").watchlist_size_images == size


def test_every_row_has_a_source_or_is_marked() -> None:
    """Nothing in the record stands on nothing: a row without a source says that it does."""
    for row in ALL_ROWS:
        citation = cite(row)
        if citation.address is None:
            assert citation.standing in ("assumed", "derived"), row


def test_default_names_are_unique() -> None:
    """A second row of one name would be unreachable, and might disagree with the first."""
    names = [(row.parameter, row.entry) for row in defaults()]

    assert len(set(names)) == len(names)


def test_defaults_lie_within_their_range() -> None:
    """Low, default and high are in order, and a row mixes words and numbers only knowingly."""
    mixed = []
    for row in defaults():
        words = [isinstance(value, str) for value in (row.low, row.default, row.high)]
        if any(words):
            if not all(words):
                mixed.append(row.parameter)
            continue
        low, high = row.bounds

        assert low <= row.number <= high, row

    # No default may be shipped for how much a wrong stop weighs: the word is "none".
    assert mixed == ["officers.cost.wrong_stop_weight"]


def test_default_that_is_a_word_is_not_taken_for_a_number() -> None:
    """A caller that needs a number is told the word it got instead."""
    row = default("matcher.preset")

    assert row.default == "operational-2022"
    with pytest.raises(ValueError, match=r"matcher\.preset is the word 'operational-2022'"):
        _ = row.number
    with pytest.raises(ValueError, match=r"low of matcher\.preset is the word 'npl-2023'"):
        _ = row.bounds


def test_presets_follow_from_the_record() -> None:
    """Two shipped false match rates equal false alerts over faces times list size."""
    days = [deployment(name) for name in MPS_2022]
    pairs = sum((d.faces_seen_estimate or 0) * (d.watchlist_size_images or 0) for d in days)
    old = deployment("mps-2020-02-27")
    old_pairs = (old.faces_seen_estimate or 0) * (old.watchlist_size_images or 0)

    assert default("matcher.fmr", "operational-2022").number == pytest.approx(3 / pairs, rel=0.01)
    assert default("matcher.fmr", "legacy-2020").number == pytest.approx(7 / old_pairs, rel=0.01)


def test_unknown_cells_are_none_and_shown_as_such() -> None:
    """What nobody published never turns into a zero, in data or on screen."""
    fault = deployment("mps-2020-02-21")

    assert fault.watchlist_size_images == 7316
    assert fault.alerts_total is None
    assert display(fault.alerts_total) == "not known"
    assert display(deployment("mps-2022-03-10").alerts_total) == "0"
    assert all(row.threshold_score is None for row in deployments())


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "not known"),
        (0, "0"),
        (144366, "144,366"),
        (34286.0, "34,286"),
        (0.89, "0.89"),
        (1.667e-08, "1.667e-08"),
        (True, "yes"),
        (False, "no"),
        ("concave", "concave"),
        (CountRange(2000, 4000), "2,000 to 4,000"),
        (CountRange(178000, 178000), "178,000"),
    ],
)
def test_display(value: float | str | CountRange | None, shown: str) -> None:
    """Readers see grouped digits, whole counts without ".0", and no invented precision."""
    assert shown == display(value)


def test_published_range_of_list_sizes_is_kept() -> None:
    """A size given as a range is neither dropped nor replaced by a midpoint."""
    sizes = {row.watchlist_size_images for row in evidence.accuracy()}

    assert CountRange(2000, 4000) in sizes
    assert CountRange(10000, 10000) in sizes
    assert None in sizes


@pytest.mark.parametrize(
    ("ask", "hint"),
    [
        (lambda: deployment("mps-2022-07-8"), "no deployment 'mps-2022-07-8'.*'mps-2022-07-28'"),
        (lambda: default("matcher.treshold"), "'matcher.treshold'.*'matcher.threshold'"),
        (lambda: default("matcher.fmr", "npl2023"), "matcher.fmr 'npl2023'; nearest: 'npl-2023'"),
        (lambda: default("matcher.fmr"), "known: 'legacy-2020', 'npl-2023', 'operational-2022'"),
        (lambda: default("site.vans", "big"), "'big'; site.vans is a single value"),
        (lambda: deployments(site="Oxford circus"), "site 'Oxford circus'.*'Oxford Circus'"),
        (lambda: deployments(period_type="trials"), "'trials'; nearest: 'trial'"),
        (lambda: deployments(force="Met"), "force 'Met'; known: 'MPS', 'SWP'"),
        (lambda: deployment("zzz"), "none of the 43 known names is near"),
    ],
)
def test_unknown_names_are_answered_with_right_ones(ask: Callable[[], object], hint: str) -> None:
    """A misspelt name is an error that shows it and the nearest right names, not an empty list."""
    with pytest.raises(UnknownRow, match=hint) as caught:
        ask()

    assert isinstance(caught.value, KeyError)
    assert not str(caught.value).startswith(("'", '"')), "KeyError's quoting must not come through"


def test_filters_combine() -> None:
    """Filters narrow one another, and a year without deployments is an empty answer."""
    days = deployments(force="MPS", site="Oxford Circus", period_type="deployment", year=2022)

    assert [d.date_start for d in days] == ["2022-01-28", "2022-07-07", "2022-07-14", "2022-07-16"]
    assert deployments(year=2021) == ()


def test_aggregates_can_be_left_out() -> None:
    """Sums over rows can avoid counting twice; the aggregates stay reachable by name."""
    left = deployments(aggregates=False)

    assert len(deployments()) - len(left) == 6
    assert not any(row.is_aggregate for row in left)
    assert deployment("mps-trial-essex-six").is_aggregate


def test_rows_are_immutable_and_loaded_once() -> None:
    """No caller can change the record under another's hands."""
    row = deployment("mps-2022-07-07")

    assert evidence.accuracy() is evidence.accuracy()
    assert row is deployment("mps-2022-07-07")
    with pytest.raises(FrozenInstanceError):
        cast(Any, row).alerts_total = 5


def test_every_row_can_be_cited_in_one_line() -> None:
    """Any figure on screen can be followed by its source, without line breaks or gaps."""
    for row in ALL_ROWS:
        citation = cite(row)
        line = str(citation)

        assert "\n" not in line, row
        assert "None" not in line, row
        assert citation.standing in line, row
        assert (citation.address or "Source: none") in line, row


def test_citation_says_what_it_is_evidence_for() -> None:
    """A citation is not only an address: it names statement, standing and reservations."""
    day = cite(deployment("mps-2022-07-28"))
    shape = cite(default("matcher.fmr_ratio", "Black|White"))

    assert day.evidence_for == "MPS deployment at Piccadilly Circus, 2022-07-28"
    assert day.standing == "high confidence"
    assert "nobody engaged" in (day.note or "")
    assert shape.evidence_for == "matcher.fmr_ratio[Black|White] = 0.1 ratio"
    assert shape.standing == "assumed"


def test_only_rows_can_be_cited() -> None:
    """A bare number has no source; asking for one is refused."""
    with pytest.raises(TypeError, match=r"not 0\.89"):
        cite(cast(Any, 0.89))


def test_citations_list_each_source_once() -> None:
    """The list of sources is sorted, without repeats, and accounts for every row that has one."""
    sources = citations()
    addresses = [source.address for source in sources]
    grid = next(source for source in sources if "lfr-deployment-grid" in source.address)

    assert sorted(set(addresses)) == addresses
    assert sum(s.n_rows for s in sources) == sum(cite(row).address is not None for row in ALL_ROWS)
    assert grid.tables == ("adjudication", "composition", "defaults", "deployments", "timings")
    assert grid.titles == ("MPS LFR deployment grid 2020-2022, 2023",)


def test_well_formed_sample_is_read(tmp_path: Path) -> None:
    """The reader under test reads what it should, so that the refusals below mean something."""
    rows = read_sample(tmp_path, 'a,2022-07,7,-0.5,20-40,"inf",yes', "b,2018,,,9,none,no")

    assert rows == (
        Sample("a", "2022-07", 7, -0.5, CountRange(20, 40), math.inf, True),
        Sample("b", "2018", None, None, CountRange(9, 9), "none", False),
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a,2022,7x,0.5,9,1,yes", "column count: '7x' is not a whole number"),
        ("a,2022,-7,0.5,9,1,yes", "column count: '-7' is not a whole number"),
        ("a,2022,1_000,0.5,9,1,yes", "column count: '1_000' is not a whole number"),
        ("a,2022,7.0,0.5,9,1,yes", "column count: '7.0' is not a whole number"),
        ("a,2022,7,nan,9,1,yes", "column share: 'nan' is not a number"),
        ("a,2022,7, 0.5,9,1,yes", "column share: ' 0.5' is not a number"),
        ("a,2022,7,0.5,40-20,1,yes", "column size: '40-20' is not a range from low to high"),
        ("a,2022,7,0.5,9,1.2.3,yes", "column amount: '1.2.3' is not a number"),
        ("a,2022,7,0.5,9,,yes", "column amount: '' is not a number"),
        ("a,2022,7,0.5,9,1,maybe", "column agreed: 'maybe' is not one of yes, no"),
        ("a,28/07/22,7,0.5,9,1,yes", "column day: '28/07/22' is not a date"),
        (",2022,7,0.5,9,1,yes", "column name: '' is not a text, which may not be missing"),
        ("a,2022,7,0.5,9,1", "6 cells for 7"),
        ('a,2022,7,0.5,9,1,"yes', "unexpected end of data"),
    ],
)
def test_corrupt_cell_is_named(tmp_path: Path, line: str, message: str) -> None:
    """A slip in a table stops the loader with file, line, column and value."""
    with pytest.raises(TableError) as caught:
        read_sample(tmp_path, "good,2022,7,0.5,9,1,yes", line)

    assert "sample.csv, line 3" in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize("header", ["", "name,day", "name,day,size,count,share,amount,agreed"])
def test_wrong_columns_are_refused(tmp_path: Path, header: str) -> None:
    """A missing or moved column cannot shift values into their neighbours."""
    path = tmp_path / "sample.csv"
    path.write_text(header + "\n", encoding="utf-8")

    with pytest.raises(TableError, match=r"sample\.csv, line 1: columns are not as declared"):
        read_table(path, Sample)


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    """A table saved in another encoding is named instead of misread."""
    path = tmp_path / "sample.csv"
    path.write_bytes(HEADER.encode() + b"\n\xa3,2022,7,0.5,9,1,yes\n")

    with pytest.raises(TableError, match=r"sample\.csv is not UTF-8"):
        read_table(path, Sample)


def test_tables_are_found_when_installed_and_need_nothing_else(tmp_path: Path) -> None:
    """The package works from a zip file, without other parts of lfr_sim or any other package."""
    package = Path(evidence.__file__).parent
    archive = tmp_path / "installed.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("lfr_sim/__init__.py", "")
        for path in [*package.glob("*.py"), *package.glob("data/*.csv")]:
            zipped.write(path, Path("lfr_sim/evidence", path.relative_to(package)))
    code = (
        f"import sys; sys.path.insert(0, {str(archive)!r}); from lfr_sim import evidence; "
        "print(len(evidence.deployments()), len(evidence.citations()), evidence.__file__)"
    )

    # -I and -S keep the working directory and installed packages out of reach.
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False
    )

    assert run.stderr == ""
    counts = f"{len(deployments())} {len(citations())}"
    assert run.stdout.startswith(f"{counts} {archive}")

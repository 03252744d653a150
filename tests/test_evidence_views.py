"""The Evidence page: every setting once, statuses from the sources, and numbers from the evidence."""

from __future__ import annotations

import csv
import datetime
import io
import re
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from html_parts import Html

from lfr_sim import evidence
from lfr_sim.dashboard.limits import visitor_faults
from lfr_sim.dashboard.record_fit import COLUMNS, MEASURES, FitRow, fit_csv, fit_rows
from lfr_sim.dashboard.setting_rows import CASES, NO_RIVALS, RENAMED, TABLES, rivals_of, row_owner, rows_of
from lfr_sim.dashboard.setting_words import (
    aloud,
    members_of,
    odds,
    range_words,
    setting_value,
    values_words,
)
from lfr_sim.dashboard.settings import shown_settings
from lfr_sim.dashboard.settings_told import (
    LABELS_ONLY,
    STATUSES,
    SettingTold,
    reference_of,
    settings_told,
    status_counts,
)
from lfr_sim.dashboard.views.controls import all_settings
from lfr_sim.dashboard.views.evidence_downloads import assumptions_csv, citation, record_csv
from lfr_sim.dashboard.views.evidence_fit import fit_heading, fit_section, measure_heading
from lfr_sim.dashboard.views.evidence_head import SECTIONS, evidence_head, status_sentence
from lfr_sim.dashboard.views.evidence_limits import CANNOT_SAY
from lfr_sim.dashboard.views.evidence_page import evidence_page
from lfr_sim.dashboard.views.evidence_range import WIDTH, range_drawing
from lfr_sim.dashboard.views.evidence_record import UNKNOWN, record_section, record_sums
from lfr_sim.dashboard.views.evidence_settings import SHOWN_FIRST, first_settings, settings_section
from lfr_sim.dashboard.views.evidence_words import FIRST_RATES, rate_of_2022
from lfr_sim.dashboard.views.words import number_word
from lfr_sim.metrics import METRICS
from lfr_sim.scenario import MATCHER_PRESETS, Scenario, parse_value, setting_paths, shipped_scenarios
from lfr_sim.study import run_replicate
from lfr_sim.study.replicates import spread

ROOT = Path(__file__).parents[1]
NAME = "oxford-circus-2022-01-28"
DAY = Scenario.from_file(NAME)
SCENARIOS = {name: Scenario.from_file(path) for name, path in shipped_scenarios().items()}
every_scenario = pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=list(SCENARIOS))


def _by_path(scenario: Scenario) -> dict[str, SettingTold]:
    return {setting.path: setting for setting in settings_told(scenario)}


@every_scenario
def test_every_setting_of_a_scenario_is_told_once(scenario: Scenario) -> None:
    """Protects completeness: no setting can be added to the model without standing on this page."""
    told = [path for setting in settings_told(scenario) for path in members_of(setting.path)]

    assert Counter(told) == Counter(set(scenario.values()) - LABELS_ONLY)
    assert set(scenario.values()) >= LABELS_ONLY
    for setting in settings_told(scenario):
        assert all((setting.label, setting.words, setting.reference.text, setting.plausible_words))


def test_labels_that_are_no_settings_change_nothing() -> None:
    """Protects the count of settings: what is left out of it cannot change a result."""
    labelled = DAY.replace(
        {"deployment.date": datetime.date(2022, 2, 2), "deployment.purpose": "another purpose"}
    )

    assert labelled.digest == DAY.digest
    assert str(setting_paths()["crowd.engine"].annotation) == "typing.Literal['flow']"


@every_scenario
def test_the_sentence_counts_the_rows(scenario: Scenario) -> None:
    """Protects the largest number on the page: parts add up to the whole, and to the rows below."""
    told = settings_told(scenario)
    sentence = status_sentence(told)
    whole, *parts = (int(number) for number in re.findall(r"\d+", sentence))

    assert whole == sum(parts) == len(told)
    assert parts == list(status_counts(told).values())
    assert len(
        [row for row in Html(settings_section(told)).values("id") if row.startswith("setting-")]
    ) == (whole)


@every_scenario
def test_the_settings_of_evidence_and_those_of_explore_are_reconciled(scenario: Scenario) -> None:
    """Protects two counts of settings: tables value by value, and three labels, make one of the other."""
    told = settings_told(scenario)
    values = sum(len(setting.parts) or 1 for setting in told)
    notes = evidence_head(told)

    assert values + len(LABELS_ONLY) == len(shown_settings())
    assert f"{number_word(len(LABELS_ONLY))} that nothing hangs on: {len(shown_settings())} in all" in notes
    assert f"All {len(shown_settings())} settings" in all_settings(scenario, scenario)


def test_the_sentence_of_one_setting_is_in_the_singular() -> None:
    """Protects the grammar of small counts."""
    one = settings_told(DAY)[:1]

    assert status_sentence(one) == "Of 1 setting, 1 is published."
    assert status_sentence(()) == "There is no setting."


@every_scenario
def test_statuses_are_those_of_the_sources(scenario: Scenario) -> None:
    """Protects the split published, fitted, assumed: the scenario's word goes before the default's."""
    for setting in settings_told(scenario):
        wanted = []
        for path in members_of(setting.path):
            tables = [key for key in scenario.sources if path == key or path.startswith(f"{key}.")]
            about = setting_paths()[path].json_schema_extra
            if tables:
                wanted.append(scenario.sources[max(tables, key=len)].status)
            elif path in scenario.unsourced():
                wanted.append("yours")
            elif path in ("matcher.fmr", "matcher.tpir"):
                wanted.append(evidence.default(path, scenario.matcher.preset).status)
            else:
                wanted.append(about["status"] if isinstance(about, dict) else "assumed")
        assert setting.status == max(wanted, key=STATUSES.index), setting.path
        assert [part.status for part in setting.parts] in ([], wanted)


def test_what_a_visitor_changes_is_theirs() -> None:
    """Protects the published figures: a value moved by a visitor is not passed off as published."""
    before = _by_path(DAY)
    after = _by_path(DAY.replace({"watchlist.size": 5000, "matcher.fmr": 1e-8}))

    assert (before["watchlist.size"].status, after["watchlist.size"].status) == ("published", "yours")
    assert (before["matcher.fmr"].status, after["matcher.fmr"].status) == ("derived", "yours")
    assert after["matcher.fmr"].words == "1 in 100 million"
    assert after["watchlist.size"].reference.address == ""
    assert "2 are yours" in status_sentence(tuple(after.values()))


@pytest.mark.parametrize("preset", MATCHER_PRESETS)
def test_rates_left_out_are_those_of_the_preset(preset: str) -> None:
    """Protects what is in use: a setting left out is told with the value that fills it in."""
    told = _by_path(DAY.replace({"matcher.preset": preset}))

    assert told["matcher.fmr"].value == MATCHER_PRESETS[preset].fmr
    assert told["matcher.tpir"].value == MATCHER_PRESETS[preset].tpir
    assert told["matcher.fmr"].status == evidence.default("matcher.fmr", preset).status
    rivals = {rival.value for rival in told["matcher.fmr"].rivals}
    others = {row.fmr for name, row in MATCHER_PRESETS.items() if name != preset}
    assert len(rivals) == 2
    assert all(min(abs(rival / other - 1) for other in others) < 0.005 for rival in rivals)


def test_what_is_contested_is_what_the_evidence_contests() -> None:
    """Protects the filter: the flag and its words come from the rows of the evidence, from nowhere else."""
    for setting in settings_told(DAY):
        rows = rows_of(setting.path, DAY)
        assert setting.is_contested == any(row.contested for row in rows)
        assert set(setting.objections) == {row.rival_value for row in rows if row.rival_value}
    told = _by_path(DAY)
    for path in ("matcher.fmr", "matcher.tpir", "officers.presumption_to_intervene"):
        assert told[path].is_contested
        assert told[path].rivals


def test_rivals_are_values_that_the_evidence_holds() -> None:
    """Protects the open dots: a number of a row, or one with which its words on rivals begin."""
    tpir = {row.value for row in evidence.accuracy() if row.metric == "TPIR"}
    for owner in dict.fromkeys(map(row_owner, DAY.values())):
        rows = [row for row in evidence.defaults() if row.parameter == owner]
        numbers = {row.default for row in rows} | (tpir if owner == "matcher.tpir" else set())
        for rival in rivals_of(owner, DAY):
            words = " ".join(row.rival_value or "" for row in rows_of(owner, DAY)).replace(",", "")
            found = [float(number) for number in re.findall(r"\d+(?:\.\d+)?(?:e-?\d+)?", words)]
            assert rival.value in numbers or rival.value in found, owner
    assert [rival.value for rival in rivals_of("matcher.fmr", DAY)].count(1.116e-7) == 1
    assert rivals_of("matcher.field_lab_multiplier", DAY)[0].value == 0.18
    assert rivals_of("officers.found_share", DAY) == ()  # "12 of 17" is no number


def test_tables_of_names_name_what_there_is() -> None:
    """Protects the bridge to the evidence: a renamed row or setting cannot silently lose its sources."""
    parameters = {(row.parameter, row.entry) for row in evidence.defaults()}
    owners = {row_owner(path) for path in DAY.values()}

    assert set(RENAMED) <= parameters
    assert set(TABLES) <= {parameter for parameter, _ in parameters}
    assert set(CASES.items()) <= parameters
    assert set(RENAMED.values()) | set(TABLES.values()) | set(CASES) | set(NO_RIVALS) <= owners


@every_scenario
def test_every_value_to_try_is_taken(scenario: Scenario) -> None:
    """Protects visitors: what "Try it" offers is a valid scenario and another value than now."""
    tries = [(setting.path, other) for setting in settings_told(scenario) for other in setting.tries]
    for path, other in tries:
        changed = scenario.replace({path: parse_value(other.text)})
        assert not visitor_faults(changed)
        assert changed.values()[path] != scenario.values()[path]
        assert setting_value(path, changed.values()[path]) == other.words
    assert len(tries) > 200


def test_what_is_accepted_is_said() -> None:
    """Protects the limits that a visitor reads before trying: those of the model, each end once."""
    told = _by_path(DAY)

    assert told["officers.g0_unaided"].accepted == "from 1 × 10⁻⁶, less than 1"  # noqa: RUF001  the sign that is drawn
    assert told["crowd.free_speed_mean_m_s"].accepted == "more than 0.5, less than 2.2"
    assert told["deployment.hours"].accepted == "from 0.01, up to 24"


def test_values_are_read_aloud() -> None:
    """Protects the words of values: chances as odds, shares in counts, units said once."""
    assert odds(2.97e-9) == "1 in 340 million"
    assert odds(1 / 6e7) == "1 in 60 million"
    assert odds(0.0) == "0"
    assert odds(6e-10) == "1 in 1.7 billion"
    assert setting_value("matcher.tpir", 0.89) == "89 in 100"
    assert setting_value("deployment.start_hour", 12.9999) == "13:00"
    assert setting_value("camera.max_yaw_deg", 60.0) == "60°"
    assert range_words("matcher.tpir", 0.5, 0.93) == "50 to 93 in 100"
    assert range_words("crowd.groups.black", 0.041, 0.171) == "41 to 171 in 1,000"
    assert range_words("deployment.hours", 3.0, 8.0) == "3 to 8 h"
    assert values_words("matcher.tpir", [0.5, 0.7, 0.89]) == "50, 70 and 89 in 100"
    assert aloud("1.32e-4 with `found_share`") == "1.32 × 10⁻⁴ with found share"  # noqa: RUF001  the sign that is drawn


def test_addresses_in_references_are_taken_out() -> None:
    """Protects links: an address can be opened, and nothing but an address becomes one."""
    grid = reference_of("MPS grid 2020-2022, met.police.uk/a/b.pdf")
    plain = reference_of("Fitted so that 2022 comes out (experiments/fit_flow.py)")

    assert (grid.text, grid.title, grid.address) == (
        "MPS grid 2020-2022",
        "MPS grid 2020-2022",
        "https://met.police.uk/a/b.pdf",
    )
    assert (plain.address, plain.date) == ("", "2022")
    assert reference_of("javascript:alert(1) http://x.org/<b>").address == "http://x.org/<b>"


@pytest.mark.parametrize(
    ("name", "shown"), [*((name, "all") for name in SCENARIOS), (NAME, "contested"), (NAME, "assumed")]
)
def test_the_page_is_sound_html(name: str, shown: str) -> None:
    """Protects the page: balanced tags, ids once, no blanks of programs, links that say they lead out."""
    page = Html(evidence_page(SCENARIOS[name], name, "0.1.0", shown))
    ids = page.values("id")

    assert [found for found, times in Counter(ids).items() if times > 1] == []
    assert set(SECTIONS) <= set(ids)
    assert not re.search(r"\bNone\b(?!, short)|\b(nan|inf)\b|[{}]|\de-\d", page.text)
    for tag, attrs in page.tags:
        if tag == "a" and not (attrs["href"] or "").startswith("#"):
            assert (attrs["href"] or "").startswith(("https://", "http://"))
            assert attrs["rel"] == "noreferrer noopener"
        if tag == "svg":
            assert attrs.get("aria-hidden") == "true" or attrs["aria-labelledby"] in ids
        if tag in ("button", "details"):
            assert attrs["id"]


def test_filters_show_what_they_say() -> None:
    """Protects the three buttons: their counts are those of the rows they lead to."""
    told = settings_told(DAY)
    wanted = {
        "all": {setting.path for setting in told},
        "contested": {setting.path for setting in told if setting.is_contested},
        "assumed": {setting.path for setting in told if setting.status == "assumed"},
    }
    for shown, paths in wanted.items():
        html = Html(settings_section(told, shown))
        rows = [name.removeprefix("setting-") for name in html.values("id") if name.startswith("setting-")]
        pressed = [attrs["data-value"] for _, attrs in html.tags if attrs.get("aria-pressed") == "true"]
        assert (sorted(rows), pressed) == (sorted(paths), [shown])
        assert f"{shown.capitalize()} {len(paths)}" in html.text


def test_the_settings_of_explore_and_the_most_contested_come_first() -> None:
    """Protects the order: what a visitor can move, then what is disputed most."""
    paths = [setting.path for setting in first_settings(settings_told(DAY))]

    assert len(paths) == SHOWN_FIRST
    assert paths[0] == "watchlist.size"
    assert {"matcher.threshold", "officers.presumption_to_intervene", "matcher.tpir", "matcher.fmr"} <= set(
        paths
    )


def test_rows_tell_value_range_rivals_and_source() -> None:
    """Protects a row: its cells are those of the setting, in the order of the headings."""
    html = Html(settings_section(settings_told(DAY)))
    row = next(row for row in html.rows if row and row[0].startswith("False match rate"))
    size = next(row for row in html.rows if row and row[0].startswith("People on the watchlist"))

    assert row[1] == "1 in 340 million"
    assert "1 in 1.7 billion to 1 in 9.1 million" in row[2]
    assert "Others say: 1 in 60 million and 1 in 9 million" in row[2]
    assert (size[1], size[3]) == (f"{DAY.watchlist.size:,}", "Published")
    assert "https://met.police.uk/SysSiteAssets" in " ".join(html.values("href"))


def test_what_a_file_says_cannot_become_markup() -> None:
    """Protects visitors from scenario files: titles, values and references are text."""
    bad = "<script>x</script>"
    data = DAY.to_dict()
    data["title"] = bad
    data["sources"]["watchlist.size"] = {"status": "assumed", "reference": f'{bad} evil.org/"onclick=x'}
    html = evidence_page(Scenario.from_dict(data), f"{bad}", "0.1.0")

    assert "<script" not in html
    assert '"onclick' not in html
    assert "&lt;script&gt;" in html


@every_scenario
def test_dots_lie_within_the_drawing(scenario: Scenario) -> None:
    """Protects the small lines: nothing is drawn outside, and tenfold steps keep the order."""
    for setting in settings_told(scenario):
        drawn = Html(range_drawing(setting))
        places = [float(x) for name in ("cx", "x1", "x2") for x in drawn.values(name)]
        assert all(0 <= x <= WIDTH for x in places)
        assert bool(drawn.tags) == (setting.plausible is not None)
        rivals = [float(x) for x in drawn.values("cx")][: len(setting.rivals)]
        assert rivals == sorted(rivals)


def test_ranges_of_a_hundredfold_are_drawn_in_tenfold_steps() -> None:
    """Protects the scale: on a plain one the value of the street would sit upon the low end."""
    fmr = _by_path(DAY)["matcher.fmr"]
    *_, value = (float(x) for x in Html(range_drawing(fmr)).values("cx"))
    low, high = (float(Html(range_drawing(fmr)).values(name)[1]) for name in ("x1", "x2"))

    assert 0.25 < (value - low) / (high - low) < 0.36


def test_the_fit_is_of_these_scenarios_and_this_record() -> None:
    """Protects the bands: they belong to the scenarios as shipped, and the counts to the evidence."""
    rows = fit_rows()
    fields = {"true_alerts": "alerts_true", "false_alerts": "alerts_false", "alerts": "alerts_total"}
    fields |= {"arrests": "arrests_lfr_led", "faces": "faces_seen_estimate"}

    assert len(rows) == 6 * len(MEASURES)
    assert fit_csv().splitlines()[1] == ",".join(COLUMNS)
    for row in rows:
        assert row.digest == SCENARIOS[row.scenario].digest
        published = evidence.deployment(f"mps-{row.date.isoformat()}")
        assert row.published == getattr(published, fields[row.measure])
        assert row.site == published.site
    with pytest.raises(KeyError):
        fit_rows("no_such_measure")


def test_the_fit_is_that_of_the_page_on_the_record() -> None:
    """Protects readers from two truths: page and dashboard tell the same runs."""
    text = (ROOT / "docs" / "explanation" / "the-record-of-2022.md").read_text()
    for row in fit_rows():
        if row.measure == "alerts":
            continue
        section = text.partition(f"Scenario `{row.scenario}`")[2].partition("###")[0]
        name = "faces (fitted)" if row.measure == "faces" else MEASURES[row.measure]
        line = f"| {name} | {row.published:,} | {row.middle:,} | {row.low:,} to {row.high:,} | "
        assert line + f"{row.runs_at_or_below:,} (" in section, (row.scenario, row.measure)


@pytest.mark.slow
def test_the_fit_can_be_made_again() -> None:
    """Protects the shipped table: the model as it is gives these very numbers for the earliest day."""
    runs = [run_replicate(DAY, seed=1, replicate=number).record for number in range(500)]
    for row in fit_rows():
        if row.scenario == NAME:
            values = [float(run[row.measure]) for run in runs]
            ends = spread(values)
            assert (row.low, row.middle, row.high) == (ends["p05"], ends["p50"], ends["p95"])
            assert row.runs_at_or_above == sum(value >= row.published for value in values)
            assert row.runs == len(runs)


def test_alerts_are_the_true_and_the_false() -> None:
    """Protects the sum from which the bands of all alerts are made."""
    record = run_replicate(DAY, seed=1, replicate=0).record

    assert record["alerts"] == record["true_alerts"] + record["false_alerts"]


def test_the_heading_names_the_miss() -> None:
    """Protects honesty: the heading is written from the numbers, whichever way they turn."""
    rows = fit_rows()
    inside = [replace(row, published=row.middle) for row in rows]
    outside = [replace(row, published=row.high + 1) for row in rows]

    assert fit_heading(rows) == "One of six deployments falls outside the model"
    assert fit_heading(inside) == "All six deployments lie within the model"
    assert fit_heading(outside) == "Six of six deployments fall outside the model"
    assert measure_heading("true_alerts", fit_rows("true_alerts")) == (
        "True alerts: 28 January lies above the band"
    )
    assert measure_heading("faces", fit_rows("faces")) == "Faces: all six inside"


def test_tables_of_the_fit_hold_its_numbers() -> None:
    """Protects readers of tables: what is drawn is what is written."""
    cells = [row for row in Html(fit_section()).rows if len(row) == 6 and row[0] != "Deployment"]

    assert len(cells) == len(fit_rows())
    for row, told in zip(sorted(fit_rows(), key=_order), cells, strict=True):
        assert told[1:4] == [f"{row.published:,}", f"{row.middle:,}", f"{row.low:,} to {row.high:,}"]
        assert (told[4] == "inside") == (not row.is_outside)
        assert "fitted" in told[5]


def _order(row: FitRow) -> tuple[int, Any]:
    return list(MEASURES).index(row.measure), row.date


def test_drawings_of_the_fit_stay_within_their_width() -> None:
    """Protects phones: bands, marks and words lie inside the drawing."""
    html = str(fit_section())
    for svg in re.findall(r"<svg role.*?</svg>", html, re.DOTALL):
        width = float(re.search(r'width="(\d+)"', svg)[1])
        for x, classes, words in re.findall(r'<text x="([\d.]+)"[^>]*class="([^"]*)">([^<]*)<', svg):
            reach = len(words) * 14 * 0.56
            end = float(x) + (0 if "end" in classes else reach / 2 if "mid" in classes else reach)
            assert end <= width + 1, words
        for x, wide in re.findall(r'<rect class="fill-kerb" x="([\d.]+)"[^>]* width="([\d.]+)"', svg):
            assert float(x) + float(wide) <= width


def test_words_have_the_numbers_of_2022() -> None:
    """Protects denominators: rates of the record are counts out of counts, from the evidence."""
    told = {metric.name: rate_of_2022(metric) for metric in METRICS}

    assert told["false_alert_rate"] == "2022: 3 of 144,366 faces."
    assert told["false_alert_share"] == "2022: 3 of 20 alerts."
    assert told["true_alert_engaged_share"] == "2022: 12 of 17 true alerts."
    assert told["faces_per_arrest"] == "2022: 144,366 faces for 8 arrests, about 18,046 each."
    assert told["wrongful_engagement_share"] == "2022: 3 of 15 stops, as the police judge them."
    assert told["missed_share"] == "2022: not known; the record does not hold it."
    assert set(FIRST_RATES) <= set(told)


def test_the_record_is_that_of_the_evidence() -> None:
    """Protects the published table: six days, their sums, and gaps that say so."""
    rows = [row for row in Html(record_section()).rows if row and row[0] != "Deployment"]
    first, total = rows[0], rows[-1]
    day = evidence.deployment("mps-2022-01-28")

    assert len(rows) == 7
    assert first[1:4] == [
        f"{day.watchlist_size_images:,}",
        f"{day.faces_seen_estimate:,}",
        str(day.alerts_total),
    ]
    assert total[2:] == ["144,366", "20", "17", "12", "3", "3", "8"]
    assert record_sums()["faces"] == 144_366
    assert str(record_section()).count("not known") == len(UNKNOWN)


def test_limits_are_those_of_the_pages() -> None:
    """Protects against two lists of limits: what the page says stands in the documentation as well."""
    text = " ".join((ROOT / "docs" / "explanation" / "limits.md").read_text().split())
    stated = ("How groups fare in fact", "How officers judge groups", "What an intrusion is worth")
    stated += ("Whether people avoid the van", "What would have happened without a van")
    stated += (
        "Whether people knew, dared or wanted to decline",
        "Anything beyond one deployment at one place",
    )

    assert [words for words in stated if f"**{words}" not in text] == []
    assert set(stated) <= set(CANNOT_SAY)


def test_files_hold_every_value() -> None:
    """Protects downloads: a line for each value of the model, with the status that the page shows."""
    lines = list(csv.DictReader(io.StringIO(assumptions_csv(DAY))))
    told = _by_path(DAY)

    assert sorted(line["path"] for line in lines) == sorted(set(DAY.values()) - LABELS_ONLY)
    for line in lines:
        setting = told[row_owner(line["path"])]
        if not setting.parts:
            assert (line["status"], line["in_words"]) == (setting.status, setting.words)
    assert len(record_csv().splitlines()) == len(evidence.deployments()) + 1


def test_the_citation_is_that_of_the_project() -> None:
    """Protects authors and title: they are those of the citation file."""
    text = (ROOT / "CITATION.cff").read_text()
    told = citation(DAY, "0.1.0")

    for words in re.findall(r'^(?:title|  - name): "(.*)"', text, re.MULTILINE):
        assert words in told
    assert DAY.digest in told
    assert "0.1.0" in told


def test_the_head_says_what_is_computed_from_the_record_itself() -> None:
    """Protects against false comfort: derived figures that rest on the record are counted."""
    assert "nine are computed from the very record" in evidence_head(settings_told(DAY))


def test_the_script_that_makes_the_fit_agrees_with_its_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects the shipped file: script and page share columns, measures and first line."""
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    import make_record_fit

    runs = {
        name: [{**dict.fromkeys(MEASURES, 0), "true_alerts": 2, "false_alerts": 1, "faces": 7}]
        for name in make_record_fit.scenarios_of_2022()
    }
    lines = make_record_fit.lines(runs)

    assert len(lines) == 6 * len(MEASURES)
    assert {len(line) for line in lines} == {len(COLUMNS)}
    assert [line[5:8] for line in lines if line[3] == "alerts"] == [["3", "3", "3"]] * 6
    sys.modules.pop("make_record_fit")

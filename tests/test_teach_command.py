"""`lfr-sim teach`: each step in a terminal, wrong input, printed whole, and the sheets of paper."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from lfr_sim.cli import main
from lfr_sim.closed_form import theory
from lfr_sim.lessons import (
    LESSONS,
    Blank,
    Lesson,
    claim,
    lesson_scenario,
    perfect_told,
    values_to_try,
)
from lfr_sim.lessons import tried as found_by_trying
from lfr_sim.scenario import Scenario
from lfr_sim.teaching import FULL, MATERIALS, PLAIN, signs_for

each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
Teach = Callable[..., tuple[int, str]]


@pytest.fixture
def teach(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Teach:
    """Return a way to hold a lesson, with the lines that a learner types; the input ends after them."""

    def hold(*arguments: str, typed: list[str | type[BaseException]]) -> tuple[int, str]:
        lines = iter(typed)

        def read(prompt: str = "") -> str:
            line = next(lines, EOFError)
            sys.stdout.write(f"{prompt}\n")
            if isinstance(line, str):
                return line
            raise line

        monkeypatch.setattr("builtins.input", read)
        monkeypatch.setattr("lfr_sim.cli.teaching._somebody_is_there", lambda: True)
        code = main(["teach", *arguments])
        printed = capsys.readouterr()

        assert printed.err == ""
        assert max(map(len, printed.out.splitlines()), default=0) <= 80
        return code, printed.out

    return hold


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run the command where nobody can type, and return what it prints."""
    code = main(["teach", *arguments])
    printed = capsys.readouterr()

    assert (code, printed.err) == (0, "")
    assert max(map(len, printed.out.splitlines())) <= 80
    return printed.out


def own_words(lesson: Lesson) -> list[str]:
    """Return what belongs into the gaps of the sentence."""
    return [f"{part.answer(lesson.counts)}" for part in lesson.own if isinstance(part, Blank)]


def bare(text: str) -> str:
    """Return text without its line ends."""
    return " ".join(text.split())


@each_lesson
def test_a_whole_lesson_step_by_step(teach: Teach, lesson: Lesson) -> None:
    """Protects the lesson: question, guess, crowd, alerts, count, own words, question again, tally."""
    guess, last = min(7, lesson.most(lesson.counts)), min(5, lesson.most(lesson.counts_again))
    typed = [str(guess), "", "", "", *own_words(lesson), str(last), ""]
    code, printed = teach(str(lesson.number), typed=list(typed))
    text = bare(printed)

    assert code == 0
    for step in range(1, 6):
        assert f"{step} of 5: " in text
    in_order = [
        lesson.headline,
        lesson.lead(lesson.counts),
        "Each sign is 100 people",
        f"your guess, {guess}, in [brackets]",
        lesson.task(lesson.counts),
        "[ ? ]",
        "No percentages yet",
        lesson.told(lesson.counts),
        lesson.try_this,
        lesson.asked_again(lesson.counts_again),
        f"It is {lesson.guess(lesson.counts_again):,}: ",
        lesson.notice[0],
        "nothing is kept",
    ]
    places = [text.find(words) for words in in_order]
    assert -1 not in places, in_order[places.index(-1)]
    assert places == sorted(places)
    off = abs(guess - lesson.guess(lesson.counts)), abs(last - lesson.guess(lesson.counts_again))
    row = rf"{lesson.number} {lesson.name} +{guess} +[\d,]+ +{off[0]:,} +{last} +[\d,]+ +{off[1]:,}$"
    assert re.search(row, printed, re.MULTILINE)


def test_the_whole_course_ends_with_what_stays(teach: Teach) -> None:
    """Protects the course: five lessons in order, the tally of all, and a perfect machine."""
    typed: list[str | type[BaseException]] = []
    for lesson in LESSONS:
        typed += ["1", "", "", "", *own_words(lesson), "2", ""]
    code, printed = teach(typed=typed)
    tally = printed[printed.index("Before and after") :]

    assert code == 0
    assert all(lesson.name in tally for lesson in LESSONS)
    assert all(words in bare(printed) for words in perfect_told())
    assert "In the lesson:" not in printed  # which stands there where the sentence was another


def test_a_guess_is_locked_and_stays(teach: Teach) -> None:
    """Protects the guess: after b it stands there, and cannot be changed."""
    _, printed = teach("rare-people", typed=["90", "b", "", "", "b", "q"])

    assert "Your guess is locked: 90 alerts point at a listed person." in printed
    assert printed.count("2 of 5: The crowd") == 3
    assert "your guess, 90, in [brackets]" in printed


def test_the_guess_is_drawn_round_as_many_marks(teach: Teach) -> None:
    """Protects the brackets: as many marks as were guessed, at any place in a line."""
    for guess in (0, 1, 9, 10, 49, 50, 51, 90, 100, 110):
        _, printed = teach("2", "--plain", typed=[str(guess), "", "q"])
        block = printed[printed.index("in [brackets]:") + 14 : printed.index("# on the list")]
        inside = block[block.index("[") + 1 : block.index("]")]
        marks = re.sub(r"\d+", "", block)

        assert (marks.count("#"), marks.count("^")) == (10, 100)
        assert len(re.sub(r"[^#^]", "", inside)) == guess


def test_a_guess_beyond_all_marks_shows_empty_places(teach: Teach) -> None:
    """Protects a wild guess: the brackets go on where nobody is."""
    _, printed = teach("1", "--plain", typed=["130", "", "q"])

    assert "  .......... .......... ..........]" in printed


def test_stops_are_bars_under_marks(teach: Teach) -> None:
    """Protects lesson 5: 70 + 10 marks have a bar, 30 have none."""
    _, printed = teach("5", "--plain", typed=["70", "", "q"])
    block = printed[printed.index("in [brackets]:") : printed.index("# on the list")]

    assert block.count("-") == LESSONS[4].counts.stopped_wrong + LESSONS[4].counts.stopped_right
    assert block.count("^") == LESSONS[4].counts.wrong


@pytest.mark.parametrize(
    "typed", ["abc", "-1", "111", "1.5", "1e1", "٣", "²", "9" * 5000, "1,0", "\x1b[A", "\ud800", "ja", "%"]
)
def test_a_guess_that_is_none_is_told_and_asked_again(teach: Teach, typed: str) -> None:
    """Protects against slips: one line with what is allowed, in ASCII, and the question again."""
    code, printed = teach("2", typed=[typed, "9", "q"])
    (line,) = [line for line in printed.splitlines() if "does not fit" in line]

    assert code == 0
    assert "a whole number, 0 to 110." in line
    assert line.isascii()
    assert "9" in printed[printed.index("guess   it was") :]


def test_nothing_typed_is_no_guess(teach: Teach) -> None:
    """Protects Enter pressed too soon."""
    _, printed = teach("2", typed=["", "  ", "9", "q"])

    assert printed.count("Nothing was typed. Allowed: a whole number, 0 to 110") == 2


@pytest.mark.parametrize(
    ("typed", "meant"), [("1,000", 1000), ("1 000", 1000), (" 007 ", 7), ("1000", 1000)]
)
def test_numbers_as_people_write_them(teach: Teach, typed: str, meant: int) -> None:
    """Protects thousands: with a comma, a space, or neither."""
    _, printed = teach("1", typed=[typed, "", "q"])

    assert f"your guess, {meant:,}, in" in printed


@each_lesson
def test_the_one_control_moves_between_its_ends(teach: Teach, lesson: Lesson) -> None:
    """Protects the dial: both ends show counts, beyond them it is told what is allowed."""
    dial = lesson.dial
    typed = ["1", "", "", str(dial.low), str(dial.high), str(dial.high + 1), "-1", "x", "q"]
    _, printed = teach(str(lesson.number), typed=list(typed))

    for shown in (dial.low, dial.high):
        assert f"{dial.label}: {dial.told(shown)}\n" in printed
    assert printed.count(f"does not fit. Allowed: {dial.told(dial.low)} to {dial.told(dial.high)}") == 3
    assert "nan" not in printed.lower()


def test_a_sentence_with_other_numbers_is_set_right(teach: Teach) -> None:
    """Protects one's own words: they stay, and the lesson's stand below."""
    _, printed = teach("2", typed=["9", "", "", "", "110", "99", "11", "q"])

    assert "Of 110 alerts, 99 point at a listed person and 11 at somebody" in bare(printed)
    assert "In the lesson: Of 110 alerts, 10 point at a listed person and 100 at" in bare(printed)


@pytest.mark.parametrize("place", range(8))
def test_the_end_of_input_and_q_end_quietly_anywhere(teach: Teach, place: int) -> None:
    """Protects the way out: at each prompt, with what was guessed so far."""
    typed = ["9", "", "", "", "110", "10", "100", "20", ""]
    for ending in ([], ["q"], ["QUIT"]):
        code, printed = teach("2", typed=[*typed[:place], *ending])

        assert code == 0
        assert ("nothing is kept" in printed) == (place > 0)


@pytest.mark.parametrize("place", [0, 1, 3, 5])
def test_ctrl_c_ends_quietly(teach: Teach, place: int) -> None:
    """Protects Ctrl-C: code 130, the tally, nothing else."""
    typed: list[str | type[BaseException]] = ["9", "", "", "", "110", "10"]
    code, printed = teach("2", typed=[*typed[:place], KeyboardInterrupt])

    assert code == 130
    assert ("nothing is kept" in printed) == (place > 0)
    assert "Traceback" not in printed


def test_b_at_the_first_screen_stays_there(teach: Teach) -> None:
    """Protects the beginning: there is nothing before it."""
    _, printed = teach("2", typed=["b", "b", "q"])

    assert printed.count("1 of 5: Guess") == 3


def test_the_seed_decides_who_and_never_how_many(capsys: pytest.CaptureFixture[str]) -> None:
    """Protects one seed on thirty screens: the same crowd; another seed, the same counts."""
    first = said(capsys, "2", "--seed", "5")
    other = said(capsys, "2", "--seed", "6")
    crowd = "2 of 5: The crowd"

    assert first == said(capsys, "2", "--seed", "5")
    assert first != other
    assert first[first.index("3 of 5") :] == other[other.index("3 of 5") :]
    picture = first[first.index(crowd) + len(crowd) : first.index("Each sign")]
    assert len(picture.split()) == 100
    assert sum(int(sign) for sign in picture.split() if sign.isdigit()) == 110


@each_lesson
def test_printed_whole_the_answers_come_last(capsys: pytest.CaptureFixture[str], lesson: Lesson) -> None:
    """Protects those without a terminal: questions first, then every answer, without waiting."""
    printed = said(capsys, lesson.name.upper(), "--all")
    asked, _, answered = printed.partition("\nAnswers\n")

    assert lesson.told(lesson.counts) in bare(answered)
    assert lesson.told(lesson.counts) not in bare(asked)
    assert found_by_trying(lesson) in bare(answered)
    assert lesson.asked_again(lesson.counts_again) in bare(asked)
    assert f"With other numbers: {lesson.guess(lesson.counts_again):,}: " in bare(answered)
    assert "______" in asked
    assert "______" not in answered


def test_piped_the_whole_course_is_printed() -> None:
    """Protects `lfr-sim teach | more` and `< file`: it never waits for anybody."""
    ended = subprocess.run(
        [sys.executable, "-m", "lfr_sim.cli", "teach"],
        input=b"9\n",
        capture_output=True,
        check=False,
        timeout=60,
    )
    text = ended.stdout.decode()

    assert (ended.returncode, ended.stderr) == (0, b"")
    assert all(f"Lesson {lesson.number}: {lesson.name}" in text for lesson in LESSONS)
    assert "Make it perfect" in text


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "latin-1"])
def test_a_console_without_the_signs_gets_ascii(encoding: str) -> None:
    """Protects old consoles: no sign that their encoding lacks."""
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "lfr_sim.cli", "teach", "2", "--all"]
    ended = subprocess.run(command, capture_output=True, check=False, timeout=60, env=environment)

    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout.isascii()
    assert b"########## ^^^^^^^^^^" in ended.stdout


def test_plain_is_ascii_and_otherwise_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """Protects `--plain`: sign for sign the same pictures."""
    plain, full = said(capsys, "--plain"), said(capsys)

    assert plain.isascii()
    assert not full.isascii()
    assert [len(line) for line in plain.splitlines()] == [len(line) for line in full.splitlines()]
    assert signs_for("utf-8") is FULL
    assert signs_for("utf-8", plain=True) is signs_for(None) is signs_for("no-such") is PLAIN


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_in_a_real_terminal() -> None:
    """Protects the terminal: a question is asked there, an answer read, and Ctrl-D ends."""
    import pty

    parent, child = pty.openpty()
    command = [sys.executable, "-m", "lfr_sim.cli", "teach", "2"]
    running = subprocess.Popen(command, stdin=child, stdout=child, stderr=child)
    os.close(child)
    os.write(parent, b"90\n\n\x04")
    shown = b"".join(_until_it_ends(parent)).decode()

    assert running.wait(timeout=60) == 0
    assert "your guess, 90, in [brackets]" in shown
    assert "nothing is kept" in shown
    assert "Traceback" not in shown


def _until_it_ends(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            part = os.read(terminal, 65_536)
        except OSError:  # how Linux says that the other side has closed
            break
        if not part:
            break
        yield part
    os.close(terminal)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["rare-peple"], "did you mean 'rare-people'"),
        (["6"], "allowed: 1 to 5, or one-face-one-list"),
        (["-1"], "there is no such lesson"),
        ([""], "there is no such lesson"),
        (["x" * 10_000], "there is no such lesson"),
        (["2", "--seed", "-1"], "--seed = -1"),
        (["--seed", "x"], '--seed = "x"'),
        (["--seed", str(2**63)], "allowed: 0 to"),
        (["7", "--seed", "x"], "2 faults"),
        (["2", "--materials", "sheets"], "--materials without LESSON"),
        (["--all", "--materials", "sheets"], "--materials without LESSON"),
    ],
)
def test_bad_words_are_refused(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    words: str,
) -> None:
    """Protects the exit code: 2, a sentence, the nearest name, nothing written."""
    monkeypatch.chdir(tmp_path)
    code = main(["teach", *arguments])
    printed = capsys.readouterr()

    assert (code, printed.out) == (2, "")
    assert words in printed.err
    assert os.listdir(tmp_path) == []


def test_help_and_the_lesson_load_nothing_heavy() -> None:
    """Protects a quick start, and machines without the dashboard's packages."""
    script = (
        "import sys\n"
        "from lfr_sim.cli import main\n"
        "main(['teach', '1', '--all'])\n"
        "main(['teach', '--materials', sys.argv[1]])\n"
        "heavy = {'mesa', 'pandas', 'matplotlib', 'solara', 'markupsafe'}\n"
        "print('LOADED', sorted(heavy & set(sys.modules)))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, os.devnull], capture_output=True, text=True, check=False, timeout=60
    )

    assert ended.stdout.endswith("LOADED []\n")


# --- on paper -----------------------------------------------------------------------------------------


class Sheets(HTMLParser):
    """Reads the text of each sheet, and the marked answers."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.answers: dict[tuple[int, str], str] = {}
        self.tags: set[str] = set()
        self._answer: tuple[int, str] | None = None
        self.feed(path.read_text(encoding="utf-8"))
        self.texts = [bare(text) for text in self.texts]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a sheet, or an answer."""
        found = dict(attrs)
        self.tags.add(tag)
        if tag == "section":
            self.texts.append("")
        elif found.get("class") == "answer":
            self._answer = (int(found["data-lesson"] or 0), found["data-question"] or "")

    def handle_data(self, data: str) -> None:
        """Keep text."""
        if self._answer:
            self.answers[self._answer] = data
            self._answer = None
        if self.texts:
            self.texts[-1] += f"{data} "


@pytest.fixture
def written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Return a folder with the sheets."""
    folder = tmp_path / "new" / "sheets"
    printed = said_of_materials(capsys, folder)

    assert [line.removeprefix("wrote ") for line in printed.splitlines()] == [
        str(folder / name) for name in MATERIALS
    ]
    assert sorted(os.listdir(folder)) == sorted(MATERIALS)
    return folder


def said_of_materials(capsys: pytest.CaptureFixture[str], folder: Path | str) -> str:
    """Write the sheets, which must succeed."""
    code = main(["teach", "--materials", str(folder)])
    printed = capsys.readouterr()

    assert (code, printed.err) == (0, "")
    return printed.out


def recomputed(lesson: Lesson, *, again: bool) -> dict[str, int]:
    """Return the counts of a question, straight from the closed form of its scenario."""
    return counts_from(lesson_scenario(lesson.again if again else lesson.changes))


def counts_from(scenario: Scenario) -> dict[str, int]:
    """Return the counts of a scenario of the lessons, for 10,000 people."""
    expected = theory(scenario).truth
    each = {name: 10_000 * value / expected["captured_passes"] for name, value in expected.items()}
    wrongly = round(each["wrongful_engagements"])
    return {
        "listed": round(10_000 * expected["listed_passers"] / expected["passers"]),
        "right": round(each["true_alerts"]),
        "wrong": round(each["false_alerts"]),
        "stopped_wrong": wrongly,
        "stopped_right": round(each["engagements"] - each["wrongful_engagements"]),
    }


def numbers_in(text: str) -> set[str]:
    """Return all numbers of a text."""
    return set(re.findall(r"\d[\d,]*(?:\.\d+)?", text.replace(", ", " ").rstrip(",")))


def asked_of(lesson: Lesson, counts: dict[str, int]) -> int:
    """Return what a lesson asks for, of recomputed counts."""
    return counts[("wrong", "right", "right", "right", "stopped_wrong")[lesson.number - 1]]


@each_lesson
def test_each_number_of_the_answer_key_is_the_models(written: Path, lesson: Lesson) -> None:
    """Protects the answer key: both answers, tree and two-by-two, recomputed from the closed form."""
    sheets = Sheets(written / "answers.html")
    first, again = recomputed(lesson, again=False), recomputed(lesson, again=True)

    assert sheets.answers[lesson.number, "first"] == f"{asked_of(lesson, first):,}"
    assert sheets.answers[lesson.number, "first"] == f"{lesson.guess(lesson.counts):,}"
    assert sheets.answers[lesson.number, "again"] == f"{asked_of(lesson, again):,}"
    assert sheets.answers[lesson.number, "again"] == f"{lesson.guess(lesson.counts_again):,}"
    shown = numbers_in(sheets.texts[lesson.number - 1])
    alerts = first["right"] + first["wrong"]
    expected = {10_000 - first["listed"], first["right"], first["wrong"], first["listed"], alerts, 10_000}
    if lesson.judged:
        expected = {alerts, *(first[name] for name in ("right", "wrong", "stopped_wrong", "stopped_right"))}
        expected |= {first["wrong"] - first["stopped_wrong"], first["right"] - first["stopped_right"]}
    assert {f"{number:,}" for number in expected} <= shown


def recomputed_at(lesson: Lesson, shown: float) -> dict[str, int]:
    """Return the counts with the dial at a value, straight from the closed form."""
    return counts_from(lesson_scenario({**lesson.changes, lesson.dial.path: lesson.setting(shown)}))


def tried_on_paper(lesson: Lesson) -> set[str]:
    """Return the numbers of a worksheet's table: those of the dial, but where it answers a question."""
    found: set[str] = set()
    for shown in values_to_try(lesson):
        is_last = lesson.again.get(lesson.dial.path) == lesson.setting(shown)
        if shown == lesson.start or is_last:
            continue
        c = recomputed_at(lesson, shown)
        names = ("stopped_right", "stopped_wrong") if lesson.judged else ("right", "wrong")
        missed = set() if lesson.judged else {c["listed"] - c["right"]}
        found |= {lesson.dial.told(shown), *(f"{n:,}" for n in {*(c[name] for name in names), *missed})}
    return found


@each_lesson
def test_each_number_of_the_worksheet_is_the_models(written: Path, lesson: Lesson) -> None:
    """Protects the worksheet: what is given is recomputed, nothing else is given, and neither box is."""
    sheet = Sheets(written / "worksheet.html").texts[lesson.number - 1]
    first, again = recomputed(lesson, again=False), recomputed(lesson, again=True)
    given = {10_000, first["listed"], 10_000 - first["listed"], first["right"]}
    given |= {first["listed"] - first["right"]}
    if lesson.judged:
        given = {first["right"], first["wrong"], first["right"] + first["wrong"], first["stopped_right"]}
        given |= {first["right"] - first["stopped_right"]}
    else:
        given |= {again["listed"]} if lesson.number in (2, 3) else set()
    words = [lesson.headline, lesson.lead(lesson.counts), lesson.task(lesson.counts), lesson.try_this]
    told = numbers_in(" ".join([*words, lesson.asked_again(lesson.counts_again)]))
    table = tried_on_paper(lesson)

    assert {f"{number:,}" for number in given} | table <= numbers_in(sheet)
    places = {str(lesson.number), "0"} | {f"{lesson.most(lesson.counts):,}"}
    assert numbers_in(sheet) <= told | {f"{number:,}" for number in given} | places | table
    assert bare(lesson.asked_again(lesson.counts_again)) in sheet
    assert lesson.told(lesson.counts) not in sheet


@each_lesson
def test_a_lesson_can_be_done_with_paper_alone(written: Path, lesson: Lesson) -> None:
    """Protects a class without a machine: every mark is there to be counted, and two boxes are empty."""
    pages = (written / "worksheet.html").read_text(encoding="utf-8").split('<section class="sheet">')
    sheet = pages[lesson.number]
    first = recomputed(lesson, again=False)
    drawn = {
        "right": sheet.count("h8v8h-8z"),
        "wrong": sheet.count("l4 8h-8z"),
        "missed": sheet.count("a3 3 0 1 0 6 0"),
        "stopped": sheet.count("h8v2h-8z"),
    }

    assert sheet.count('<div class="box asked">') == 2
    assert sheet.index('class="fold"') < sheet.index('class="marks"')
    assert drawn == {
        "right": first["right"],
        "wrong": first["wrong"],
        "missed": first["listed"] - first["right"] if lesson.number == 4 else 0,
        "stopped": first["stopped_right"] + first["stopped_wrong"] if lesson.judged else 0,
    }


def test_the_answer_key_holds_two_percentages_and_what_stays(written: Path) -> None:
    """Protects the claim: 5 of 400 among 1,000,000 are 0.0005 % and 1.25 %; and "make it perfect"."""
    said = claim(5, 400, 1_000_000)
    for name in ("answers.html", "lesson-plan.html"):
        text = " ".join(Sheets(written / name).texts)

        assert f"{said.false_alerts} of {said.alerts} alerts were false, among {said.faces:,} faces" in text
        assert "0.0005 % of all faces" in text
        assert "1.25 % of all alerts" in text
        assert all(words in text for words in perfect_told())


def test_the_plan_takes_fifty_minutes_without_a_gap(written: Path) -> None:
    """Protects the plan: minute by minute from 0 to 50, with what the teacher says."""
    sheets = Sheets(written / "lesson-plan.html")
    lessons = sheets.texts[-len(LESSONS) :]
    minutes = [
        (int(a), int(b))
        for text in lessons
        for a, b in re.findall(r"\b(\d+) to (\d+)\b", text.partition("They do")[2] or text)
        if int(b) - int(a) == 2
    ]

    assert minutes == [(start, start + 2) for start in range(0, 50, 2)]
    for lesson, text in zip(LESSONS, lessons, strict=True):
        for words in (lesson.lead(lesson.counts), lesson.told(lesson.counts), *lesson.notice):
            assert words in text
    together = " ".join(sheets.texts)
    assert "lfr-sim dashboard --host 0.0.0.0" in together
    assert "/class" in together


@pytest.mark.parametrize("name", MATERIALS)
def test_a_sheet_needs_nothing_from_elsewhere(written: Path, name: str) -> None:
    """Protects a classroom without a network: no script, no address, no file beside it."""
    text = (written / name).read_text(encoding="utf-8")

    for outside in ("http", "src=", "href=", "url(", "@import", "//"):
        assert outside not in text
    assert not {"script", "link", "img", "iframe", "object", "base"} & Sheets(written / name).tags
    assert "size: A4" in text
    assert not re.search(r"\b(nan|None|criminals?|innocent|lawful|unlawful|biased)\b", text)


def test_sheets_are_the_same_every_time(
    written: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Protects a second writing: the same bytes, over one's own sheets, beside other files."""
    before = {name: (written / name).read_bytes() for name in MATERIALS}
    (written / "notes.txt").write_text("mine", encoding="utf-8")
    said_of_materials(capsys, written)

    assert {name: (written / name).read_bytes() for name in MATERIALS} == before
    assert (written / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert len(os.listdir(written)) == 4


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_what_somebody_else_wrote_is_never_written_over(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str
) -> None:
    """Protects a teacher's own worksheet.html: one message, and nothing written at all."""
    target = tmp_path / "worksheet.html"
    if kind == "file":
        target.write_text("mine", encoding="utf-8")
    elif kind == "folder":
        target.mkdir()
    else:
        target.symlink_to(tmp_path / "elsewhere.html")
    code = main(["teach", "--materials", str(tmp_path)])
    printed = capsys.readouterr()

    assert (code, printed.out) == (2, "")
    assert "did not write: worksheet.html" in printed.err
    assert "1 fault" in printed.err
    assert os.listdir(tmp_path) == ["worksheet.html"]
    assert kind != "file" or target.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("folder", ["", " ", "a\0b", "file", "file/below", "x" * 300, os.devnull])
def test_folders_that_cannot_be_are_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    """Protects `--materials`: a sentence, and nothing left."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    code = main(["teach", "--materials", folder])
    printed = capsys.readouterr()

    assert (code, printed.out) == (2, "")
    assert "--materials" in printed.err
    assert os.listdir(tmp_path) == ["file"]


def test_a_full_disk_leaves_nothing_half_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects the sheets: all or none, and no folder that was made for them."""
    write = Path.write_text

    def fail(self: Path, *arguments: str, **options: str) -> int:
        if "answers" in self.name:
            raise OSError(28, "No space left on device")
        return write(self, *arguments, **options)

    monkeypatch.setattr(Path, "write_text", fail)
    code = main(["teach", "--materials", str(tmp_path / "deep" / "sheets")])
    printed = capsys.readouterr()

    assert (code, printed.out) == (2, "")
    assert "No space left on device" in printed.err
    assert os.listdir(tmp_path) == []

"""One dataclass for a row of each table; fields are the columns of the file, in order.

``None`` means *not known*, never zero. Counts are whole numbers, measures are floats. Confidence,
source address and note close every row of the first five tables.
"""

from dataclasses import dataclass

from lfr_sim.evidence.reading import Confidence, CountRange, Label, PartialDate, Status


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment, trial or event, or a labelled aggregate of several.

    True and false alerts, stops and arrests are as the police counted and judged them.
    """

    deployment_id: str
    """Unique name of the row, for example ``mps-2022-07-07``."""
    force: str
    """Police force: ``MPS`` (Metropolitan Police) or ``SWP`` (South Wales Police)."""
    date_start: PartialDate
    """First day, to the precision known."""
    date_end: PartialDate
    """Last day, to the precision known; equals the first for a single day."""
    site: str
    """Place or event, as published."""
    borough_or_city: str
    """Borough, city or wider area of the site."""
    period_type: str
    """``deployment``, ``trial``, ``event``, or a kind of ``aggregate`` that sums other rows."""
    start_local: str | None
    """Start, local time as HH:MM."""
    end_local: str | None
    """End, local time as HH:MM."""
    hours: float | None
    """Length in hours, as planned or announced where the note says so."""
    watchlist_size_images: int | None
    """Size of the watchlist in images; in persons where the note quotes persons."""
    threshold_score: float | None
    """Match score needed for an alert; no row of the record states it."""
    faces_seen_estimate: int | None
    """Estimated number of face tracks; one person may leave several, so these are not people."""
    alerts_total: int | None
    """Alerts raised by the system."""
    alerts_true: int | None
    """Alerts the police judged to be the listed person."""
    alerts_true_confirmed: int | None
    """Part of the true alerts that was confirmed by identifying the person."""
    alerts_true_unconfirmed: int | None
    """Part of the true alerts that was never confirmed."""
    alerts_false: int | None
    """Alerts the police judged to be somebody else."""
    alerts_false_engaged: int | None
    """False alerts after which the person was stopped and spoken to."""
    alerts_true_engaged: int | None
    """True alerts after which the person was stopped and spoken to."""
    stops_total: int | None
    """Persons stopped and spoken to after an alert."""
    arrests_lfr_led: int | None
    """Arrests that followed from an alert; the 2022 grid counts other disposals in with them."""
    other_disposals: int | None
    """Outcomes of a stop other than arrest, where counted apart."""
    no_action: int | None
    """Stops or identifications after which nothing was done."""
    false_alert_rate_published_percent: float | None
    """False alerts per face seen in per cent, as the source rounded it."""
    false_alert_demographics: str | None
    """Ethnicity, sex or age of persons falsely alerted on, as published."""
    counting_regime: str | None
    """The compilers' name for the source's way of counting faces; rows of one regime compare."""
    confidence: Confidence
    """Trust of the compilers in the row."""
    source_url: str
    """Address of the source."""
    note: str | None
    """What a reader must know before using the row."""

    @property
    def is_aggregate(self) -> bool:
        """Whether the row sums other rows, so that adding it to them counts twice."""
        return self.period_type.startswith("aggregate")


@dataclass(frozen=True, slots=True)
class Accuracy:
    """One published accuracy figure of a matcher, or of people matching faces."""

    study: str
    """Study or trial the figure is from."""
    year: int
    """Year of publication."""
    system: str
    """Matcher and its version, or the kind of people who matched."""
    setting: str
    """Where and with what the figure was measured."""
    threshold_score: float | None
    """Alert threshold of the measurement."""
    watchlist_size_images: CountRange | None
    """Gallery size in images; a range where the source gives one."""
    group: str | None
    """Group of persons the figure is about, or the two groups a ratio compares."""
    metric: str
    """Name of the figure, for example ``TPIR`` or ``FPIR``."""
    value: float | None
    """The figure, in the unit of the next field."""
    unit: str
    """Unit of the figure, with "at least" and the like where the source says so."""
    n_trials_or_subjects: str | None
    """Sample, in words."""
    confidence: Confidence
    """Trust of the compilers in the row."""
    source_url: str
    """Address of the source."""
    note: str | None
    """What a reader must know before using the row."""


@dataclass(frozen=True, slots=True)
class Adjudication:
    """How many of the alerts or stops that reached one stage went on to the next."""

    source_set: str
    """Name of the set of observations."""
    period: str
    """Day, month, year or span the figure covers."""
    force: str
    """Police force."""
    deployment_ref: str | None
    """``deployment_id`` of the deployment concerned; other words where several were pooled."""
    stage: str
    """The step, for example ``alert_to_engagement``."""
    alert_truth: str
    """Which alerts: ``true``, ``false`` (the police's judgement) or ``all``."""
    n_from: int
    """How many reached the step."""
    n_to: int
    """How many of these took it."""
    proportion: float
    """``n_to / n_from``, rounded to four places."""
    confidence: Confidence
    """Trust of the compilers in the row."""
    source_url: str
    """Address of the source."""
    note: str | None
    """What a reader must know before using the row."""

    @property
    def is_pooled(self) -> bool:
        """Whether the row sums other rows of its table, so that adding it to them counts twice."""
        return "pooled" in self.source_set


@dataclass(frozen=True, slots=True)
class Composition:
    """One figure about who is on watchlists, in custody images, searched, or living nearby."""

    topic: str
    """What the figure is about, for example ``watchlist_size``."""
    period: str
    """Day, month, year or span the figure covers."""
    force_or_area: str
    """Police force or area."""
    category: str
    """Category or group within the topic."""
    value: float | None
    """The figure, in the unit of the next field."""
    unit: str
    """Unit of the figure, with "at least" and the like where the source says so."""
    denominator: int | None
    """The whole of which the figure is a part, where published."""
    confidence: Confidence
    """Trust of the compilers in the row."""
    source_url: str
    """Source; an address, or title and year where no address is kept."""
    note: str | None
    """What a reader must know before using the row."""


@dataclass(frozen=True, slots=True)
class Timing:
    """One figure about lengths, distances, cameras or the steps of the process."""

    topic: str
    """What the figure is about, for example ``stop_duration``."""
    period: str
    """Day, month, year or span the figure covers."""
    force: str
    """Police force or forces."""
    quantity: str
    """The quantity measured."""
    value: float | None
    """The figure, in the unit of the next field; ``None`` where the note describes it in words."""
    unit: str
    """Unit of the figure; ``text`` where there is none."""
    kind: str
    """Kind of source: plan, policy, record, court record, case, report, claim, derived ..."""
    confidence: Confidence
    """Trust of the compilers in the row."""
    source_url: str
    """Address of the source."""
    note: str | None
    """What a reader must know before using the row."""


@dataclass(frozen=True, slots=True)
class Default:
    """The default value of one model parameter, its plausible range, and what it rests on."""

    parameter: str
    """Name of the parameter, with dots for its place in the configuration."""
    entry: Label
    """Key within the parameter, where it is a table; empty where it is a single value."""
    meaning: str
    """What the parameter is."""
    unit: str
    """Unit of the default and of both ends of the range."""
    default: float | str
    """Value used unless another is chosen; a word for a choice by name."""
    low: float | str
    """Low end of the plausible range, or an alternative by name."""
    high: float | str
    """High end of the plausible range, or an alternative by name."""
    status: Status
    """Published, derived from something published, or assumed."""
    contested: bool
    """Whether another value has good grounds too."""
    rival_value: str | None
    """The other value or the objection, in words."""
    source_title: str | None
    """Title of the source."""
    source_year: int | None
    """Year of the source."""
    source_address: str | None
    """Where the source is found; ``None`` where nothing stands behind an assumption."""
    derivation: str
    """How the value follows from the source, or why it was assumed."""

    @property
    def number(self) -> float:
        """The default as a number.

        Raises:
            ValueError: If the default is a word, such as the name of a preset.
        """
        return self._as_number("default", self.default)

    @property
    def bounds(self) -> tuple[float, float]:
        """Low and high end of the plausible range as numbers.

        Raises:
            ValueError: If one of them is a word.
        """
        return self._as_number("low", self.low), self._as_number("high", self.high)

    def _as_number(self, column: str, value: float | str) -> float:
        if isinstance(value, str):
            raise ValueError(f"{column} of {self.parameter} is the word {value!r}, not a number")
        return value


Row = Deployment | Accuracy | Adjudication | Composition | Timing | Default
"""A row of any table."""

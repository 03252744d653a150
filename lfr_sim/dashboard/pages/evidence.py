"""Evidence: where every number comes from, and what the model is not for."""

from __future__ import annotations

from markupsafe import Markup

from lfr_sim.study.replicates import maker

from ..address import address_of
from ..record_fit import fit_csv
from ..views import page as around
from ..views.evidence_downloads import assumptions_csv, citation, record_csv
from ..views.evidence_page import evidence_page
from ..views.evidence_settings import FILTERS
from .visit import Answer, Visit


class EvidencePage(Visit):
    """The visit to Evidence."""

    page = "evidence"

    filter = "all"
    """Which settings are shown."""

    def _begin(self) -> None:
        self._doers |= {"filter": self._filter, "try": self._try}

    def regions(self) -> dict[str, Markup]:
        """Return the parts of the page, by name."""
        arm = self.state.arms[0]
        return {
            "bar": around.bar(self.page, self.links),
            "faults": around.faults_told(self.faults),
            "page": evidence_page(arm.scenario, arm.base, self._version, self.filter),
            "said": Markup('<p class="note" role="status" id="said">{}</p>').format(self.said),
            "help": around.help_text(),
        }

    @property
    def _version(self) -> str:
        return str(maker()["version"])

    def _filter(self, name: str) -> None:
        if name in FILTERS:
            self.filter = name

    def _try(self, change: str) -> Answer:
        """Open Explore with a value of the record in place of the one in use."""
        path, _, text = change.partition("=")
        arm = self.state.arms[0].changed({path: text})
        return {"go": address_of(self.state.with_arm(arm), "explore")}

    def file_of(self, what: str) -> tuple[str, str, str] | None:
        """Return the name, type and text of a file that the page offers."""
        scenario = self.state.arms[0].scenario
        if what == "assumptions-csv":
            return "assumptions.csv", "text/csv", assumptions_csv(scenario)
        if what == "record-csv":
            return "record.csv", "text/csv", record_csv()
        if what == "data-csv":
            return "model-against-record.csv", "text/csv", fit_csv()
        if what == "cite":
            return "lfr-sim-citation.txt", "text/plain", citation(scenario, self._version)
        return super().file_of(what)

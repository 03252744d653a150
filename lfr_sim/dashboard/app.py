"""The Solara application: routes, and pages that show what their visit says."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import solara
import solara.lab
from solara.server import kernel_context

from lfr_sim.scenario import Scenario, shipped_scenarios
from lfr_sim.street import site_of

from .address import opened
from .memory import settle
from .pages.compare import ComparePage
from .pages.evidence import EvidencePage
from .pages.explore import ExplorePage
from .pages.teach import ClassPage, TeachPage
from .pages.visit import Visit
from .prediction import predict
from .runs import Runs
from .server import configure
from .state import FIRST_SCENARIO
from .turns import Turns
from .views.page import broken
from .views.plan import grounds
from .widgets.markup import MarkupWidget
from .widgets.player import PlayerWidget

configure()
RUNS = Runs()
"""Where all visitors' days are simulated. Results are functions of what was asked, so they are shared."""
TURNS = Turns()
"""Whose page is made now."""

_log = logging.getLogger(__name__)
Component = Callable[..., Any]
AnyVisit = TypeVar("AnyVisit", bound=Visit)


def _warm() -> None:
    """Compute what every first visitor would else wait for: sites, plans, and what is predicted of each."""
    for name in (FIRST_SCENARIO, *shipped_scenarios()):
        scenario = Scenario.from_file(name)
        predict(scenario)
        grounds(site_of(scenario.site, scenario.camera))
    settle()


RUNS.warm()
threading.Thread(target=_warm, name="warming pages", daemon=True).start()


def _div(*children: Any, kind: str = "", tag: str = "div", name: str = "") -> Any:
    """Return an HTML element with others inside."""
    attributes = {"id": name} if name else {}
    return solara.v.Html(tag=tag, class_=kind, children=list(children), attributes=attributes)


def _use_visit(make: type[AnyVisit]) -> AnyVisit:
    """Return the visit of this tab to this page; a new address is a new visit."""
    router = solara.use_router()
    visitor, browser = solara.get_kernel_id(), solara.get_session_id()
    _, set_version = solara.use_state(0)
    context = kernel_context.get_current_context()

    def show() -> None:
        if context.closed_event.is_set():
            return
        with context:
            set_version(lambda version: version + 1)

    def begin() -> AnyVisit:
        link = opened(router.path, router.search or "")
        return make(link, visitor, RUNS, lambda: TURNS.later(show), browser)

    visit: AnyVisit = solara.use_memo(begin, [router.path, router.search])

    def live() -> Callable[[], None]:
        visit.start()
        set_version(lambda version: version + 1)
        return visit.close

    solara.use_effect(live, [visit])
    return visit


def _regions(visit: Visit, refresh: Callable[[], None]) -> tuple[dict[str, Any], Any]:
    """Return a widget for each part of the page, and what they tell of what the visitor does."""

    def handle(event: Mapping[str, Any], content: bytes) -> dict[str, Any]:
        with TURNS:
            answer = visit.handle(event, content)
            refresh()
        return answer

    handler = solara.use_memo(lambda: handle, [visit])
    found = {}
    for name, html in visit.regions().items():
        address = visit.address if name == "bar" else ""
        found[name] = MarkupWidget.element(html=str(html), handler=handler, address=address).key(name)
    return found, handler


@solara.component
def _Guarded(page: Component) -> None:
    """Show a page, or, if it fails, a sentence instead of a trace."""
    error, clear = solara.use_exception()
    if error is not None:
        _log.error("a page failed", exc_info=error)

        def again(event: Mapping[str, Any], _: bytes) -> dict[str, Any]:
            if event.get("do") == "again":
                clear()
            return {}

        MarkupWidget.element(html=str(broken()), handler=again)
    else:
        page()


@solara.component
def _Explore() -> None:
    visit = _use_visit(ExplorePage)
    _, set_version = solara.use_state(0)
    parts, handler = _regions(visit, lambda: set_version(lambda n: n + 1))
    player = PlayerWidget.element(**visit.player(), handler=handler)
    beside = _div(parts["controls"], kind="beside")
    street = _div(player, parts["steps"], kind="street")
    stage = _div(beside, street, kind="stage")
    below = (parts[name] for name in ("record", "panels", "foot", "help"))
    main = _div(parts["head"], stage, *below, tag="main", name="content")
    _div(parts["bar"], main, kind="lfr-page")


def _column(make: type[Visit]) -> Component:
    """Return a page whose parts stand one below the other."""

    @solara.component
    def Column() -> None:
        visit = _use_visit(make)
        _, set_version = solara.use_state(0)
        parts, _handler = _regions(visit, lambda: set_version(lambda n: n + 1))
        bar = parts.pop("bar")
        _div(bar, _div(*parts.values(), tag="main", name="content"), kind="lfr-page")

    return Column


@solara.component
def Layout(children: Sequence[Any] = ()) -> None:
    """Put nothing round the pages but their own type and colours."""
    _div(*children, kind="lfr")


def _route(path: str, title: str, page: Component) -> solara.Route:
    @solara.component
    def Page() -> None:
        _Guarded(page)

    return solara.Route(path=path, component=Page, label=title, layout=Layout if path == "/" else None)


routes = [
    _route("/", "lfr-sim: Explore", _Explore),
    _route("compare", "lfr-sim: Compare", _column(ComparePage)),
    _route("teach", "lfr-sim: Teach", _column(TeachPage)),
    _route("class", "lfr-sim: Class", _column(ClassPage)),
    _route("evidence", "lfr-sim: Evidence", _column(EvidencePage)),
]


def _left() -> Callable[[], None]:
    visitor = solara.get_kernel_id()
    return lambda: RUNS.leave(visitor)


solara.lab.on_kernel_start(_left)

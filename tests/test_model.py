"""The deployment as a Mesa model: agents, steps, batches, memory, and the same records either way."""

from __future__ import annotations

import dataclasses
import gc
import re
import weakref
from typing import Any

import mesa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import values_of

from lfr_sim import DeploymentModel, InputError, Scenario, run
from lfr_sim.model import Passer
from lfr_sim.police import Team
from lfr_sim.records import run_columns
from lfr_sim.scenario import value_text
from lfr_sim.study import run_replicate

SMALL = Scenario.from_dict({"site": {"layout": "oxford_circus"}}).replace(
    {
        "deployment.hours": 0.25,
        "crowd.passers_per_hour": 4000.0,
        "matcher.fmr": 1e-5,
        "watchlist.presence": 0.05,
        "crowd.repeat.delay_mean_h": 0.15,
    }
)


def _alerts(model: DeploymentModel) -> list[tuple[Any, ...]]:
    return [dataclasses.astuple(alert) for alert in model.alerts]


@pytest.mark.parametrize("replicate", range(3))
def test_records_are_the_same_whoever_is_an_agent(replicate: int) -> None:
    """Protects `agents`: every passer an agent or only those alerted on, the records are identical."""
    models = [
        DeploymentModel(SMALL, run_seed=2, replicate=replicate, agents=mode) for mode in ("alerted", "all")
    ]
    for model in models:
        model.run()

    assert len(models[0].alerts) > 5
    assert _alerts(models[0]) == _alerts(models[1])
    assert models[0].record == models[1].record
    assert models[0].truth == models[1].truth


def test_everybody_on_the_site_is_an_agent_and_nobody_else() -> None:
    """Protects conservation: after each minute the passers who are agents are those present."""
    model = DeploymentModel(SMALL, run_seed=2, agents="all")
    most = 0
    while model.running:
        model.step()
        passers = {agent.number for agent in model.agents if isinstance(agent, Passer)}
        assert passers == set(model.walking.present(model.clock_s).tolist())
        most = max(most, len(passers))

    assert most > 50
    assert [agent for agent in model.agents if isinstance(agent, Passer)] == []


def test_agents_know_where_they_are() -> None:
    """Protects the view for a map: passers and teams have places within the site's bounds."""
    model = DeploymentModel(SMALL, run_seed=2, agents="all")
    for _ in range(6):
        model.step()
    west, south, east, north = model.site.walkable.buffer(1.0).bounds
    places = [agent.place for agent in model.agents]

    assert sum(isinstance(agent, Team) for agent in model.agents) == 5
    assert len({agent.unique_id for agent in model.agents}) == len(places) > 50
    assert all(west <= x <= east and south <= y <= north for x, y in places)


def test_the_same_seed_gives_the_same_run_and_another_another() -> None:
    """Protects reproducibility: a run is a function of (scenario, seed, replicate)."""
    first, again, other, next_one = (
        run_replicate(SMALL, seed=seed, replicate=replicate)
        for seed, replicate in ((4, 0), (4, 0), (5, 0), (4, 1))
    )

    assert first.truth == again.truth
    assert [dataclasses.astuple(a) for a in first.alerts] == [dataclasses.astuple(a) for a in again.alerts]
    assert first.truth != other.truth
    assert first.truth != next_one.truth


def test_a_replicate_of_a_study_can_be_run_alone() -> None:
    """Protects replication: replicate 2 of three is replicate 2 by itself."""
    study = run(SMALL, replicates=3, seed=8)

    assert study.replicates[2].truth == run_replicate(SMALL, seed=8, replicate=2).truth


@given(
    changes=st.fixed_dictionaries(
        {},
        optional={
            "watchlist.size": st.integers(0, 50_000),
            "watchlist.presence": values_of("watchlist.presence"),
            "matcher.threshold": st.floats(0.4, 0.8),
            "officers.teams": st.integers(0, 20),
            "officers.presumption_to_intervene": values_of("officers.presumption_to_intervene"),
            "camera.capture_probability": st.floats(0.8, 1),
            "camera.tracks_per_pass": st.floats(1, 3),
        },
    ),
    seed=st.integers(0, 100),
)
def test_the_same_crowd_walks_past_every_policy(changes: dict[str, Any], seed: int) -> None:
    """Protects common random numbers: nothing about list, matcher or police moves a single step."""
    short = SMALL.replace({"deployment.hours": 0.05})
    base = DeploymentModel(short, run_seed=seed)
    other = DeploymentModel(short, run_seed=seed, **changes)
    for name in ("passer", "enter_s", "exit_s", "occluded_share"):
        before, after = getattr(base.walking.passes, name), getattr(other.walking.passes, name)
        assert (before == after).all()


def test_a_perfect_matcher_and_a_perfect_review_stop_nobody_by_mistake() -> None:
    """Protects the perfect arm: no misidentified stop, and as many people scanned as before."""
    perfect: dict[str, Any] = {
        "camera.capture_probability": 1.0,
        "camera.capture_time_constant_s": 0.0,
        "matcher.fmr": 0.0,
        "matcher.tpir": 1.0,
    }
    base, best = (DeploymentModel(SMALL, run_seed=3, **changes) for changes in ({}, perfect))
    base.run()
    best.run()

    assert base.truth["wrongful_engagements"] > 0
    assert best.truth["wrongful_engagements"] == best.truth["false_alerts"] == 0
    assert best.truth["missed_in_view"] == 0
    assert best.truth["passes"] == base.truth["passes"]


def test_mesa_batch_run_takes_dotted_settings_and_seeds() -> None:
    """Protects Mesa users: `batch_run` with lists of seeds and settings gives final counts."""
    results = mesa.batch_run(
        DeploymentModel,
        {"config": [SMALL], "run_seed": [1, 2], "watchlist.size": [500, 5000]},
        number_processes=1,
        display_progress=False,
    )
    alone = run(SMALL.replace({"watchlist.size": 5000}), seed=2).replicates[0]

    assert len(results) == 4
    assert set(run_columns()) <= set(results[0])
    last = next(r for r in results if r["run_seed"] == 2 and r["watchlist.size"] == 5000)
    assert last["record_true_alerts"] == alone.record["true_alerts"]
    assert last["faces"] == alone.record["faces"]


def test_mesas_own_seed_is_the_root_seed() -> None:
    """Protects Mesa users: `rng` as `batch_run` gives it makes runs that differ and can be repeated."""
    truths = []
    each: list[dict[str, Any]] = [{"rng": 5}, {"run_seed": 5}, {"rng": 6}]
    for arguments in each:
        model = DeploymentModel(SMALL, **arguments)
        model.run()
        truths.append(model.truth)

    assert truths[0] == truths[1] != truths[2]


def test_an_open_alert_has_its_passer_as_an_agent() -> None:
    """Protects `agents="alerted"`: whoever officers still deal with is there to be seen."""
    busy = SMALL.replace({"watchlist.presence": 0.5, "site.vans": ["V1", "V2"]})
    model = DeploymentModel(busy, run_seed=2)
    most = 0
    while model.running:
        model.step()
        passers = {agent.number for agent in model.agents if isinstance(agent, Passer)}
        assert passers == {alert.passer for alert in model.alerts if alert.outcome == "open"}
        most = max(most, len(passers))

    assert most > 3


@pytest.mark.parametrize("mode", ["alerted", "all"])
@pytest.mark.parametrize("finished", [True, False])
def test_a_model_frees_its_memory(mode: Any, finished: bool) -> None:
    """Protects long sweeps: Mesa 3.3 keeps models with agents for ever; ours go when let go."""
    model = DeploymentModel(SMALL, agents=mode)
    for _ in range(5):
        model.step()
    if finished:
        model.run()
    held = weakref.ref(model)
    del model
    gc.collect()

    assert held() is None


def test_a_run_ends_after_the_last_stop_and_the_last_passer() -> None:
    """Protects the end: not before everybody has left and every alert has ended."""
    model = DeploymentModel(SMALL, run_seed=2)
    model.run()

    assert model.clock_s >= model.walking.last_leave_s >= SMALL.deployment.hours * 3600 * 0.9
    assert all(alert.outcome != "open" for alert in model.alerts)
    assert (
        model.truth == model.datacollector.get_model_vars_dataframe().iloc[-1][list(model.truth)].to_dict()
    )


@pytest.mark.parametrize(
    "bad", [{"run_seed": -1}, {"replicate": 1.5}, {"agents": "some"}, {"run_seed": "x"}]
)
def test_bad_arguments_are_named(bad: dict[str, Any]) -> None:
    """Protects users of the class: a wrong argument is named with its value."""
    name, value = next(iter(bad.items()))
    with pytest.raises(InputError, match=re.escape(f"{name} = {value_text(value)}")):
        DeploymentModel(SMALL, **bad)

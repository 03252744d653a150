"""Queues with several servers in closed form.

Erlang 1917; Gross and Harris, Fundamentals of Queueing Theory, chapter 2 (M/M/c and M/M/c/c).

Alerts come as a Poisson process, teams are servers, stops take exponential times. `load` is the mean
number of servers that would be busy if there were always one free: arrivals per unit of time times the
mean time of service (erlangs).
"""

from __future__ import annotations

import math


def erlang_b(load: float, servers: int) -> float:
    """Return P(all servers are busy) of a queue where nobody waits (M/M/c/c; holds for any M/G/c/c).

    B(0) = 1; B(c) = a B(c - 1) / (c + a B(c - 1)).
    """
    blocked = 1.0
    for server in range(1, servers + 1):
        blocked = load * blocked / (server + load * blocked)
    return blocked


def erlang_c(load: float, servers: int) -> float:
    """Return P(somebody who comes has to wait) of a queue where all wait (M/M/c); 1 if overloaded.

    C = c B / (c - a (1 - B)) with B that of Erlang's first formula.
    """
    if load >= servers:
        return 1.0
    blocked = erlang_b(load, servers)
    return servers * blocked / (servers - load * (1.0 - blocked))


def mean_wait(load: float, servers: int, service: float) -> float:
    """Return the mean wait of all who come, those who need not wait among them (M/M/c).

    C service / (c - a); infinite if overloaded.

    Args:
        load: Erlangs.
        servers: How many.
        service: Mean time of service; the wait has the same unit.
    """
    if load >= servers:
        return float("inf")
    return erlang_c(load, servers) * service / (servers - load)


def lapsed_share(load: float, servers: int, limit: float) -> float:
    """Return P(somebody who comes lapses) where all wait, but no longer than a fixed limit (M/M/c + D).

    Barrer 1957; Gnedenko and Kovalenko, Introduction to Queueing Theory. The wait that a newcomer
    is offered has, up to the limit t, a density proportional to exp(-(c - a) x), and beyond it falls as
    exp(-c (x - t)), because those offered more than t take no server.

    Args:
        load: Erlangs.
        servers: How many.
        limit: Longest wait, in mean times of service.
    """
    if servers == 0:
        return 1.0
    idle = state = 1.0  # relative to the state in which nobody is there
    for busy in range(1, servers):
        state *= load / busy
        idle += state
    waiting = load * state
    spare = abs(servers - load)
    below = -math.expm1(-spare * limit) / spare if spare else limit
    fades = math.exp(-spare * limit)
    if load <= servers:
        return waiting * fades / servers / (idle + waiting * (below + fades / servers))
    # The density grows up to the limit: relative to its largest, so that nothing overflows.
    return waiting / servers / (idle * fades + waiting * (below + 1 / servers))

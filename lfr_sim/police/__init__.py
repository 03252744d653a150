"""The people who act: judging alerts, going after people, stopping them."""

from .adjudication import (
    Judgement,
    act_probability,
    correlated_evidence,
    judgement,
    stages_of,
)
from .disposal import Stop, StopUniforms, stop
from .officers import AGENT_NUMBERS, Team, TeamState
from .pursuit import found_probability, intercept_s
from .response import Response, ResponseUniforms

__all__ = [
    "AGENT_NUMBERS",
    "Judgement",
    "Response",
    "ResponseUniforms",
    "Stop",
    "StopUniforms",
    "Team",
    "TeamState",
    "act_probability",
    "correlated_evidence",
    "found_probability",
    "intercept_s",
    "judgement",
    "stages_of",
    "stop",
]

"""The people who act: judging alerts, going after people, stopping them."""

from .adjudication import (
    Judgement,
    Role,
    act_probability,
    correlated_evidence,
    criterion_shift,
    d_prime_at,
    judgement,
    roles_of,
    steady_shift,
)
from .chance import (
    FOUND_COLUMNS,
    JUDGEMENT_COLUMNS,
    STOP_COLUMNS,
    JudgementUniforms,
    ResponseUniforms,
    SearchUniforms,
    StopUniforms,
)
from .judging import Judging, Verdict, judges_of
from .officers import AGENT_NUMBERS, Team, TeamState
from .pursuit import chance_of_finding, found_probability, intercept_s
from .response import Response
from .stops import Stop, stop

__all__ = [
    "AGENT_NUMBERS",
    "FOUND_COLUMNS",
    "JUDGEMENT_COLUMNS",
    "STOP_COLUMNS",
    "Judgement",
    "JudgementUniforms",
    "Judging",
    "Response",
    "ResponseUniforms",
    "Role",
    "SearchUniforms",
    "Stop",
    "StopUniforms",
    "Team",
    "TeamState",
    "Verdict",
    "act_probability",
    "chance_of_finding",
    "correlated_evidence",
    "criterion_shift",
    "d_prime_at",
    "found_probability",
    "intercept_s",
    "judgement",
    "judges_of",
    "roles_of",
    "steady_shift",
    "stop",
]

"""What a deployment gives on average, from the scenario and the geometry of the site alone."""

from .expected import Theory, theory
from .judgement import chain, chain_of
from .queues import erlang_b, erlang_c, lapsed_share, mean_wait

__all__ = ["Theory", "chain", "chain_of", "erlang_b", "erlang_c", "lapsed_share", "mean_wait", "theory"]

"""What a deployment gives on average, from the scenario and the geometry of the site alone."""

from .expected import Theory, chain, theory

__all__ = ["Theory", "chain", "theory"]

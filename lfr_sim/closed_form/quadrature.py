"""Gauss-Legendre quadrature on [0, 1]: averages over anything drawn by a uniform."""

from __future__ import annotations

import numpy as np

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)

U, U_WEIGHT = (_NODES + 1) / 2, _WEIGHTS / 2
"""Nodes and their weights, which sum to 1."""

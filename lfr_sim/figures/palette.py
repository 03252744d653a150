"""Colours, type and resolution of every figure."""

from __future__ import annotations

INK, MUTED = "#14213D", "#4A5568"
WRONG, RIGHT, MISSED, STOPPED = "#D55E00", "#009E73", "#3E4BBB", "#8F3B76"
PERSON, ZONE = "#7F8A8F", "#1B4F72"
BUILDING, ROAD, PAVEMENT, KERB, GROUND = "#E7E3D8", "#F1F0EC", "#FFFFFF", "#C9C6BC", "#FBFAF7"
GRASS, LEAVES, WATER = "#DFE8D5", "#C9D8BC", "#D6E3E9"
SERIES = ("#1B4F72", "#A87900", "#3A8DDE", "#7A2E1D", "#848E93", "#14213D")
"""Lines without a meaning of their own. Under simulated protan, deutan and tritan vision any two are at
least 19 apart (CIE 1976), and each has a contrast of 3 or more with the ground."""
MARKERS = ("o", "D", "P", "X", "*", "p")
"""Their marks; squares, triangles and rings mean right, wrong and missed everywhere."""
FONT = "DejaVu Sans"
"""Travels with matplotlib, so that a figure is the same everywhere."""
DPI = 120

"""The place and the people: layouts, walkways, arrivals, walking. Knows neither vans nor police."""

from .arrivals import Crowd, crowd_of, people_of
from .flow import DENSE_PER_M2, Flow
from .layout import shipped_layouts
from .site import Site, load_site, site_of
from .zones import posts_of

__all__ = [
    "DENSE_PER_M2",
    "Crowd",
    "Flow",
    "Site",
    "crowd_of",
    "load_site",
    "people_of",
    "posts_of",
    "shipped_layouts",
    "site_of",
]

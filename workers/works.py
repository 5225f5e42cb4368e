"""Kinds of work that jobs do; each is found by its name."""

from collections.abc import Mapping
from types import MappingProxyType

from resolvers import categories
from workers.jobs import Work

WORKS: Mapping[str, Work] = MappingProxyType(
    {
        categories.WORK: categories.carry,
    }
)

"""Batched reads by key, one set per operation."""

from loaders.entities import Entities
from loaders.registry import Loaders

__all__ = ["Entities", "Loaders"]

"""Batched reads by key, one set per operation."""

from loaders.registry import Loaders

__all__ = ["Loaders"]

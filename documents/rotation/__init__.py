"""Rotation of keys as a job that can be killed anywhere: each batch and its position are one transaction.

A process may use a key that was replaced for a second, and a transaction that used it may commit a minute
later. So the values are sealed anew twice, with a wait in between, before the older generation is destroyed.
"""

from documents.rotation.jobs import Kind, Rotation, begin, latest, under_way
from documents.rotation.steps import SETTLING, STEPS, advance

__all__ = ["SETTLING", "STEPS", "Kind", "Rotation", "advance", "begin", "latest", "under_way"]

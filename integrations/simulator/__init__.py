"""Е-Собес and the SMS gateway as a development server plays them: the same contracts, faults on demand."""

from integrations.simulator.journal import Journal
from integrations.simulator.partners import Down, Faults, MeasureWish, Simulator

__all__ = ["Down", "Faults", "Journal", "MeasureWish", "Simulator"]

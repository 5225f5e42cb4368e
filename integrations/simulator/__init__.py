"""Е-Собес and the gateways of SMS and e-mail as a development server plays them, with faults on demand."""

from integrations.simulator.journal import Journal
from integrations.simulator.partners import Down, Simulator
from integrations.simulator.wishes import Faults, MeasureWish

__all__ = ["Down", "Faults", "Journal", "MeasureWish", "Simulator"]

"""Bringing the КАТО workbook in: the file read, compared with what is in force, and put in its place."""

from workers.regions.commands import COMMANDS, arguments, run
from workers.regions.importing import Asked, Outcome, bring_in
from workers.regions.tables import lines_of

__all__ = ["COMMANDS", "Asked", "Outcome", "arguments", "bring_in", "lines_of", "run"]

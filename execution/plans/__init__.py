"""Plans: the completion of an answer as generated Python, one plan a position in a document.

graphql-core keeps parsing, validation, variables, root fields and every error; a plan replaces only its walk
below a resolved value. A plan is optimistic: at the first thing out of the ordinary it gives up, and
graphql-core completes the same value again, so that errors, paths and nulls are always its own.
"""

from execution.plans.cache import Counts, Plans
from execution.plans.executor import planning_executor
from execution.plans.operations import Operations

__all__ = ["Counts", "Operations", "Plans", "planning_executor"]

"""Categories and regions for everybody, and what administrators change about categories."""

from schema.categories.mutations import CategoryMutations
from schema.categories.types import Category, CategoryQueries

__all__ = ["Category", "CategoryMutations", "CategoryQueries"]

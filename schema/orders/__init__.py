"""Orders: what they show, and what is done with them."""

from schema.orders.mutations import OrderMutations, OrderQueries
from schema.orders.types import Order, OrderApplication, OrderConnection

__all__ = ["Order", "OrderApplication", "OrderConnection", "OrderMutations", "OrderQueries"]

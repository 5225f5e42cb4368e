"""Orders, and the applications that they begin with."""

from documents.orders.records import Application, Order, OrderTurn, Signatures, Step

__all__ = ["Application", "Order", "OrderTurn", "Signatures", "Step"]

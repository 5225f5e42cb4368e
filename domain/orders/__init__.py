"""Orders: their life as a table, who may order what, and the two papers that are signed (Order 73, p. 8)."""

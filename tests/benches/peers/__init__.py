"""Servers that the portal is measured beside: `make bench-peers`, explained in docs/benchmarks.md."""

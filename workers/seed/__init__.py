"""Seed data: what the portal starts with, and a pure generator of demonstration data."""

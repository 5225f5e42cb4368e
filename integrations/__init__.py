"""The outside: one file per partner."""

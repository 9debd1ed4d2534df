"""Tests of what the rules share with the store."""

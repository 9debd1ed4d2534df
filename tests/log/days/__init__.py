"""Tests of the days of a journal."""

"""Tests of the way from a record to the disk."""

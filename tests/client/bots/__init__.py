"""Tests of the framework for bots."""

"""The framework for bots."""

"""Vestnik: a self-hosted team messenger whose journal can be trusted."""

__version__ = "0.3.0"

"""The command `vestnik`, one module for each of its commands."""

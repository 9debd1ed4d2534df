"""The command `vestnik`, a module or a folder for each of its commands."""

"""The command `vestnik journal`, a module for each of its subcommands."""

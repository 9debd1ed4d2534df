"""The command `vestnik user`."""

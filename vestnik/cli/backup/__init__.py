"""The commands `vestnik backup` and `vestnik restore`."""

"""How bytes get in and out: one module for each kind of door."""

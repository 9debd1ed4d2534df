"""The benchmark of the whole server, beside a sketch without checks and beside other chat servers."""

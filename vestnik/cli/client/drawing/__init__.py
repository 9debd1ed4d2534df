"""How conversations look in a terminal. What is going on in them is not known here, and nothing is written."""

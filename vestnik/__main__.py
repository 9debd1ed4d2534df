"""`python -m vestnik` is the command `vestnik`."""

from vestnik.cli.main import main

main()

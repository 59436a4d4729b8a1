"""`python -m assistant` is the same as `senescope`."""

from assistant.cli import main

main()

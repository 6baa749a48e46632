"""``python -m pipeline`` is the ``congdoan`` command."""

from pipeline.cli import main

main()

"""One module a command: its options, its help, what it prints. ``pipeline.cli`` registers them."""

"""Mutated inputs against every reader: ``python -m tests.fuzz --executions 200000 --seed 1``."""

"""Servers on this machine that tests fetch from."""

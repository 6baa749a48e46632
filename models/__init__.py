"""Learned things only: text in, labels out."""

"""Simulates freight corridors between China and Europe: scenarios in, paired comparisons out."""

__version__ = "0.1.0"

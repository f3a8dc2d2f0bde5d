"""Axes and plain numbers in, figures out."""

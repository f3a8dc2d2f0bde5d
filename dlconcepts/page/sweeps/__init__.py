"""Grids of settings trained once, so that a reader can turn three knobs and see the outcome at once."""

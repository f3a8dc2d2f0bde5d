"""A folder per concept: its question, its experiment, its figure, and the probes that only it has."""

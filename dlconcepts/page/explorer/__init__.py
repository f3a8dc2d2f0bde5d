"""The explorer: recorded sweeps under sliders, as files that the page takes in."""

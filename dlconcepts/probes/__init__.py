"""What one looks for inside a trained network: each probe a function of layers, parameters and data."""

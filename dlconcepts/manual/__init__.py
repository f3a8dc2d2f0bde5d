"""The mathematics by hand: forward and backward of every operation, on plain tensors. Needs torch alone."""

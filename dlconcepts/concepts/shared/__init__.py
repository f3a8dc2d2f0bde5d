"""What several concepts look at inside a network, and draw."""

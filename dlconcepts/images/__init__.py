"""MNIST and data sets in its layout, strictly read, and the forms in which a network gets its pixels."""

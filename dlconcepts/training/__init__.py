"""The engine: many models trained at once, each as if it were alone."""

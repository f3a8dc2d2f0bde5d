"""The drawing of concepts whose file would be too long with it: from runs and numbers alone."""

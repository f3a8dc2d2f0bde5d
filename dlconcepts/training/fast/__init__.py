"""The fast path: the same steps as by the plain rules, with the parameters changed in place and in few calls."""

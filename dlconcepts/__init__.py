"""A deep-learning glossary you can run: every term by hand, verified, and measured on MNIST."""

__version__ = "0.1.0"

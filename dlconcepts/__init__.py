"""A deep-learning glossary you can run."""

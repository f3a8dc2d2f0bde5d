"""The command line: a file a command, and `cli` with the parser of them all."""

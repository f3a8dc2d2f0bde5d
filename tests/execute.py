"""Runs a notebook from top to bottom, in its folder, and writes it back with its outputs.

    python tests/execute.py FILE.ipynb

A process of its own: what a kernel's sockets leave behind would be warnings of the test. They are files, not ports.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient
from traitlets.config import Config


def execute(path: Path) -> None:
    found, where = nbformat.read(path, as_version=4), {"metadata": {"path": str(path.parent)}}
    with TemporaryDirectory() as sockets:
        local = {"connection_file": f"{sockets}/kernel", "transport": "tcp" if sys.platform == "win32" else "ipc"}
        NotebookClient(found, resources=where, timeout=600, config=Config(KernelManager=local)).execute()
    nbformat.write(found, path)


if __name__ == "__main__":
    execute(Path(sys.argv[1]))

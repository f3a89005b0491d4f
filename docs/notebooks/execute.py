"""Runs notebooks with a kernel and keeps their output: python execute.py KERNEL FOLDER NOTEBOOK... Fails on a cell that
does."""

import pathlib
import sys

import nbclient
import nbformat

kernel, folder = sys.argv[1:3]
for name in sys.argv[3:]:
    notebook = nbformat.read(name, as_version=4)
    nbclient.NotebookClient(notebook, timeout=240, startup_timeout=240, iopub_timeout=60, kernel_name=kernel).execute()
    nbformat.write(notebook, pathlib.Path(folder) / pathlib.Path(name).name)

"""Runs notebooks with their kernel and keeps what they showed: python execute.py NOTEBOOK OUT. Fails on a cell that does."""

import sys

import nbclient
import nbformat

notebook = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(notebook, timeout=240, startup_timeout=240, iopub_timeout=60, kernel_name="java").execute()
nbformat.write(notebook, sys.argv[2])

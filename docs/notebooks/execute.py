"""Runs notebooks with their kernel and keeps what they showed: python execute.py NOTEBOOK OUT. Fails on a cell that does."""

import sys

import nbclient
import nbformat

notebook = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(notebook, timeout=240, kernel_name="java").execute()
nbformat.write(notebook, sys.argv[2])

"""Removes from jars, named by the arguments, the native libraries that FAISS and ONNX Runtime do not load on Linux."""

import os
import re
import sys
import zipfile

# ONNX Runtime's libraries for other systems, OpenBLAS's headers, and its other bindings.
UNUSED = re.compile(
    r"ai/onnxruntime/native/(?!linux-x64/)"
    r"|org/bytedeco/openblas/linux-x86_64/(?!libopenblas\.so\.0$|libjniopenblas\.so$|libgfortran|libquadmath|libgcc)"
)

for name in sys.argv[1:]:
    with zipfile.ZipFile(name) as source, zipfile.ZipFile(name + ".part", "w", zipfile.ZIP_DEFLATED) as slim:
        for entry in source.infolist():
            if not UNUSED.match(entry.filename):
                slim.writestr(entry, source.read(entry))
    os.replace(name + ".part", name)

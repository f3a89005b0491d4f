"""Rewrites the jars named by the arguments for an archive: without what FAISS and ONNX Runtime do not load on Linux on x86-64,
and uncompressed, since the archive compresses better."""

import os
import re
import sys
import zipfile

# ONNX Runtime's libraries for other systems, OpenBLAS's headers and its binding for all of LAPACK.
UNUSED = re.compile(
    r"ai/onnxruntime/native/(?!linux-x64/)"
    r"|org/bytedeco/openblas/linux-x86_64/(include/|lib/|libjniopenblas_full)"
)

for name in sys.argv[1:]:
    with zipfile.ZipFile(name) as source, zipfile.ZipFile(name + ".part", "w", zipfile.ZIP_STORED) as slim:
        for entry in source.infolist():
            if not UNUSED.match(entry.filename):
                slim.writestr(entry.filename, source.read(entry))
    os.replace(name + ".part", name)

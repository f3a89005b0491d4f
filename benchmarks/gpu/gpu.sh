#!/usr/bin/env bash
# Compares one GPU with the processors, in at most eight minutes. `./run gpu` makes the folder of this script, and
# `./run gpu --pack FILE` an archive of it for a machine without a network:
#   tar -xJf FILE && earth-embed-gpu/gpu.sh [--out FOLDER] [--device N] [--rows N] [--dimension N] [--seconds N]
# CUDA_LIBRARIES names folders with CUDA's runtime and cuBLAS, separated by colons; without it they are looked for in the
# system's places and in the packages of python3. ONNX_RUNTIME names a folder with a CUDA build of ONNX Runtime
# (libonnxruntime.so, libonnxruntime4j_jni.so and the providers). The status is 3 if there is no GPU, 1 if the index contract
# does not hold there.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
java=java
[ ! -x "$here/jre/bin/java" ] || java="$here/jre/bin/java"
arguments=("$@")
out=$PWD/gpu-report
for ((i = 0; i < $#; i++)); do
  if [ "${arguments[i]}" = --out ]; then out=${arguments[i + 1]}; fi
done
mkdir -p "$out"

# The folders of NVIDIA's Python packages.
if [ -z "${CUDA_LIBRARIES:-}" ] && command -v python3 >/dev/null; then
  CUDA_LIBRARIES=$(python3 -c 'import glob, sys
print(":".join(f for p in sys.path for f in sorted(glob.glob(p + "/nvidia/*/lib"))))')
fi
options=(-Xmx2g -XX:MaxDirectMemorySize=8g --add-opens=java.base/java.nio=ALL-UNNAMED
  "-Dearthembed.cuda.libraries=${CUDA_LIBRARIES:-}")
[ -z "${ONNX_RUNTIME:-}" ] || options+=("-Donnxruntime.native.path=$ONNX_RUNTIME")
main=("$java" "${options[@]}" -cp "$here/lib/*" io.earthembed.benchmarks.Gpu --out "$out" "$@")

"${main[@]}" --check yes || exit $?
echo "The index contract on the GPU (log: $out/contract.log) ..."
status=0
timeout 120 "$java" "${options[@]}" -cp "$here/lib/*:$here/tests/*" org.junit.platform.console.ConsoleLauncher execute \
  --select-class=io.earthembed.faiss.FaissGpuFlatContractTest --select-class=io.earthembed.faiss.FaissGpuIvfContractTest \
  --details=tree --disable-banner --disable-ansi-colors >"$out/contract.log" 2>&1 || status=$?
contract="$(grep -oE '[0-9]+ tests (successful|failed|skipped)' "$out/contract.log" | paste -sd, || true)"
[ "$status" != 124 ] || contract="stopped after two minutes"
"${main[@]}" --contract "${contract:-it did not start}"
[ "$status" = 0 ] || { echo "The index contract does not hold on the GPU; see $out/contract.log" >&2; exit 1; }

#!/usr/bin/env bash
# Encoding side by side: run.sh [THREADS [BATCH [SECONDS]]], after ./run bench has built once. Prints what each does in a
# second and the ratio. Makes a Python environment of its own, with pinned versions, in benchmarks/target.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
threads=${1:-2} batch=${2:-64} seconds=${3:-5}
work="$root/benchmarks/target/peer-encoding"
mkdir -p "$work"
if [ ! -e "$work/venv/ready" ]; then
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
  touch "$work/venv/ready"
fi
model="$root/earth-embed-onnx/src/main/resources/io/earthembed/onnx/demo/image.onnx"
# One after the other, twice, so that neither has the quieter machine; the better of each counts.
for round in 1 2; do
  "$work/venv/bin/python" "$here/peer.py" "$model" "$threads" "$batch" "$seconds" > "$work/python.$round"
  java -Xmx2g -cp "$(cat "$root/benchmarks/target/classpath.txt"):$root/benchmarks/target/classes" \
    io.earthembed.benchmarks.EncodePeer "$threads" "$batch" "$seconds" > "$work/java.$round"
done
printf '%-28s %12s %12s %8s\n' "work, a second" Java Python ratio
awk -F'\t' '
  FILENAME ~ /python/ { if ($2 > py[$1]) py[$1] = $2; if (!($1 in seen)) { seen[$1] = 1; name[++n] = $1 } }
  FILENAME ~ /java/ && !/^garbage/ { if ($2 > jv[$1]) jv[$1] = $2 }
  END { for (i = 1; i <= n; i++) { k = name[i]; printf "%-28s %12.1f %12.1f %8.2f\n", k, jv[k], py[k], jv[k] / py[k] } }
' "$work"/python.[12] "$work"/java.[12]
grep garbage "$work/java.2"

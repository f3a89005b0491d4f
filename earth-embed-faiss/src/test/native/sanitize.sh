#!/usr/bin/env bash
# The native code under memory checkers: sanitize.sh, after the module has been built once. Needs g++ and valgrind.
# FAISS's own library is not instrumented: under AddressSanitizer its allocations and memory functions are watched, and
# our headers wholly; under valgrind everything is.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
module=$(cd "$here/../../.." && pwd)
native="$module/target/native"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
openblas=$(dirname "$(find "$module/target/openblas" -name libopenblas.so.0)")
source "$module/target.sh"
build() { # name, flags
  g++ -std=c++17 -g -fopenmp -mavx2 -mfma -ffunction-sections -fdata-sections "${wrap[@]}" -Wl,--gc-sections "${@:2}" -I"$native/include" -I"$module/src/main/native" \
    "$here/exercise.cpp" "$native/avx2/libfaiss.a" -L"$openblas" -l:libopenblas.so.0 -o "$work/$1"
}
# FAISS's headers read mapped data at any alignment, which x86 allows.
build address -O1 -fsanitize=address,undefined -fno-sanitize=alignment -fno-sanitize-recover=undefined
export LD_LIBRARY_PATH="$openblas" OPENBLAS_NUM_THREADS=1
ASAN_OPTIONS=detect_leaks=1 "$work/address" "$work"
echo "AddressSanitizer, UndefinedBehaviorSanitizer: nothing found"
build plain -O2
OMP_NUM_THREADS=1 valgrind --quiet --error-exitcode=9 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite "$work/plain" "$work"
echo "valgrind: nothing found"

#!/usr/bin/env bash
# Builds the libraries of the platforms other than linux-x86_64: platforms.sh TARGET-FOLDER, after the classes are compiled.
# JAVACPP and OPENBLAS_VERSION are those of binding.sh. Needs the compilers that target.sh names, ZIG (the command of zig),
# Debian's libomp-dev and llvm, and OPENMP, the OpenMP library of macOS.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
target=$1
export CLASSES="$target/classes" OMP_HEADERS="$target/openmp" PATH="$PATH:$(echo /usr/lib/llvm-*/bin)"

# omp.h alone: the folder that has it has headers of another compiler too.
mkdir -p "$OMP_HEADERS"
cp "$(find /usr/lib/llvm-*/lib/clang/*/include -name omp.h | head -n 1)" "$OMP_HEADERS/"

for platform in linux-arm64 windows-x86_64 macosx-arm64; do
  folder="$target/openblas/org/bytedeco/openblas/$platform"
  case "$platform" in
    linux-arm64) library=libopenblas.so.0 ;;
    windows-x86_64) library=libopenblas.dll ;;
    macosx-arm64) library=libopenblas.0.dylib ;;
  esac
  export TARGET="$platform" OPENBLAS="$folder/$library" NATIVE="$target/native-$platform"
  "$here/cppbuild.sh" "$NATIVE"
  "$here/binding.sh" "$CLASSES/io/earthembed/faiss/internal"
done

licenses="$CLASSES/META-INF/licenses"
mkdir -p "$licenses/libomp" "$licenses/mingw-w64"
cp "$(find /usr/share/doc -path '*/libomp*-dev/copyright' -o -path '*/libomp5*/copyright' | sort | head -n 1)" "$licenses/libomp/copyright"
cp /usr/share/doc/mingw-w64-common/copyright "$licenses/mingw-w64/copyright"

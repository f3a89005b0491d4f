#!/usr/bin/env bash
# Builds the binding of one target, with the compiler that target.sh names for it: the same bytes wherever it runs.
# Usage: binding.sh OUT. Writes OUT/TARGET/ and OUT/TARGET-avx2/, each with the library and the OpenMP runtime that it loads.
# TARGET and VARIANTS are those of cppbuild.sh, NATIVE is the folder that cppbuild.sh made, OPENBLAS the target's OpenBLAS
# library, CLASSES the folder of the compiled classes, JAVACPP its jar. The target macosx-arm64 also needs OPENMP, the
# OpenMP library of macOS. The variant cuda is avx2 with GPUs; it needs GPU, the folder that cuda.sh made. It names in
# needed.txt the libraries of CUDA that it loads.
set -euo pipefail

out=$1
here="$(cd "$(dirname "$0")" && pwd)"
source "$here/target.sh"
read -ra variants <<<"${VARIANTS:-generic avx2}"
[ "$TARGET" = linux-x86_64 ] || variants=(generic)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
native=$(readlink -f "$NATIVE")
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
home=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.home = //p')

# In a process of its own: the order of the functions depends on what the JVM has loaded before.
"$java" -XX:+UseSerialGC -cp "$JAVACPP:$CLASSES" org.bytedeco.javacpp.tools.Builder -nocompile \
  -classpath "$CLASSES" -d "$work" 'io.earthembed.faiss.internal.*' >"$work/log" 2>&1 ||
  { cat "$work/log" >&2; exit 1; }

flags=(-std=gnu++17 -O3 -pthread "${target_flags[@]}" -ffunction-sections -fdata-sections -Wno-invalid-offsetof -Wno-unused-function
  "-ffile-prefix-map=$native=faiss" "-ffile-prefix-map=$here/src/main/native=native" "-ffile-prefix-map=$work=." "-ffile-prefix-map=$home=jdk"
  -I"$native/include" -I"$here/src/main/native" -I"$home/include" -I"$home/include/linux")
name=libjniFaiss.so
case "$TARGET" in
  linux-*)
    link=(-shared -s -Wl,-rpath,'$ORIGIN/' -Wl,-z,noexecstack -Wl,-Bsymbolic -Wl,--gc-sections "${wrap[@]}" "$OPENBLAS")
    flags+=(-ffp-contract=fast)
    runtime=("$($CXX -print-file-name=libgomp.so.1)")
    ;;
  windows-x86_64)
    name=jniFaiss.dll
    # Java's names of files go to FAISS in UTF-8.
    flags+=(-ffp-contract=fast '-DSTRING_BYTES_CHARSET="UTF-8"')
    link=(-shared -s -static -Wl,--gc-sections -Wl,--no-insert-timestamp "${wrap[@]}" "$OPENBLAS")
    runtime=()
    ;;
  macosx-arm64)
    name=libjniFaiss.dylib
    # The runtime beside the library is found whatever name it has given itself, so it stays as LLVM signed it.
    { printf -- "--- !tapi-tbd\ntbd-version: 4\ntargets: [ arm64-macos ]\ninstall-name: '@rpath/libomp.dylib'\nexports:\n  - targets: [ arm64-macos ]\n    symbols: [ "
      llvm-nm -gU --just-symbol-name "$OPENMP" | sort | sed "s/.*/'&'/" | paste -sd ,
      printf ' ]\n...\n'; } >"$work/libomp.tbd"
    # JavaCPP unpacks OpenBLAS to a folder that has its jar's name.
    blas="@loader_path/../../../../../../openblas-$OPENBLAS_VERSION-macosx-arm64.jar/org/bytedeco/openblas/macosx-arm64"
    link=(-shared -s -Wl,-dead_strip -Wl,-install_name,@rpath/$name -Wl,-rpath,@loader_path/. "-Wl,-rpath,$blas" "$OPENBLAS" "$work/libomp.tbd")
    runtime=("$OPENMP")
    ;;
esac
for variant in "${variants[@]}"; do
  more=()
  folder="$out/$TARGET"
  archives=("$native/$variant/libfaiss.a")
  if [ "$variant" != generic ]; then
    more=(-mavx2 -mfma -mf16c)
    folder+=-$variant
  fi
  rm -rf "$folder"
  mkdir -p "$folder"
  if [ "$variant" = cuda ]; then
    gpu=$(readlink -f "$GPU")
    toolkit=$(readlink -f "$gpu/toolkit")
    archives=("$gpu/libfaiss_gpu.a" "$native/avx2/libfaiss.a")
    # The names with the version, which are in the folder of a toolkit and in that of its Python packages.
    for library in cudart cublasLt cublas; do
      found=$(find "$toolkit/lib64/" "$toolkit/lib/" -name "lib$library.so.[0-9]*" 2>/dev/null | sort | head -n 1 || true)
      [ -n "$found" ] || { echo "lib$library.so is in neither $toolkit/lib64 nor $toolkit/lib" >&2; exit 1; }
      [ "$library" = cublasLt ] || archives+=("$found")
      readelf -d "$found" | sed -n 's/.*(SONAME).*\[\(.*\)\].*/\1/p' >>"$folder/needed.txt"
    done
    more+=(-DEARTH_EMBED_CUDA "-I$toolkit/include" "-ffile-prefix-map=$toolkit=cuda")
  fi
  for source in jnijavacpp jniFaiss; do
    (cd "$work" && $CXX "${flags[@]}" "${more[@]}" -c "$source.cpp" -o "$source.o")
  done
  # From the folder itself, so that the linker writes no path into the library.
  (cd "$work" && $CXX jnijavacpp.o jniFaiss.o "${target_flags[@]}" -pthread "${archives[@]}" "${link[@]}" -o "$folder/$name")
  for library in "${runtime[@]}"; do cp -L "$library" "$folder/"; done
done

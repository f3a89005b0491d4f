#!/usr/bin/env bash
# Builds FAISS's static libraries, generic and AVX2, once for each version and set of flags, outside the working tree.
# Usage: cppbuild.sh LINK. Afterwards LINK points at a folder with include/, generic/libfaiss.a and avx2/libfaiss.a.
# OPENBLAS must name the libopenblas.so.0 that FAISS is to call. With CUDA=on FAISS's GPU sources are built too, for the
# architectures in CUDA_ARCHITECTURES (75 unless said otherwise), by the nvcc on the PATH. LINK.options gets what the
# compiler of the binding must be told.
set -euo pipefail

link=$1
# The crate faiss-sys carries FAISS's own sources, whole: 0.7.0 has FAISS 1.12.0.
crate=0.7.0
version=1.12.0
sha256=c4a8fa67f7070bb81f41dc71c98813b3e40a66bedab12d6c2ac2af50f0837a7e
flags=(-DCMAKE_BUILD_TYPE=Release -DFAISS_OPT_LEVEL=avx2 -DFAISS_ENABLE_GPU=OFF -DFAISS_ENABLE_PYTHON=OFF
  -DFAISS_ENABLE_MKL=OFF -DFAISS_ENABLE_EXTRAS=OFF -DFAISS_ENABLE_C_API=OFF -DBUILD_TESTING=OFF
  -DBUILD_SHARED_LIBS=OFF -DCMAKE_POSITION_INDEPENDENT_CODE=ON)
options=
if [ "${CUDA:-off}" = on ]; then
  nvcc=$(command -v nvcc) || { echo "CUDA=on needs nvcc on the PATH" >&2; exit 1; }
  toolkit=$(cd "$(dirname "$nvcc")/.." && pwd)
  flags=("${flags[@]/FAISS_ENABLE_GPU=OFF/FAISS_ENABLE_GPU=ON}" -DFAISS_ENABLE_CUVS=OFF
    "-DCMAKE_CUDA_ARCHITECTURES=${CUDA_ARCHITECTURES:-75}" "-DCMAKE_CUDA_COMPILER=$nvcc" "-DCUDAToolkit_ROOT=$toolkit")
  options="-DEARTH_EMBED_CUDA -I$toolkit/include -L$toolkit/lib64 -L$toolkit/lib -Wl,--no-as-needed -lcudart -lcublas"
fi

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

compiler=$(c++ --version | head -n 1)
key=$(printf '%s\n' "$crate" "$sha256" "$compiler" "${flags[@]}" | sha256sum | cut -c 1-12)
cache="${EARTH_EMBED_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/earth-embed}/faiss"
built="$cache/$version-$key"

# What the compiler's -lopenblas looks for beside it.
ln -sfn "$(basename "$OPENBLAS")" "$(dirname "$OPENBLAS")/libopenblas.so"

point_link() {
  mkdir -p "$(dirname "$link")"
  ln -sfn "$built" "$link"
  printf '%s\n' "$options" >"$link.options"
}

if [ -e "$built/avx2/libfaiss.a" ]; then
  point_link
  exit 0
fi

command -v cmake >/dev/null || fail "FAISS needs cmake. Install it with: apt-get install -y cmake"
command -v ninja >/dev/null || fail "FAISS needs ninja. Install it with: apt-get install -y ninja-build"
command -v cargo >/dev/null ||
  fail "FAISS's sources come as a cargo package. Install cargo with: apt-get install -y cargo (Debian 12: cargo-web)"

mkdir -p "$cache"
work=$(mktemp -d "$cache/building.XXXXXX")
trap 'rm -rf "$work"' EXIT
echo "Building FAISS $version for this machine, once: about seven minutes on two cores ..."

# Only the download is cargo's: nothing of Rust is compiled. Its own home keeps the user's untouched.
mkdir -p "$work/fetch"
printf '[package]\nname = "fetch"\nversion = "0.0.0"\n[lib]\npath = "none.rs"\n[dependencies]\nfaiss-sys = "=%s"\n' "$crate" \
  >"$work/fetch/Cargo.toml"
touch "$work/fetch/none.rs"
config="${CARGO_HOME:-$HOME/.cargo}/config.toml"
export CARGO_HOME="$work/cargo"
[ ! -e "$config" ] || { mkdir -p "$CARGO_HOME" && cp "$config" "$CARGO_HOME/"; }
(cd "$work/fetch" && cargo fetch -q >"$work/fetch.log" 2>&1) ||
  fail "FAISS's sources (cargo package faiss-sys $crate) could not be downloaded: $(tail -n 3 "$work/fetch.log")"
package=$(find "$CARGO_HOME/registry/cache" -name "faiss-sys-$crate.crate")
echo "$sha256  $package" | sha256sum --check --status || fail "faiss-sys $crate is not the package that was expected."
tar -xzf "$package" -C "$work"
source="$work/faiss-sys-$crate/faiss"

log="$cache/build.log"
{
  cmake -G Ninja -S "$source" -B "$work/build" "${flags[@]}" \
    -DBLAS_LIBRARIES="$OPENBLAS" -DLAPACK_LIBRARIES="$OPENBLAS" &&
    ninja -C "$work/build" faiss faiss_avx2
} >"$log" 2>&1 || fail "FAISS did not build; the end of $log:
$(tail -n 20 "$log")"

mkdir -p "$work/out/generic" "$work/out/avx2" "$work/out/include"
cp "$work/build/faiss/libfaiss.a" "$work/out/generic/libfaiss.a"
cp "$work/build/faiss/libfaiss_avx2.a" "$work/out/avx2/libfaiss.a"
(cd "$source" && find faiss -name '*.h' -not -path '*/python/*' -exec cp --parents {} "$work/out/include" \;)
cp "$source/LICENSE" "$work/out/LICENSE"
# Another build may have come first; either is as good.
mv -T "$work/out" "$built" 2>/dev/null || [ -e "$built/avx2/libfaiss.a" ] || fail "$built could not be written"
point_link

#!/usr/bin/env bash
# Builds FAISS's static libraries once for each version, target, compiler and set of flags, outside the working tree.
# Usage: cppbuild.sh [LINK]. Afterwards LINK points at a folder with include/, LICENSE and VARIANT/libfaiss.a.
# TARGET names the platform to build for (default linux-x86_64); see target.sh for the compilers.
# VARIANTS names what is built (default "generic avx2"); "avx2" alone is enough for a processor that has it. The other
# targets have "generic" alone.
# With CUDA=on cmake and ninja build FAISS's GPU sources too, for the architectures in CUDA_ARCHITECTURES (default 75), with
# the nvcc on the PATH. LINK.options gets the options that the compiler of the binding needs then.
set -euo pipefail

link=${1:-}
native="$(cd "$(dirname "$0")" && pwd)/src/main/native"
# The crate faiss-sys carries FAISS's own sources, whole: 0.7.0 has FAISS 1.12.0.
crate=0.7.0
version=1.12.0
sha256=c4a8fa67f7070bb81f41dc71c98813b3e40a66bedab12d6c2ac2af50f0837a7e
source "$(dirname "$0")/target.sh"
read -ra variants <<<"${VARIANTS:-generic avx2}"
[ "$TARGET" = linux-x86_64 ] || variants=(generic)
# Hidden symbols in sections of their own: the linker of the binding drops all code that nothing calls.
flags=(-std=gnu++17 -DNDEBUG -DFINTEGER=int "${target_flags[@]}" -fvisibility=hidden -ffunction-sections -fdata-sections)
declare -A variant_flags=([generic]="" [avx2]="-mavx2 -mfma -mf16c -mpopcnt")
options=
if [ "${CUDA:-off}" = on ]; then
  nvcc=$(command -v nvcc) || { echo "CUDA=on needs nvcc on the PATH" >&2; exit 1; }
  toolkit=$(cd "$(dirname "$nvcc")/.." && pwd)
  variants=(generic avx2)
  flags=(-DCMAKE_BUILD_TYPE=Release -DFAISS_OPT_LEVEL=avx2 -DFAISS_ENABLE_GPU=ON -DFAISS_ENABLE_CUVS=OFF -DFAISS_ENABLE_PYTHON=OFF
    -DFAISS_ENABLE_MKL=OFF -DFAISS_ENABLE_EXTRAS=OFF -DFAISS_ENABLE_C_API=OFF -DBUILD_TESTING=OFF
    -DBUILD_SHARED_LIBS=OFF -DCMAKE_POSITION_INDEPENDENT_CODE=ON
    "-DCMAKE_CUDA_ARCHITECTURES=${CUDA_ARCHITECTURES:-75}" "-DCMAKE_CUDA_COMPILER=$nvcc" "-DCUDAToolkit_ROOT=$toolkit")
  options="-DEARTH_EMBED_CUDA -I$toolkit/include -L$toolkit/lib64 -L$toolkit/lib -Wl,--no-as-needed -lcudart -lcublas"
fi

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Prints a line for each source: its path and how much the compiler is to optimize.
sources() {
  {
    # FAISS has no lists on disk on Windows.
    if [ "$TARGET" = windows-x86_64 ]; then sed '/OnDiskInvertedLists/d' "$native/faiss-sources.txt"; else cat "$native/faiss-sources.txt"; fi
    # Only the linker of ELF forgives undefined symbols in code that it drops.
    [[ $TARGET = linux-* ]] || printf 'IndexBinary%s.cpp cold\n' '' Flat FromFloat HNSW Hash IVF
  } | sed '/^#/d; s/ cold$/ O1/; t; s/$/ O3/'
}

compiler=$($CXX --version 2>/dev/null | head -n 1) ||
  fail "FAISS needs a C++ compiler for $TARGET. Install it with: $target_install"
# The patches for every target, and those in the folder of this one.
shopt -s nullglob
patches=("$native"/patches/*.patch "$native/patches/$TARGET"/*.patch)
key=$({
  printf '%s\n' "$sha256" "$compiler" "${flags[@]}" "${variant_flags[avx2]}"
  cat "$native"/faiss-sources.txt "$native"/faiss-headers.h "${patches[@]}"
  [ "$TARGET" = linux-x86_64 ] || { echo "$TARGET"; sources; }
} | sha256sum | cut -c 1-12)
cache="${EARTH_EMBED_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/earth-embed}/faiss"
built="$cache/$version-$key"
log="$cache/build.log"

main() {
  mkdir -p "$cache"
  # One build at a time: a second one waits, and finds what the first has built.
  exec 9>"$cache/lock"
  flock 9
  local missing=()
  for variant in "${variants[@]}"; do
    [ -e "$built/$variant/libfaiss.a" ] || missing+=("$variant")
  done
  if [ "${#missing[@]}" != 0 ]; then
    work=$(mktemp -d "$cache/building.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    download
    add include
    add LICENSE
    if [ "${CUDA:-off}" = on ]; then build_with_cmake; else build "${missing[@]}"; fi
  fi
  [ -z "$link" ] || point_link
}

# Downloads FAISS's sources into $source. Only the download is cargo's: nothing of Rust is compiled. Its own home keeps the
# user's untouched.
download() {
  command -v cargo >/dev/null ||
    fail "FAISS's sources come as a cargo package. Install cargo with: apt-get install -y cargo (Debian 12: cargo-web)"
  mkdir -p "$work/fetch" "$work/out/include"
  printf '[package]\nname = "fetch"\nversion = "0.0.0"\n[lib]\npath = "none.rs"\n[dependencies]\nfaiss-sys = "=%s"\n' "$crate" \
    >"$work/fetch/Cargo.toml"
  touch "$work/fetch/none.rs"
  local config="${CARGO_HOME:-$HOME/.cargo}/config.toml"
  export CARGO_HOME="$work/cargo"
  [ ! -e "$config" ] || { mkdir -p "$CARGO_HOME" && cp "$config" "$CARGO_HOME/"; }
  (cd "$work/fetch" && cargo fetch -q >"$work/fetch.log" 2>&1) ||
    fail "FAISS's sources (cargo package faiss-sys $crate) could not be downloaded: $(tail -n 3 "$work/fetch.log")"
  local package
  package=$(find "$CARGO_HOME/registry/cache" -name "faiss-sys-$crate.crate")
  echo "$sha256  $package" | sha256sum --check --status || fail "faiss-sys $crate is not the package that was expected."
  tar -xzf "$package" -C "$work"
  source="$work/faiss-sys-$crate/faiss"
  (cd "$source" && find faiss -name '*.h' -not -path '*/python/*' -exec cp --parents {} "$work/out/include" \;)
  cp "$source/LICENSE" "$work/out/LICENSE"
}

# Compiles the variants with the C++ compiler alone: neither cmake nor ninja is needed.
build() {
  command -v patch >/dev/null || fail "FAISS's sources are patched. Install patch with: apt-get install -y patch"
  local change
  for change in "${patches[@]}"; do
    patch --quiet --fuzz=0 --strip=1 --directory="$source" <"$change" >"$log" 2>&1 ||
      fail "$change does not fit FAISS $version: $(cat "$log")"
  done
  local variant
  for variant in "$@"; do
    objects="$work/objects-$variant"
    # shellcheck disable=SC2206 # the flags of a variant are words
    # The names of the folders, which differ from build to build, do not get into the library.
    export CXX_FLAGS="${flags[*]} ${variant_flags[$variant]} -I$source -ffile-prefix-map=$work=." objects source
    mkdir -p "$objects/O1" "$objects/O3"
    { printf '%s\n' "headers O3" "headers O1" | xargs -P 2 -L 1 bash -c 'compile "$@" || exit 255' compile && sources | xargs -P "$(nproc)" -L 1 bash -c 'compile "$@" || exit 255' compile; } >"$log" 2>&1 &
    progress "$variant" $!
    mkdir -p "$work/out/$variant"
    (LC_ALL=C; $AR qcD "$work/out/$variant/libfaiss.a" "$objects"/*.o)
    add "$variant"
  done
}

# compile PATH LEVEL
compile() {
  local header="$objects/$2/headers.h"
  # shellcheck disable=SC2086
  if [ "$1" = headers ]; then
    cp "$native/faiss-headers.h" "$header"
    [ -z "$PRECOMPILED" ] || $CXX -$2 $CXX_FLAGS -x c++-header "$header" -o "$header.gch"
  else
    $CXX -$2 $CXX_FLAGS -include "$header" -c "$source/faiss/$1" -o "$objects/$(echo "${1%.cpp}" | tr / _).o"
  fi
}
export -f compile
export native

# progress VARIANT PID: says how far the compilers are, until they end.
progress() {
  local all part=1 started=$SECONDS
  all=$(sources | wc -l)
  echo "Compiling FAISS $version for $TARGET ($1), once for this machine: $target_seconds seconds on two idle cores."
  while kill -0 "$2" 2>/dev/null; do
    sleep 1
    local done
    done=$(find "$objects" -name '*.o' | wc -l)
    if [ $((done * 4)) -ge $((all * part)) ] && [ "$part" -lt 4 ]; then
      echo "  $done of $all files after $((SECONDS - started)) s"
      part=$((part + 1))
    fi
  done
  wait "$2" || fail "FAISS did not compile; the end of $log:
$(tail -n 20 "$log")"
}

build_with_cmake() {
  command -v cmake >/dev/null || fail "The CUDA build needs cmake. Install it with: apt-get install -y cmake"
  command -v ninja >/dev/null || fail "The CUDA build needs ninja. Install it with: apt-get install -y ninja-build"
  echo "Building FAISS $version with its GPU sources: this takes hours ..."
  {
    cmake -G Ninja -S "$source" -B "$work/build" "${flags[@]}" \
      -DBLAS_LIBRARIES="$OPENBLAS" -DLAPACK_LIBRARIES="$OPENBLAS" &&
      ninja -C "$work/build" faiss faiss_avx2
  } >"$log" 2>&1 || fail "FAISS did not build; the end of $log:
$(tail -n 20 "$log")"
  mkdir -p "$work/out/generic" "$work/out/avx2"
  cp "$work/build/faiss/libfaiss.a" "$work/out/generic/libfaiss.a"
  cp "$work/build/faiss/libfaiss_avx2.a" "$work/out/avx2/libfaiss.a"
  add generic
  add avx2
}

# add NAME: moves a finished part into the cache, in one step.
add() {
  mkdir -p "$built"
  [ -e "$built/$1" ] || mv -T "$work/out/$1" "$built/$1"
}

point_link() {
  # The compiler's -lopenblas looks for this name.
  [[ $TARGET != linux-* ]] || ln -sfn "$(basename "$OPENBLAS")" "$(dirname "$OPENBLAS")/libopenblas.so"
  mkdir -p "$(dirname "$link")"
  ln -sfn "$built" "$link"
  printf '%s\n' "$options" >"$link.options"
}

main

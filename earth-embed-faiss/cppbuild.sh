#!/usr/bin/env bash
# Builds FAISS's static libraries once for each version, target, compiler and set of flags, outside the working tree.
# Usage: cppbuild.sh [LINK]. Afterwards LINK points at a folder with include/, LICENSE and VARIANT/libfaiss.a.
# TARGET names the platform to build for (default linux-x86_64); see target.sh for the compilers.
# VARIANTS names what is built (default "generic avx2"); "avx2" alone is enough for a processor that has it. The other
# targets have "generic" alone.
set -euo pipefail

link=${1:-}
native="$(cd "$(dirname "$0")" && pwd)/src/main/native"
source "$(dirname "$0")/faiss-source.sh"
source "$(dirname "$0")/target.sh"
read -ra variants <<<"${VARIANTS:-generic avx2}"
[ "$TARGET" = linux-x86_64 ] || variants=(generic)
# Hidden symbols in sections of their own: the linker of the binding drops all code that nothing calls.
flags=(-std=gnu++17 -DNDEBUG -DFINTEGER=int "${target_flags[@]}" -fvisibility=hidden -ffunction-sections -fdata-sections)
declare -A variant_flags=([generic]="" [avx2]="-mavx2 -mfma -mf16c -mpopcnt")
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
    mkdir -p "$work/out/include"
    (cd "$source" && find faiss -name '*.h' -not -path '*/python/*' -exec cp --parents {} "$work/out/include" \;)
    cp "$source/LICENSE" "$work/out/LICENSE"
    add include
    add LICENSE
    build "${missing[@]}"
  fi
  [ -z "$link" ] || point_link
}

# Compiles the variants with the C++ compiler alone: neither cmake nor ninja is needed.
build() {
  apply "${patches[@]}"
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
}

main

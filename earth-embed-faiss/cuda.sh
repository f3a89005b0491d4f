#!/usr/bin/env bash
# Compiles FAISS's GPU sources for Linux on x86-64 once for each version, toolkit and list of architectures, outside the
# working tree. Usage: cuda.sh LINK. Afterwards LINK points at a folder with libfaiss_gpu.a, toolkit (a link to CUDA's
# include and lib) and architectures. The rest of FAISS is that of cppbuild.sh.
# CUDA_ARCHITECTURES names the GPUs (default "75 80 90", from Turing to Hopper). Later GPUs are served by the driver, which
# compiles the code of the first one named as it loads it.
# nvcc comes from the PATH, otherwise from NVIDIA's Python packages (see src/main/native/gpu/requirements.txt).
# A build that was stopped goes on where it was: finished objects are kept.
set -euo pipefail

link=$1
here="$(cd "$(dirname "$0")" && pwd)"
native="$here/src/main/native/gpu"
source "$here/faiss-source.sh"
TARGET=linux-x86_64
source "$here/target.sh"
read -ra architectures <<<"${CUDA_ARCHITECTURES:-75 80 90}"
patches=("$native"/*.patch)
cuda="$cache/../cuda"

main() {
  mkdir -p "$cuda"
  cuda=$(cd "$cuda" && pwd)
  exec 9>"$cuda/lock"
  flock 9
  find_toolkit
  local compiler
  compiler=$($CXX --version 2>/dev/null | head -n 1) || fail "The CUDA build needs a C++ compiler: apt-get install -y g++"
  # The instructions are written for the first architecture, and compiled for each.
  local code
  code=$(printf ',sm_%s' "${architectures[@]}")
  flags=(-std=c++17 -O3 -DNDEBUG -DFINTEGER=int -Xfatbin=-compress-all --expt-extended-lambda --expt-relaxed-constexpr
    "-gencode=arch=compute_${architectures[0]},code=[compute_${architectures[0]}$code]"
    -Xcompiler=-fPIC,-fopenmp,-fvisibility=hidden,-ffunction-sections,-fdata-sections)
  local key
  key=$({
    printf '%s\n' "$sha256" "$compiler" "${flags[@]}"
    "$toolkit/bin/nvcc" --version | tail -n 2
    cat "$native"/gpu-sources.txt "$native"/scan.cuh "${patches[@]}"
  } | sha256sum | cut -c 1-12)
  built="$cuda/$version-$key"
  log="$built/build.log"
  if [ ! -e "$built/libfaiss_gpu.a" ]; then
    mkdir -p "$built"
    [ -e "$built/faiss" ] || unpack
    build
  fi
  ln -sfn "$toolkit" "$built/toolkit"
  printf '%s\n' "${architectures[*]}" >"$built/architectures"
  mkdir -p "$(dirname "$link")"
  ln -sfn "$built" "$link"
}

# Sets toolkit to a folder with bin/nvcc, include and lib.
find_toolkit() {
  local nvcc
  if nvcc=$(command -v nvcc); then
    toolkit=$(cd "$(dirname "$(readlink -f "$nvcc")")/.." && pwd)
    return
  fi
  local packages
  packages="$cuda/toolkit-$(sha256sum "$native/requirements.txt" | cut -c 1-12)"
  toolkit="$packages/nvidia/cu13"
  [ ! -e "$packages" ] || return 0
  echo "Downloading NVIDIA's CUDA toolkit (1 GB on disk), once for this machine: no nvcc is on the PATH."
  python3 -m pip --version >/dev/null 2>&1 ||
    fail "CUDA's toolkit comes as Python packages. Install pip with: apt-get install -y python3-pip, or put nvcc on the PATH"
  rm -rf "$packages.part"
  python3 -m pip install -q --no-deps --no-compile --target "$packages.part" -r "$native/requirements.txt" >"$cuda/toolkit.log" 2>&1 ||
    fail "CUDA's toolkit could not be downloaded; the end of $cuda/toolkit.log:
$(tail -n 5 "$cuda/toolkit.log")"
  mv "$packages.part" "$packages"
}

# Puts FAISS's sources, patched, into the folder of the build.
unpack() {
  work=$(mktemp -d "$cuda/building.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  download
  apply "${patches[@]}"
  mv "$source/faiss" "$built/faiss"
}

build() {
  local names=() done
  mapfile -t names < <(sed '/^#/d; s/ .*//' "$native/gpu-sources.txt")
  mkdir -p "$built/objects"
  export FLAGS="${flags[*]}" HOST_FLAGS="-std=gnu++17 -O3 -DNDEBUG -DFINTEGER=int ${target_flags[*]} -fvisibility=hidden -ffunction-sections -fdata-sections"
  export built native toolkit
  done=$(find "$built/objects" -name '*.o' | wc -l)
  echo "Compiling FAISS $version for GPUs (sm_${architectures[*]}), once for this machine: ${#names[@]} units, $done of them done before."
  printf '%s\n' "${names[@]}" | xargs -P "${CUDA_JOBS:-$(nproc)}" -I '{}' bash -c 'compile "$@" || exit 255' compile '{}' ||
    fail "FAISS's GPU sources did not compile; see the last log in $built/objects. Finished objects are kept."
  (cd "$built/objects" && LC_ALL=C $AR qcD "$built/libfaiss_gpu.a.part" ./*.o)
  mv "$built/libfaiss_gpu.a.part" "$built/libfaiss_gpu.a"
}

# compile UNIT
compile() {
  local object="$built/objects/$1" name sources started=$SECONDS extension=cu
  [ ! -e "$object.o" ] || return 0
  read -ra sources < <(grep "^$1 " "$native/gpu-sources.txt")
  sources=("${sources[@]:1}")
  case "${sources[0]}" in *.cpp) extension=cpp ;; esac
  if [ "${sources[0]}" = scan ]; then
    printf '#define CODEC %s\n#define METRIC %s\n#include <scan.cuh>\n' "${sources[1]}" "${sources[2]}"
  else
    printf '#include <faiss/%s>\n' "${sources[@]}"
  fi >"$object.$extension"
  # shellcheck disable=SC2086 # the flags are words
  if [ "$extension" = cpp ]; then
    $CXX $HOST_FLAGS -I"$built" -I"$toolkit/include" -c "$object.cpp" -o "$object.part"
  else
    "$toolkit/bin/nvcc" $FLAGS -ccbin "$CXX" -I"$built" -I"$native" -c "$object.cu" -o "$object.part"
  fi >"$object.log" 2>&1 || { tail -n 20 "$object.log" >&2; return 1; }
  mv "$object.part" "$object.o"
  echo "  $1 after $((SECONDS - started)) s"
}
export -f compile

main

# Code that the scripts share: set-up, building, a Python environment. Sourced first; afterwards the top of the tree is the
# current folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Maven uses the JDK that JAVA_HOME names; the programs that the scripts start use the same one.
[ -z "${JAVA_HOME:-}" ] || PATH="$JAVA_HOME/bin:$PATH"

# Java reads arguments and file names in the locale's encoding; an ASCII locale garbles other characters.
case "${LC_ALL:-${LC_CTYPE:-${LANG:-}}}" in '' | C | POSIX) export LC_ALL=C.UTF-8 ;; esac

cache="${EARTH_EMBED_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/earth-embed}"
logs="$cache/logs"

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# --- set-up -------------------------------------------------------------------------------------------------------

# set_up [quick | test | peers]: checks for a JDK and Maven, and installs the other programs that are missing. If FAISS's
# tools cannot be installed, quick goes on without FAISS.
set_up() {
  command -v java >/dev/null || fail "Missing: a JDK, 17 or newer. Install one with: apt-get install -y openjdk-17-jdk"
  command -v javac >/dev/null || fail "Missing: javac, a JDK rather than a JRE. Install one with: apt-get install -y openjdk-17-jdk"
  command -v mvn >/dev/null || fail "Missing: Maven. Install it with: apt-get install -y maven"
  [ "${1:-}" != quick ] || [ "$(uname -sm)" = "Linux x86_64" ] || return 0
  local missing
  # shellcheck disable=SC2207 # names of packages have no spaces
  missing=($(missing_packages "${1:-}"))
  [ "${#missing[@]}" != 0 ] || return 0
  if [ "${1:-}" = quick ]; then
    (install_packages "${missing[@]}") || echo "Going on without: what is there is enough to search in Java." >&2
  else
    install_packages "${missing[@]}"
  fi
}

missing_packages() {
  command -v g++ >/dev/null || echo g++
  command -v patch >/dev/null || echo patch
  has_cargo || cargo_package
  has_font || echo fonts-dejavu-core fontconfig
  # Tests open pages in a browser and run notebooks.
  if [ "${1:-}" = test ]; then
    { command -v chromium && command -v chromedriver; } >/dev/null || echo chromium chromium-driver
  fi
  # Peers and notebooks run in Python.
  [ "${1:-}" != test ] && [ "${1:-}" != peers ] || python3 -c 'import venv, ensurepip' 2>/dev/null || echo python3-venv
}

has_cargo() {
  local version
  version=$(cargo --version 2>/dev/null | sed -n 's/^cargo 1\.\([0-9]*\)\..*/\1/p')
  [ -n "$version" ] && [ "$version" -ge 68 ]
}

# Debian 12 names two versions of cargo: `cargo` is too old for today's registry protocol, `cargo-web` is not.
cargo_package() {
  if [ "$(. /etc/os-release && echo "${ID:-}${VERSION_ID:-}")" = debian12 ]; then echo cargo-web; else echo cargo; fi
}

has_font() {
  [ -n "$(find /usr/share/fonts /usr/local/share/fonts "$HOME/.fonts" -name '*.[to]t[fc]' -print -quit 2>/dev/null)" ] \
    && [ -e /etc/fonts/fonts.conf ]
}

install_packages() {
  local missing=("$@") sudo=()
  local command="apt-get install -y ${missing[*]}"
  [ "$(id -u)" = 0 ] || sudo=(sudo)
  command -v apt-get >/dev/null ||
    fail "Missing: ${missing[*]}. This script installs packages with apt-get only; install them with this system's package manager."
  [ "${#sudo[@]}" = 0 ] || command -v sudo >/dev/null ||
    fail "Missing: ${missing[*]}. Install them as root with: $command"
  echo "Installing with apt-get: ${missing[*]}"
  mkdir -p "$logs"
  "${sudo[@]}" apt-get update -qq >"$logs/apt.log" 2>&1 || true
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >>"$logs/apt.log" 2>&1 ||
    fail "Could not install ${missing[*]}: $(grep '^E: ' "$logs/apt.log" | head -n 1) (log: $logs/apt.log). Install them with: ${sudo[*]:+sudo }$command"
}

# set_up_platforms: installs the cross compilers of the other platforms' native libraries, and sets ZIG and OPENMP for
# earth-embed-faiss/platforms.sh. Fails if they cannot be installed.
set_up_platforms() {
  local missing=()
  command -v aarch64-linux-gnu-g++ >/dev/null || missing+=(g++-aarch64-linux-gnu)
  command -v x86_64-w64-mingw32-g++-posix >/dev/null || missing+=(g++-mingw-w64-x86-64-posix)
  compgen -G '/usr/lib/llvm-*/lib/clang/*/include/omp.h' >/dev/null || missing+=(libomp-dev)
  compgen -G '/usr/lib/llvm-*/bin/llvm-nm' >/dev/null || missing+=(llvm)
  python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3-venv)
  [ "${#missing[@]}" = 0 ] || install_packages "${missing[@]}"
  venv platforms earth-embed-faiss/src/main/native/requirements.txt ||
    fail "zig cannot be installed (log: $logs/platforms.log)."
  export ZIG="$cache/platforms/bin/python -m ziglang" OPENMP="$cache/platforms/macosx-arm64/faiss/.dylibs/libomp.dylib"
  [ -e "$OPENMP" ] || unpack_wheel macosx-arm64 macosx_14_0_arm64 faiss-cpu==1.12.0 \
    83e74cbde6fa5caceec5bc103c82053d50fde163e3ceabaa58c91508e984142b
}

# unpack_wheel FOLDER PLATFORM REQUIREMENT SHA256: unpacks a Python wheel for another platform into the cache.
unpack_wheel() {
  local folder="$cache/platforms/$1"
  rm -rf "$folder"
  mkdir -p "$folder/wheel"
  echo "$3 --hash=sha256:$4" >"$folder/wheel/requirements.txt"
  "$cache/platforms/bin/pip" download --quiet --no-deps --only-binary=:all: --python-version 3.11 --platform "$2" --dest "$folder/wheel" \
    --require-hashes --requirement "$folder/wheel/requirements.txt" &&
    python3 -m zipfile -e "$folder/wheel"/*.whl "$folder" && rm -rf "$folder/wheel" ||
    fail "$3 for $2 cannot be downloaded, or is not the file that was expected."
}

# venv NAME REQUIREMENTS: installs these packages into a Python environment in the cache, unless it has them.
venv() {
  local folder="$cache/$1"
  cmp -s "$2" "$folder/requirements.txt" && return
  echo "Installing the packages of $2 (log: $logs/$1.log) ..."
  mkdir -p "$logs"
  rm -rf "$folder"
  { python3 -m venv "$folder" && "$folder/bin/pip" install --requirement "$2"; } >"$logs/$1.log" 2>&1 &&
    cp "$2" "$folder/requirements.txt"
}

# node_tools NAME FOLDER: installs the npm packages of a folder's package-lock.json into the cache, unless it has them.
node_tools() {
  local folder="$cache/$1"
  command -v npm >/dev/null || return 1
  cmp -s "$2/package-lock.json" "$folder/package-lock.json" && [ -e "$folder/installed" ] && return
  echo "Installing the packages of $2 (log: $logs/$1.log) ..."
  mkdir -p "$logs" "$folder"
  rm -f "$folder/installed"
  cp "$2/package.json" "$2/package-lock.json" "$folder/"
  npm ci --prefix "$folder" --no-audit --no-fund >"$logs/$1.log" 2>&1 && touch "$folder/installed"
}

# --- building -----------------------------------------------------------------------------------------------------

# Runs Maven quietly, so that all it prints is an error. Removes bare color codes, and the warnings of new JDKs about
# old libraries within Maven.
maven() {
  mvn -B -q -ntp -Dstyle.color=never "$@" 2>&1 |
    sed 's/\x1b\[[0-9;]*m//g; /^WARNING: .*\(sun\.misc\.Unsafe\|UnsafeAtomicHelper\)/d; /^$/d'
}

# build MODULE [MAVEN-OPTIONS]: builds a module and what it needs for this machine, unless the last build is newer than
# every source.
build() {
  local variant built
  variant=$(faiss_variant)
  built="target/built-$1-$variant"
  [ ! -e "$built" ] || [ -n "$(find pom.xml earth-embed-* "$1" -name target -prune -o -path '*/src/main/*' -newer "$built" -print \
    -o \( -name pom.xml -o -name cppbuild.sh \) -newer "$built" -print)" ] ||
    return 0
  echo "Building earth-embed$(faiss_hint) ..."
  # Beside what Maven downloads and compiles. Maven waits for it when it comes to FAISS, and says why if it failed.
  [ "$variant" = none ] || VARIANTS=$variant earth-embed-faiss/cppbuild.sh 2>/dev/null &
  maven package "-Pfaiss-$variant" -DskipTests -pl "$1" -am "${@:2}"
  mkdir -p target
  touch "$built"
}

# The build of FAISS that this machine's processor needs; none where it cannot be built.
faiss_variant() {
  if [ "$(uname -sm)" != "Linux x86_64" ] || ! command -v c++ >/dev/null || ! command -v patch >/dev/null || ! has_cargo; then
    echo none
  elif grep -qw avx2 /proc/cpuinfo && grep -qw fma /proc/cpuinfo && grep -qw f16c /proc/cpuinfo; then echo avx2; else echo generic; fi
}

# Prints a hint if this machine has not compiled FAISS before.
faiss_hint() {
  [ "$(faiss_variant)" = none ] || compgen -G "$cache/faiss/*/*/libfaiss.a" >/dev/null || echo " (FAISS is compiled from source, once: one to two minutes)"
}

# java_main MODULE MEMORY MAIN-CLASS [ARGUMENT ...]: runs a main class of a module that `build` has built.
java_main() {
  exec java "-Xmx$2" -Djava.awt.headless=true --add-opens=java.base/java.nio=ALL-UNNAMED \
    -cp "$1/target/classes:$(cat "$1/target/classpath.txt")" "${@:3}"
}

# The compiler of each target, sourced by cppbuild.sh and binding.sh. Sets CXX, AR and PRECOMPILED (whether headers are
# precompiled), the target's flags for FAISS and the binding, and wrap, the linker's options for guard.h.
export TARGET=${TARGET:-linux-x86_64} CXX AR PRECOMPILED=yes
target_flags=(-fPIC -fopenmp)
target_seconds=80
case "$TARGET" in
  linux-x86_64)
    CXX=c++
    AR=ar
    target_install="apt-get install -y g++"
    ;;
  linux-arm64)
    CXX=aarch64-linux-gnu-g++
    AR=aarch64-linux-gnu-ar
    target_install="apt-get install -y g++-aarch64-linux-gnu"
    ;;
  windows-x86_64)
    # The variant with POSIX threads, which OpenMP needs. Its runtime libraries are linked in.
    CXX=x86_64-w64-mingw32-g++-posix
    AR=x86_64-w64-mingw32-ar
    target_flags=(-fopenmp -DFAISS_MAIN_LIB -D_WIN32_WINNT=0x0A00)
    target_install="apt-get install -y g++-mingw-w64-x86-64-posix"
    ;;
  macosx-arm64)
    # ZIG names the command of zig, as the Python package ziglang has it; OMP_HEADERS a folder with omp.h alone.
    zig=${ZIG:-python3 -m ziglang}
    CXX="$zig c++ -target aarch64-macos.11.0 -isystem ${OMP_HEADERS:-none}"
    AR="$zig ar"
    PRECOMPILED=
    target_flags=(-fPIC -Xclang -fopenmp -fno-sanitize=undefined)
    target_install="pip install ziglang"
    target_seconds=180
    ;;
  *)
    echo "Unknown target: $TARGET (linux-x86_64, linux-arm64, windows-x86_64 or macosx-arm64)" >&2
    exit 1
    ;;
esac

# Calls that the linker leads to guard.h, except on macOS. size_t is part of the names of two.
size=m
personality=__gxx_personality_v0
if [ "$TARGET" = windows-x86_64 ]; then
  size=y
  personality=_GCC_specific_handler
fi
wrapped=("$personality" _ZSt9terminatev abort GOMP_parallel GOMP_barrier GOMP_loop_end GOMP_critical_start GOMP_critical_end
  omp_set_lock omp_unset_lock "_Znw$size" "_Zna$size"
  _ZN5faiss14FaissExceptionC1ERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEEPKcSA_i)
wrap=("${wrapped[@]/#/-Wl,--wrap=}")

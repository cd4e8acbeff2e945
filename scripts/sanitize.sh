#!/usr/bin/env bash
# Builds the addon with AddressSanitizer into build/sanitized and runs the tests of the core with it.
# With arguments, runs those test files or folders instead. For Linux with GCC.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  echo "sanitize: $1" >&2
  exit 1
}

folder=$PWD/build/sanitized
reports=$folder/reports
runtime=$("${CXX:-c++}" -print-file-name=libasan.so)
[[ $runtime == /* ]] || fail "${CXX:-c++} has no libasan.so; this needs GCC, with its sanitizers"
libtorch=$(node -p "path.dirname(require('./dist/native/load').libtorchLibFolder())")
node_modules/.bin/cmake-js build --out "$folder" --CDTORCHTS_LIBTORCH="$libtorch" --CDTORCHTS_SANITIZE=ON --target torchts

# The sanitizer watches the whole heap, but sees only the accesses of our code and those of the C library. Of its checks
# these do not fit a process whose other parts, node and libtorch, know nothing of it:
options=(
  detect_leaks=0               # V8 and libtorch keep what they have until the process ends; the tests count tensors themselves
  allocator_may_return_null=1  # a tensor that is too large is an error for JavaScript, not the end
  handle_segv=0                # the fuzzer's own test ends a process by SIGSEGV, and wants to see that
  quarantine_size_mb=16        # what is freed waits to be touched again, and tests count resident memory
  max_allocation_size_mb=2000  # the fuzzer asks for more than there is
  detect_stack_use_after_return=1
  "log_path=$reports/asan"     # some tests read what their processes print
)
rm -rf "$reports"
mkdir -p "$reports"
status=0
(($# > 0)) || set -- test/native test/data test/nn test/optim test/tensor test/reference/accelerator.test.ts
export OMP_NUM_THREADS=1 TORCHTS_ADDON=$folder/Release/torchts.node ASAN_OPTIONS=$(IFS=: && echo "${options[*]}")
for tests in "$@"; do
  # Preloaded, since the program that starts, node, is not built with it. Freed memory is not kept in this build, so what
  # tests that does not fit.
  LD_PRELOAD=$runtime node node_modules/mocha/bin/mocha.js --timeout 900000 --ignore test/tensor/memory/allocator.test.ts "$tests" || status=1
done

# A process may have been expected to fail, so the reports count whatever the tests say.
if grep -rqs 'ERROR: AddressSanitizer' "$reports"; then
  cat "$reports"/*
  fail "the addon touched memory that is not its own; the reports are in $reports"
fi
((status == 0)) && echo 'AddressSanitizer has nothing to report'
exit "$status"

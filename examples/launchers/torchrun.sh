#!/bin/bash
# Python's torchrun starts processes of Node as its own: --no-python takes any command.
#
#     examples/launchers/torchrun.sh train.mjs                                           two processes on this machine
#     NNODES=2 ENDPOINT=10.0.0.1:29400 examples/launchers/torchrun.sh train.mjs          the same command on each of two
set -euo pipefail

exec torchrun \
  --nnodes "${NNODES:-1}" \
  --nproc-per-node "${NPROC:-2}" \
  --rdzv-backend c10d \
  --rdzv-endpoint "${ENDPOINT:-localhost:0}" \
  --max-restarts 3 \
  --no-python \
  node "$@"

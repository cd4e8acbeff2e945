#!/bin/bash
# Slurm: two nodes with four processes each. The project lies on a disk that all nodes share.
#
#     sbatch examples/launchers/slurm.sh train.mjs
#
#SBATCH --job-name=torchts
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=8
#SBATCH --time=04:00:00
#SBATCH --output=%x-%j.log
set -euo pipefail

# The first node serves the endpoint; jobs that share it have ports of their own.
hosts=$(scontrol show hostnames "$SLURM_JOB_NODELIST")
host=${hosts%%$'\n'*}
port=$((20000 + SLURM_JOB_ID % 10000))

# One launcher a node. It starts the processes, and all again when one fails; without --kill-on-bad-exit=0 srun would end the
# job with the first launcher that is lost.
srun --kill-on-bad-exit=0 npx torchts run \
  --nnodes "$SLURM_JOB_NUM_NODES" \
  --nproc "${NPROC:-4}" \
  --rdzv-id "$SLURM_JOB_ID" \
  --rdzv-endpoint "$host:$port" \
  --max-restarts 3 \
  "$@"

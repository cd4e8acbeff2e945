#!/bin/bash
# What mpirun starts in each slot: gives the numbers of Open MPI, or else of MPICH and Intel MPI, the names that
# torch.distributed reads. Open MPI passes variables on by -x, MPICH by -genv.
#
#     mpirun -np 4 --host a:2,b:2 -x MASTER_ADDR=a -x MASTER_PORT=29500 examples/launchers/mpirun.sh node train.mjs
set -euo pipefail

export RANK=${OMPI_COMM_WORLD_RANK:-${PMI_RANK:?is not set: start this by mpirun}}
export WORLD_SIZE=${OMPI_COMM_WORLD_SIZE:-${PMI_SIZE:?is not set: start this by mpirun}}
export LOCAL_RANK=${OMPI_COMM_WORLD_LOCAL_RANK:-${MPI_LOCALRANKID:-0}}
export LOCAL_WORLD_SIZE=${OMPI_COMM_WORLD_LOCAL_SIZE:-${MPI_LOCALNRANKS:-1}}
: "${MASTER_ADDR:?is not set: name the machine of rank 0}" "${MASTER_PORT:?is not set: choose a port of it}"
# Each process would else take a thread for each processor.
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}

exec "$@"

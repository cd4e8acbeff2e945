"""Ray Train: each of its workers starts a process of Node, which is one rank of torch.distributed.

    python examples/launchers/ray_train.py --workers 4 train.mjs

needs `pip install "ray[train]"`, and a project on a disk that all machines of the Ray cluster share; without a cluster Ray makes one of this
machine. A process that fails ends the others, which lose their connection to it; Ray starts all of them again, and the program goes on from
its last checkpoint.
"""

import argparse
import os
import socket
import subprocess


def main() -> None:
    from ray.train import FailureConfig, RunConfig, ScalingConfig
    from ray.train.v2.api.data_parallel_trainer import DataParallelTrainer

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=2, help="processes, over all machines")
    parser.add_argument("--cpus", type=int, default=1, help="processors of each process")
    parser.add_argument("--gpus", type=int, default=0, help="GPUs of each process")
    parser.add_argument("--max-restarts", type=int, default=3)
    parser.add_argument("program", help="a file of Node")
    parser.add_argument("args", nargs=argparse.REMAINDER, help="its arguments")
    given = parser.parse_args()
    trainer = DataParallelTrainer(
        train_worker,
        train_loop_config={"command": ["node", given.program, *given.args], "cwd": os.getcwd(), "cpus": given.cpus},
        scaling_config=ScalingConfig(
            num_workers=given.workers,
            use_gpu=given.gpus > 0,
            resources_per_worker={"CPU": given.cpus, **({"GPU": given.gpus} if given.gpus else {})},
        ),
        run_config=RunConfig(failure_config=FailureConfig(max_failures=given.max_restarts)),
    )
    trainer.fit()


def train_worker(config: dict) -> None:
    """What Ray calls in each worker."""
    from ray.train import get_context
    from ray.train.collective import broadcast_from_rank_zero

    context = get_context()
    rank = context.get_world_rank()
    address, port = broadcast_from_rank_zero(free_endpoint() if rank == 0 else None)
    ranks = {
        "RANK": rank,
        "WORLD_SIZE": context.get_world_size(),
        "LOCAL_RANK": context.get_local_rank(),
        "LOCAL_WORLD_SIZE": context.get_local_world_size(),
        "GROUP_RANK": context.get_node_rank(),
        "MASTER_ADDR": address,
        "MASTER_PORT": port,
    }
    # Each process would else take a thread for each processor.
    environment = {"OMP_NUM_THREADS": str(config["cpus"]), **os.environ, **{name: str(value) for name, value in ranks.items()}}
    subprocess.run(config["command"], cwd=config["cwd"], env=environment, check=True)


def free_endpoint() -> tuple[str, int]:
    """Where rank 0 can serve the others: its address in the cluster, and a port that nobody listens on."""
    from ray.util import get_node_ip_address

    with socket.socket() as server:
        server.bind(("", 0))
        return get_node_ip_address(), server.getsockname()[1]


if __name__ == "__main__":
    main()

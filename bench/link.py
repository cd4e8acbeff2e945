"""A cable in user space between two network namespaces, which delays, loses and slows down what is sent.

For kernels without the queueing discipline `netem`: a TUN device `eth0` in each namespace, and each packet that one sends is
given to the other when a wire of that rate and length would have. Prints `ready` when both devices are there. Ends when its
standard input does, also because its parent was killed, and deletes the namespaces then.
"""

import argparse
import ctypes
import fcntl
import os
import random
import select
import struct
import subprocess
import sys
import time
from collections import deque

CLONE_NEWNET = 0x40000000  # linux/sched.h
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000  # linux/if_tun.h
PACKET_BYTES = 65536  # no packet is longer
QUEUED_PACKETS = 1000  # on their way in one direction; as many as netem holds, and what comes then is lost


def open_device(namespace: str) -> int:
    """A TUN device `eth0` in a namespace, which is there until the descriptor is closed."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/var/run/netns/{namespace}") as entry:
        if libc.setns(entry.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns {namespace}")
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", b"eth0", IFF_TUN | IFF_NO_PI))
    return device


class Direction:
    """What is on its way from one device to the other, in the order in which it arrives."""

    def __init__(self, source: int, target: int, options: argparse.Namespace, seed: int):
        self.source, self.target = source, target
        self.delay, self.loss = options.delay_ms / 1000, options.loss
        self.seconds_per_byte = 8 / options.rate if options.rate else 0
        self.random = random.Random(seed)
        self.free_at = 0.0  # when the last bit of what was sent has left
        self.packets: deque[tuple[float, bytes]] = deque()

    def take(self) -> None:
        """Takes what the source sends."""
        for _ in range(QUEUED_PACKETS):  # lest one direction keeps the other waiting
            try:
                packet = os.read(self.source, PACKET_BYTES)
            except BlockingIOError:
                return
            if len(self.packets) >= QUEUED_PACKETS:
                continue
            self.free_at = max(self.free_at, time.monotonic()) + len(packet) * self.seconds_per_byte
            if self.random.random() >= self.loss:
                self.packets.append((self.free_at + self.delay, packet))

    def give(self) -> None:
        """Gives the target what has arrived."""
        while self.packets and self.packets[0][0] <= time.monotonic():
            try:
                os.write(self.target, self.packets.popleft()[1])
            except OSError:
                pass  # the device is down, as after a cable was cut


def forward(directions: list[Direction]) -> None:
    while True:
        arrivals = [direction.packets[0][0] for direction in directions if direction.packets]
        wait = max(0, min(arrivals) - time.monotonic()) if arrivals else None
        readable, _, _ = select.select([sys.stdin, *(direction.source for direction in directions)], [], [], wait)
        if sys.stdin in readable:
            return
        for direction in directions:
            if direction.source in readable:
                direction.take()
            direction.give()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("namespaces", nargs=2)
    parser.add_argument("--delay-ms", type=float, default=0, help="of one direction")
    parser.add_argument("--loss", type=float, default=0, help="share of the packets, 0 to 1")
    parser.add_argument("--rate", type=float, default=0, help="bits per second; 0 for no limit")
    parser.add_argument("--seed", type=int, default=0, help="of the losses")
    options = parser.parse_args()
    try:
        first, second = map(open_device, options.namespaces)
        print("ready", flush=True)
        forward([Direction(first, second, options, options.seed), Direction(second, first, options, options.seed + 1)])
    finally:
        for namespace in options.namespaces:
            subprocess.run(["ip", "netns", "del", namespace])


if __name__ == "__main__":
    main()

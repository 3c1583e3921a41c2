#!/usr/bin/env python3
"""Octets in and out of four TUN devices, in a network namespace that ends with this process.

    agent.py router DEVICE...   opens the devices itself: what is injected, Linux routes (write and read)
    agent.py hosts              injects into and captures from devices that somebody else opened (AF_PACKET)

Reads one JSON command a line from stdin and answers each with one JSON line on stdout:

    {"run": ["ip commands, one a line"], "sysctl": {"net/ipv4/ip_forward": "1"}}
    {"capture": ["p0", "p1", "p2", "p3"]}          hosts: begin to capture
    {"send": 0, "hex": "4500..."}                   {"error": "EINVAL"} where the device does not take it
    {"take": {"atLeast": 1, "quiet": 0.01, "deadline": 0.3}}   -> {"outputs": [[port, hex, seconds], ...]}
"""
import ctypes
import errno
import fcntl
import json
import os
import select
import socket
import struct
import subprocess
import sys
import time

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN_NO_PI = 0x0001 | 0x1000
ETH_P_ALL = 3
SOL_PACKET = 263
PACKET_IGNORE_OUTGOING = 23
PACKET_OUTGOING = 4
SO_RCVBUFFORCE = 33


def own_namespace():
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")


def open_tun(name):
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN_NO_PI))
    return descriptor


class RouterDevices:
    """The devices are in our hand: the kernel behind them routes."""

    def __init__(self, names):
        self.descriptors = [open_tun(name) for name in names]

    def files(self):
        return self.descriptors

    def send(self, port, octets):
        os.write(self.descriptors[port], octets)

    def receive(self, port):
        return os.read(self.descriptors[port], 70000)


class HostDevices:
    """The devices are in somebody else's hand: we stand where a host's kernel stands."""

    def __init__(self):
        self.sockets = []

    def capture(self, names):
        for each in self.sockets:
            each.close()
        self.sockets = []
        for name in names:
            made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
            made.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
            made.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
            made.bind((name, ETH_P_ALL))
            made.setblocking(False)
            self.sockets.append(made)
        self.names = names

    def files(self):
        return self.sockets

    def send(self, port, octets):
        # The protocol is that of IPv4 whatever the octets are: the device takes them as they stand.
        self.sockets[port].sendto(octets, (self.names[port], 0x0800))

    def receive(self, port):
        octets, address = self.sockets[port].recvfrom(70000)
        return None if address[2] == PACKET_OUTGOING else octets


def take(devices, wanted):
    outputs = []
    now = time.monotonic()
    deadline = now + wanted["deadline"]
    quiet_until = now + wanted["quiet"]
    while True:
        now = time.monotonic()
        limit = deadline if len(outputs) < wanted["atLeast"] else quiet_until
        if now >= limit:
            return outputs
        files = devices.files()
        ready = select.select(files, [], [], limit - now)[0]
        for port, each in enumerate(files):
            if each not in ready:
                continue
            while True:
                try:
                    octets = devices.receive(port)
                except OSError as error:
                    if error.errno in (errno.EAGAIN, errno.ENETDOWN, errno.EBADFD, errno.EIO):
                        break
                    raise
                if octets is not None and len(octets) > 0 and octets[0] >> 4 != 6:
                    now = time.monotonic()
                    outputs.append([port, octets.hex(), now])
                    quiet_until = now + wanted["quiet"]


def run(command):
    for path, value in command.get("early", {}).items():
        write_sysctl(path, value)
    lines = command.get("run", [])
    if lines:
        done = subprocess.run(["ip", "-batch", "-"], input="\n".join(lines) + "\n", text=True, capture_output=True)
        if done.returncode != 0:
            return {"error": done.stderr.strip()}
    for path, value in command.get("sysctl", {}).items():
        write_sysctl(path, value)
    return {"ok": True}


def write_sysctl(path, value):
    with open("/proc/sys/" + path, "w") as file:
        file.write(str(value))


def answer(devices, command):
    if "take" in command:
        return {"outputs": take(devices, command["take"])}
    if "send" in command:
        devices.send(command["send"], bytes.fromhex(command["hex"]))
        return {"ok": True}
    if "capture" in command:
        devices.capture(command["capture"])
        return {"ok": True}
    return run(command)


def main():
    own_namespace()
    with open("/proc/sys/net/ipv6/conf/default/disable_ipv6", "w") as file:
        file.write("1")
    devices = RouterDevices(sys.argv[2:]) if sys.argv[1] == "router" else HostDevices()
    print(json.dumps({"ready": os.getpid()}), flush=True)
    for line in sys.stdin:
        try:
            said = answer(devices, json.loads(line))
        except OSError as error:
            said = {"error": errno.errorcode.get(error.errno, str(error))}
        print(json.dumps(said), flush=True)


try:
    main()
except KeyboardInterrupt:
    pass

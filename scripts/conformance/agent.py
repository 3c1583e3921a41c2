#!/usr/bin/env python3
"""Octets in and out of four devices, in a network namespace that ends with this process.

    agent.py router DEVICE...   opens TUN devices itself: what is injected, Linux routes (write and read)
    agent.py bridge DEVICE...   opens TAP devices itself, ports of bridges: adds and strips Ethernet headers
    agent.py hosts              injects into and captures from devices that somebody else opened (AF_PACKET)
    agent.py offload-hosts      the same as kernels with offload do it: what is right of TCP and UDP goes in with a
                                partial checksum; what comes out is completed, and taken apart

Reads one JSON command a line from stdin and answers each with one JSON line on stdout:

    {"run": ["ip commands, one a line"], "bridge": ["bridge commands"], "sysctl": {"net/ipv4/ip_forward": "1"}}
    {"mdb": true}                                   -> {"mdb": what bridge -j -d -s mdb show says, "at": seconds}
    {"querier": "br0"}                              -> {"querier": "10.0.1.100"}: whom a bridge takes for it
    {"capture": ["p0", "p1", "p2", "p3"]}          hosts: begin to capture
    {"send": 0, "hex": "4500..."}                   -> {"at": seconds}, {"error": "EINVAL"} where the device does not take it
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

# No folder of compiled code beside it.
sys.dont_write_bytecode = True
import virtio

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN_NO_PI = 0x0001 | 0x1000
IFF_TAP_NO_PI = 0x0002 | 0x1000
ETH_P_IP = 0x0800
ETH_P_ALL = 3
SOL_PACKET = 263
PACKET_VNET_HDR = 15
PACKET_IGNORE_OUTGOING = 23
PACKET_OUTGOING = 4
SO_RCVBUFFORCE = 33
RTM_GETLINK = 18
NLM_F_REQUEST = 1
IFLA_LINKINFO = 18
IFLA_INFO_DATA = 2
IFLA_BR_MCAST_QUERIER_STATE = 47
BRIDGE_QUERIER_IP_ADDRESS = 1


def own_namespace():
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")


def open_device(name, flags):
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH22x", name.encode(), flags))
    return descriptor


class RouterDevices:
    """The devices are in our hand: the kernel behind them routes."""

    def __init__(self, names, flags=IFF_TUN_NO_PI):
        self.descriptors = [open_device(name, flags) for name in names]

    def files(self):
        return self.descriptors

    def send(self, port, octets):
        os.write(self.descriptors[port], octets)

    def receive(self, port):
        return os.read(self.descriptors[port], 70000)


class BridgeDevices(RouterDevices):
    """The devices are in our hand, with hosts on Ethernet behind them: the kernel is the bridge."""

    def __init__(self, names):
        super().__init__(names, IFF_TAP_NO_PI)

    def send(self, port, octets):
        # What is not for a group is for the bridge itself, whose address is 02:00:00:00:00:0n.
        to = octets[16:20].ljust(4, b"\0")
        is_group = to[0] >> 4 == 14
        station = bytes([1, 0, 0x5E, to[1] & 127, to[2], to[3]] if is_group else [2, 0, 0, 0, 0, port])
        host = bytes([2, 0, 0, 0, 1, port])
        super().send(port, station + host + struct.pack("!H", ETH_P_IP) + octets)

    def receive(self, port):
        frame = super().receive(port)
        return frame[14:] if frame[12:14] == struct.pack("!H", ETH_P_IP) else None


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
            self.prepare(made)
            made.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
            made.bind((name, ETH_P_ALL))
            made.setblocking(False)
            self.sockets.append(made)
        self.names = names

    def prepare(self, made):
        pass

    def files(self):
        return self.sockets

    def send(self, port, octets):
        # The protocol is that of IPv4 whatever the octets are: the device takes them as they stand.
        self.sockets[port].sendto(octets, (self.names[port], 0x0800))

    def receive(self, port):
        octets, address = self.sockets[port].recvfrom(70000)
        return None if address[2] == PACKET_OUTGOING else octets


class OffloadHostDevices(HostDevices):
    """We stand where a host's kernel stands that leaves checksums to others."""

    def __init__(self):
        super().__init__()
        self.waiting = {}

    def prepare(self, made):
        made.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)

    def send(self, port, octets):
        super().send(port, virtio.with_partial_checksum(octets))

    def receive(self, port):
        waiting = self.waiting.setdefault(port, [])
        if not waiting:
            octets = super().receive(port)
            if octets is None:
                return None
            waiting += virtio.datagrams(octets)
        return waiting.pop(0)


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
    for program, lines in (("ip", command.get("run")), ("bridge", command.get("bridge"))):
        if not lines:
            continue
        done = subprocess.run([program, "-batch", "-"], input="\n".join(lines) + "\n", text=True, capture_output=True)
        if done.returncode != 0:
            return {"error": done.stderr.strip()}
    for path, value in command.get("sysctl", {}).items():
        write_sysctl(path, value)
    return {"ok": True}


def read_mdb():
    done = subprocess.run(["bridge", "-j", "-d", "-s", "mdb", "show"], text=True, capture_output=True)
    if done.returncode != 0:
        return {"error": done.stderr.strip()}
    return {"mdb": json.loads(done.stdout), "at": time.monotonic()}


def attributes(octets):
    found = {}
    while len(octets) >= 4:
        length, kind = struct.unpack_from("HH", octets)
        found[kind & 0x3FFF] = octets[4:length]
        octets = octets[(length + 3) & ~3 :]
    return found


def read_querier(name):
    """Only newer versions of ip can tell: by rtnetlink, IFLA_BR_MCAST_QUERIER_STATE of the device."""
    message = struct.pack("BxHiII", socket.AF_UNSPEC, 0, socket.if_nametoindex(name), 0, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        kernel.send(struct.pack("IHHII", 16 + len(message), RTM_GETLINK, NLM_F_REQUEST, 1, 0) + message)
        answer = kernel.recv(65536)
    info = attributes(attributes(answer[16 + len(message) :])[IFLA_LINKINFO])
    state = attributes(attributes(info[IFLA_INFO_DATA])[IFLA_BR_MCAST_QUERIER_STATE])
    address = state.get(BRIDGE_QUERIER_IP_ADDRESS)
    return {"querier": None if address is None else socket.inet_ntoa(address)}


def write_sysctl(path, value):
    with open("/proc/sys/" + path, "w") as file:
        file.write(str(value))


def answer(devices, command):
    if "take" in command:
        return {"outputs": take(devices, command["take"])}
    if "send" in command:
        at = time.monotonic()
        devices.send(command["send"], bytes.fromhex(command["hex"]))
        return {"at": at}
    if "mdb" in command:
        return read_mdb()
    if "querier" in command:
        return read_querier(command["querier"])
    if "capture" in command:
        devices.capture(command["capture"])
        return {"ok": True}
    return run(command)


def main():
    own_namespace()
    with open("/proc/sys/net/ipv6/conf/default/disable_ipv6", "w") as file:
        file.write("1")
    mode, names = sys.argv[1], sys.argv[2:]
    if names:
        devices = {"router": RouterDevices, "bridge": BridgeDevices}[mode](names)
    else:
        devices = {"hosts": HostDevices, "offload-hosts": OffloadHostDevices}[mode]()
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

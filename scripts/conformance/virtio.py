"""Datagrams behind virtio-net headers, as kernels with offload hand them over."""
import struct

HEADER = struct.Struct("=BBHHHH")
NOTHING = bytes(HEADER.size)
NEEDS_CHECKSUM = 1
UDP_SEGMENTS = 5
TCP, UDP = 6, 17
# Where the checksum is in the header of each.
FIELD = {TCP: 16, UDP: 6}


def total(octets):
    padded = octets + b"\0" * (len(octets) % 2)
    value = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while value > 0xFFFF:
        value = (value & 0xFFFF) + (value >> 16)
    return value


def pseudo(octets, at):
    return octets[12:20] + struct.pack("!BBH", 0, octets[9], len(octets) - at)


def with_partial_checksum(octets):
    """A datagram behind its header; its checksum is only begun where it was right, so that nothing is repaired."""
    at = (octets[0] & 15) * 4 if octets else 0
    is_whole = len(octets) >= 28 and octets[0] >> 4 == 4 and at >= 20 and octets[9] in FIELD
    if not is_whole or struct.unpack_from("!H", octets, 2)[0] != len(octets):
        return NOTHING + octets
    field = at + FIELD[octets[9]]
    is_fragment = struct.unpack_from("!H", octets, 6)[0] & 0x3FFF != 0
    if is_fragment or field + 2 > len(octets) or octets[field : field + 2] == b"\0\0":
        return NOTHING + octets
    if octets[9] == UDP and struct.unpack_from("!H", octets, at + 4)[0] != len(octets) - at:
        return NOTHING + octets
    if total(pseudo(octets, at) + octets[at:]) != 0xFFFF:
        return NOTHING + octets
    begun = octets[:field] + struct.pack("!H", total(pseudo(octets, at))) + octets[field + 2 :]
    return HEADER.pack(NEEDS_CHECKSUM, 0, 0, 0, at, field - at) + begun


def completed(octets, start, field):
    value = 0xFFFF - total(octets[start:])
    return octets[:field] + struct.pack("!H", value or 0xFFFF) + octets[field + 2 :]


def datagrams(octets):
    """What stands behind a header, complete, and one by one."""
    flags, kind, _, size, start, offset = HEADER.unpack_from(octets)
    datagram = octets[HEADER.size :]
    if not flags & NEEDS_CHECKSUM:
        return [datagram]
    if kind == 0:
        return [completed(datagram, start, start + offset)]
    if kind != UDP_SEGMENTS:
        raise OSError(f"segments of kind {kind}, which no case sends")
    return list(segments(datagram, start, size))


def segments(datagram, at, size):
    first = struct.unpack_from("!H", datagram, 4)[0]
    for number, begin in enumerate(range(at + 8, len(datagram), size)):
        payload = datagram[begin : begin + size]
        length = at + 8 + len(payload)
        header = datagram[:2] + struct.pack("!HH", length, (first + number) & 0xFFFF) + datagram[6:10] + b"\0\0" + datagram[12:at]
        header = header[:10] + struct.pack("!H", 0xFFFF - total(header)) + header[12:]
        each = header + datagram[at : at + 4] + struct.pack("!HH", length - at, 0) + payload
        begun = each[: at + 6] + struct.pack("!H", total(pseudo(each, at))) + each[at + 8 :]
        yield completed(begun, at, at + 6)

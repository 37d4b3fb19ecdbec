"""BER as SNMP uses it, written to be able to be wrong: every part is plain bytes."""


def length(n):
    if n < 0x80:
        return bytes([n])
    octets = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets


def tlv(tag, *parts):
    content = b"".join(parts)
    return bytes([tag]) + length(len(content)) + content


def integer(n, tag=0x02):
    """Any signed number, in its shortest form."""
    return tlv(tag, n.to_bytes(n.bit_length() // 8 + 1, "big", signed=True))


def octets(content, tag=0x04):
    return tlv(tag, content)


def null(tag=0x05):
    return tlv(tag)


def arcs(text):
    return [int(arc) for arc in text.split(".")]


def oid_content(numbers):
    """The contents of an OID of two or more sub-identifiers."""
    out = b""
    for n in [numbers[0] * 40 + numbers[1], *numbers[2:]]:
        sub = bytes([n & 0x7F])
        while n := n >> 7:
            sub = bytes([n & 0x7F | 0x80]) + sub
        out += sub
    return out


def oid(text, tag=0x06):
    return tlv(tag, oid_content(arcs(text)))


def sequence(*parts):
    return tlv(0x30, *parts)


def varbind(name, value):
    """|name|: dotted text, or the contents of an OID as bytes."""
    return sequence(tlv(0x06, name) if isinstance(name, bytes) else oid(name), value)


def ip_address(text):
    return tlv(0x40, bytes(int(part) for part in text.split(".")))


def counter32(n):
    return integer(n, 0x41)


def gauge32(n):
    return integer(n, 0x42)


def timeticks(n):
    return integer(n, 0x43)


def opaque(content):
    return octets(content, 0x44)


def counter64(n):
    return integer(n, 0x46)


def read(data, at=0):
    """The element at |at|: its tag, its content, where the next one begins."""
    tag, size, at = data[at], data[at + 1], at + 2
    if size >= 0x80:
        count = size & 0x7F
        size, at = int.from_bytes(data[at:at + count], "big"), at + count
    if at + size > len(data):
        raise ValueError("cut short")
    return tag, data[at:at + size], at + size


def children(content):
    """The elements in |content|, each a pair of tag and content."""
    out, at = [], 0
    while at < len(content):
        tag, inner, at = read(content, at)
        out.append((tag, inner))
    return out


def number(content):
    return int.from_bytes(content, "big", signed=True)


def dotted(content):
    numbers, n = [], 0
    for byte in content:
        n = n << 7 | byte & 0x7F
        if byte < 0x80:
            numbers.append(n)
            n = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, [first, numbers[0] - 40 * first, *numbers[1:]]))

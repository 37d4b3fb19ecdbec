"""SNMP messages of all versions, and what comes back, by hand: so that a test can send
what no library would."""

import functools
import hashlib
import hmac
import types

import ber

SYS_UPTIME = "1.3.6.1.2.1.1.3.0"
SNMP_TRAP_OID = "1.3.6.1.6.3.1.1.4.1.0"
COLD_START = "1.3.6.1.6.3.1.1.5.1"
LINK_DOWN = "1.3.6.1.6.3.1.1.5.3"
SYS_DESCR = "1.3.6.1.2.1.1.1.0"
TRAP_V1, INFORM, TRAP, REPORT, RESPONSE = 0xA4, 0xA6, 0xA7, 0xA8, 0xA2
AUTH, PRIV, REPORTABLE = 1, 2, 4  # msgFlags

# protocol: hash, bytes of the digest (RFC 3414, RFC 7860)
DIGESTS = {"MD5": ("md5", 12), "SHA-1": ("sha1", 12), "SHA-224": ("sha224", 16),
           "SHA-256": ("sha256", 24), "SHA-384": ("sha384", 32), "SHA-512": ("sha512", 48)}

# usmStats and the like that Reports carry
UNSUPPORTED_LEVELS = "1.3.6.1.6.3.15.1.1.1.0"
NOT_IN_TIME_WINDOWS = "1.3.6.1.6.3.15.1.1.2.0"
UNKNOWN_USER_NAMES = "1.3.6.1.6.3.15.1.1.3.0"
UNKNOWN_ENGINE_IDS = "1.3.6.1.6.3.15.1.1.4.0"
WRONG_DIGESTS = "1.3.6.1.6.3.15.1.1.5.0"
DECRYPTION_ERRORS = "1.3.6.1.6.3.15.1.1.6.0"
UNKNOWN_PDU_HANDLERS = "1.3.6.1.6.3.11.2.1.3.0"


def standard(trap_oid=COLD_START, uptime=4711):
    """The two varbinds that a v2 notification begins with."""
    return (ber.varbind(SYS_UPTIME, ber.timeticks(uptime)),
            ber.varbind(SNMP_TRAP_OID, ber.oid(trap_oid)))


def pdu(*varbinds, tag=TRAP, request_id=1, trap_oid=COLD_START, uptime=4711, bare=False):
    """A v2 PDU; |bare|: of nothing but |varbinds|."""
    before = () if bare else standard(trap_oid, uptime)
    return ber.tlv(tag, ber.integer(request_id), ber.integer(0), ber.integer(0),
                   ber.sequence(*before, *varbinds))


def community_message(version, community, body):
    return ber.sequence(ber.integer(version), ber.octets(community), body)


def v2c(*varbinds, community=b"public", **of_pdu):
    return community_message(1, community, pdu(*varbinds, **of_pdu))


def v1(*varbinds, community=b"public", enterprise="1.3.6.1.4.1.99999", generic=6,
       specific=1, agent="192.0.2.9", uptime=4711):
    """|enterprise|: dotted text, or the contents of an OID as bytes."""
    if isinstance(enterprise, str):
        enterprise = ber.oid_content(ber.arcs(enterprise))
    return community_message(0, community, ber.tlv(
        TRAP_V1, ber.tlv(0x06, enterprise), ber.ip_address(agent), ber.integer(generic),
        ber.integer(specific), ber.timeticks(uptime), ber.sequence(*varbinds)))


@functools.lru_cache(maxsize=None)
def key_of_passphrase(hash_name, passphrase):
    """Ku, RFC 3414 appendix A.2."""
    text = passphrase.encode()
    return hashlib.new(hash_name, (text * (1048576 // len(text) + 1))[:1048576]).digest()


def localized_key(protocol, passphrase, engine_id):
    name = DIGESTS[protocol][0]
    key = key_of_passphrase(name, passphrase)
    return hashlib.new(name, key + engine_id + key).digest()


class Sender:
    """An SNMPv3 engine of one user, without privacy; authoritative for what it sends
    unless |engine_id| is somebody else's. Its fields may be changed between messages."""

    def __init__(self, user="", engine_id=b"", auth=None, passphrase="", boots=1, time=1):
        self.user, self.engine_id, self.boots, self.time = user, engine_id, boots, time
        self.auth, self.passphrase = auth, passphrase
        self.msg_id = 1000

    def message(self, *varbinds, flags=None, digest=None, scoped=None, model=3,
                max_size=65507, context=b"", context_engine_id=None, salt=b"", **of_pdu):
        """|digest|: what stands for it in place of the right one; |scoped|: in place of
        the plain scopedPDU; |salt|: msgPrivacyParameters."""
        self.msg_id += 1
        if context_engine_id is None:
            context_engine_id = self.engine_id
        if scoped is None:
            scoped = ber.sequence(ber.octets(context_engine_id), ber.octets(context),
                                  pdu(*varbinds, **of_pdu))
        if flags is None:
            flags = AUTH if self.auth else 0
        head = ber.sequence(ber.integer(self.msg_id), ber.integer(max_size),
                            ber.octets(bytes([flags])), ber.integer(model))

        def whole(digest):
            return ber.sequence(ber.integer(3), head, ber.octets(ber.sequence(
                ber.octets(self.engine_id), ber.integer(self.boots),
                ber.integer(self.time), ber.octets(self.user.encode()),
                ber.octets(digest), ber.octets(salt))), scoped)

        if digest is not None or not self.auth:
            return whole(digest or b"")
        size = DIGESTS[self.auth][1]
        return whole(self.digest_of(whole(bytes(size)), self.engine_id))

    def inform(self, *varbinds, **how):
        flags = REPORTABLE | (AUTH if self.auth else 0)
        return self.message(*varbinds, **({"tag": INFORM, "flags": flags} | how))

    def digest_of(self, message, engine_id):
        name, size = DIGESTS[self.auth]
        key = localized_key(self.auth, self.passphrase, engine_id)
        return hmac.new(key, message, name).digest()[:size]

    def has_signed(self, reply):
        """Whether a reply that parse() read carries this user's digest."""
        zeros = bytes(len(reply.digest))
        unsigned = reply.wire.replace(reply.digest, zeros, 1)
        return hmac.compare_digest(reply.digest, self.digest_of(unsigned, reply.engine_id))


def parse_pdu(element, out):
    out.tag = element[0]
    fields = ber.children(element[1])
    out.request_id, out.error, out.index = (ber.number(f[1]) for f in fields[:3])
    out.varbinds = []
    for _, content in ber.children(fields[3][1]):
        (_, name), (tag, value) = ber.children(content)
        out.varbinds.append((ber.dotted(name), tag, value))


def parse(wire):
    """What a reply without encryption says."""
    out = types.SimpleNamespace(wire=wire)
    tag, content, end = ber.read(wire)
    if tag != 0x30 or end != len(wire):
        raise ValueError("not one message")
    version, *rest = ber.children(content)
    out.version = {0: "1", 1: "2c", 3: "3"}[ber.number(version[1])]
    if out.version != "3":
        out.community = rest[0][1]
        parse_pdu(rest[1], out)
        return out
    head = ber.children(rest[0][1])
    out.msg_id, out.flags = ber.number(head[0][1]), head[2][1][0]
    usm = [c for _, c in ber.children(ber.read(rest[1][1])[1])]
    out.engine_id, out.user, out.digest = usm[0], usm[3], usm[4]
    out.boots, out.time = ber.number(usm[1]), ber.number(usm[2])
    if not out.flags & PRIV:
        scoped = ber.children(rest[2][1])
        out.context_engine_id, out.context = scoped[0][1], scoped[1][1]
        parse_pdu(scoped[2], out)
    return out

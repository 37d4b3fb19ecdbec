"""net-snmp's snmptrap and snmpinform, without its MIBs and configuration so that they are
quick and the same everywhere. Each run is an engine of its own."""

import os
import shutil
import tempfile
import unittest

from harness import run

AUTHS = {"MD5": "MD5", "SHA": "SHA-1", "SHA-224": "SHA-224", "SHA-256": "SHA-256",
         "SHA-384": "SHA-384", "SHA-512": "SHA-512"}  # its names, ours
PRIVS = {"DES": "DES", "AES": "AES-128", "AES-192": "AES-192", "AES-256": "AES-256",
         "AES-192-C": "AES-192-C", "AES-256-C": "AES-256-C"}
needs_netsnmp = unittest.skipUnless(shutil.which("snmptrap"), "snmptrap is not installed")


def call(program, *args, persistent=None):
    """|persistent|: the folder in which it keeps its engine, else one for this call."""
    with tempfile.TemporaryDirectory() as folder:
        env = dict(os.environ) | {
            "MIBS": "", "MIBDIRS": folder, "SNMPCONFPATH": folder,
            "SNMP_PERSISTENT_DIR": str(persistent or folder), "HOME": folder}
        return run([program, *map(str, args)], env=env)


def target(address):
    host, port = address
    return f"udp6:[{host}]:{port}" if ":" in host else f"udp:{host}:{port}"


def user_args(user, auth=None, passphrase="", priv=None, secret=""):
    """|auth| and |priv| by net-snmp's names."""
    args = ["-v", "3", "-u", user]
    if not auth:
        return args + ["-l", "noAuthNoPriv"]
    args += ["-a", auth, "-A", passphrase]
    if not priv:
        return args + ["-l", "authNoPriv"]
    return args + ["-x", priv, "-X", secret, "-l", "authPriv"]


def trap(address, args, *objects, trap_oid="1.3.6.1.6.3.1.1.5.3", uptime=123456, **how):
    """A v2c or v3 trap. |objects|: OID, type, value and so on."""
    return call("snmptrap", *args, target(address), uptime, trap_oid, *objects, **how)


def inform(address, args, *objects, trap_oid="1.3.6.1.6.3.1.1.5.3", uptime=123456, **how):
    """The same as an inform; its status is 0 when it was acknowledged."""
    return call("snmpinform", "-r", "2", "-t", "5", *args, target(address), uptime,
                trap_oid, *objects, **how)


def supports(priv):
    """Whether this snmptrap knows the privacy protocol."""
    args = user_args("u", "MD5", "12345678", priv, "12345678")
    return call("snmptrap", *args, "udp:127.0.0.1:9", 1, "1.3.6.1.6.3.1.1.5.1").returncode == 0

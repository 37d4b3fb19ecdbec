"""What users of net-snmp expect of snmptrap and snmpinform towards snmptrapd: informs and
traps at each level, users and kinds that are not allowed, handlers, localized keys. Ours and
net-snmp's own are held side by side: the same is heard, with the same words and status."""

import os
import pathlib
import signal
import socket
import tempfile
import threading
import unittest

import messages
import netsnmp
import sending
from harness import HOSTS, Case

ENGINE = "80001f88802b3d0e06bb"  # of traps
OWN_ENGINE = "80001f88802b3d0e06cc"  # of snmptrapd
SECRETS = "SHA authpassphrase AES privpassphrase"
LEVELS = {"nanp": (), "anp": ("-a", "SHA", "-A", "authpassphrase"),
          "ap": ("-a", "SHA", "-A", "authpassphrase", "-x", "AES", "-X", "privpassphrase")}
COLD_START = ".1.3.6.1.6.3.1.1.5.1"
CONTACT = ".1.3.6.1.2.1.1.4.0"


@sending.needs_trapd
@netsnmp.needs_netsnmp
class Snmptrapd(Case):
    def trapd(self, *users, **how):
        trapd = sending.Trapd(*users, **how)
        self.addCleanup(trapd.close)
        return trapd

    def both(self, trapd, program, *args, text="told"):
        """Sends with net-snmp's own program and with ours; the outcome, which is one."""
        to = netsnmp.target(trapd.address).replace("udp", trapd.transport)
        args = (*args, to, "0", COLD_START, CONTACT, "s", text)
        theirs = netsnmp.call(program, *args)
        ours = sending.command(self, *args, argv0=program)
        self.assertEqual((ours.returncode, ours.stdout), (theirs.returncode, ""))
        said = [x for x in theirs.stderr.decode().splitlines() if not x.startswith("Created")]
        self.assertEqual(ours.stderr.splitlines(), said)
        return ours

    def heard(self, trapd, count, text="told"):
        """That |count| lines of both, and no more, have come and say |text|."""
        got = trapd.got(count)
        self.assertEqual(len(got), count)
        for line in got:
            self.assertIn(f'{CONTACT} = STRING: "{text}"', line[-1])

    def heard_only(self, trapd, text):
        """That nothing was heard before |text|, a trap that is allowed."""
        sending.command(self, "-v", "2c", "-c", "mark", netsnmp.target(trapd.address), "0",
                        COLD_START, CONTACT, "s", text, argv0="snmptrap")
        self.heard(trapd, 1, text)


class Levels(Snmptrapd):
    def test_of_informs_are_heard_and_acknowledged(self):
        for host in HOSTS:
            trapd = self.trapd("createUser open", f"createUser noc {SECRETS}", host=host)
            for i, (level, secrets) in enumerate(LEVELS.items()):
                with self.subTest(level=level, host=host):
                    result = self.both(
                        trapd, "snmptrap", "-Ci", "-t", "5", "-v", "3", "-u",
                        "noc" if secrets else "open", "-l", level, *secrets, text="x")
                    self.assertEqual((result.returncode, result.stderr), (0, ""))
                    self.heard(trapd, 2 * i + 2, "x")

    def test_of_traps_are_heard_of_the_engine_that_is_known(self):
        trapd = self.trapd(f"createUser -e 0x{ENGINE} open",
                           f"createUser -e 0x{ENGINE} noc {SECRETS}")
        for i, (level, secrets) in enumerate(LEVELS.items()):
            with self.subTest(level=level):
                # Theirs counts its boots from 1; ours has the time of day.
                self.both(trapd, "snmptrap", "-e", f"0x{ENGINE}", "-v", "3", "-u",
                          "noc" if secrets else "open", "-l", level, *secrets,
                          *(("-Z", f"{i + 1},100") if secrets else ()), text="x")
                self.heard(trapd, 2 * i + 2, "x")

    def test_of_communities(self):
        trapd = self.trapd(allow=["authCommunity log blue"])
        for args in (("snmptrap", "-v", "2c"), ("snmptrap", "-v2c", "-Ci", "-t", "5"),
                     ("snmpinform", "-v", "2c", "-t", "5")):
            before = len([x for x in trapd.lines if x.startswith("GOT")])
            self.assertEqual(self.both(trapd, *args, "-c", "blue").returncode, 0)
            self.heard(trapd, before + 2)


class Streams(Snmptrapd):
    def test_of_tcp_carry_traps_and_informs_of_every_version(self):
        for host in HOSTS:
            trapd = self.trapd(f"createUser -e 0x{ENGINE} noc {SECRETS}",
                               f"createUser noc {SECRETS}", host=host, transport="tcp")
            user = ("-v", "3", "-u", "noc", "-l", "ap", *LEVELS["ap"])
            for i, args in enumerate((
                    ("snmptrap", "-v", "2c", "-c", "blue"),
                    ("snmpinform", "-v", "2c", "-c", "blue"), ("snmpinform", *user),
                    ("snmptrap", "-e", f"0x{ENGINE}", "-Z", "1,100", *user))):
                with self.subTest(host=host, args=args):
                    result = self.both(trapd, *args, text="x")
                    self.assertEqual((result.returncode, result.stderr), (0, ""))
                    self.heard(trapd, 2 * i + 2, "x")

    def scripted(self, serve, *args):
        """snmpinform to a server of one connection."""
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen()

            def run():
                connection, _ = listening.accept()
                with connection:
                    serve(connection)

            thread = threading.Thread(target=run)
            thread.start()
            result = sending.command(
                self, "-v", "2c", "-c", "blue", *args,
                f"tcp:127.0.0.1:{listening.getsockname()[1]}", "0", COLD_START,
                argv0="snmpinform")
            thread.join()
        return result

    def test_that_come_in_pieces_or_together_are_taken_apart(self):
        def serve(connection):
            asked = connection.recv(65536)
            other = messages.v2c(tag=messages.RESPONSE, community=b"blue", request_id=1)
            for byte in other:
                connection.send(bytes([byte]))
            connection.send(other + asked.replace(b"\xa6", b"\xa2", 1))
            connection.recv(1)

        self.assertEqual(self.scripted(serve, "-t", "60").returncode, 0)

    def test_that_end_or_carry_no_snmp_are_told(self):
        for bytes_, said in ((b"", "Connection reset by peer"), (b"HTTP/1.1", "Bad message"),
                             (b"\x30\x80", "Bad message"), (b"\x30\x84\xff", "reset"),
                             (b"\x30\x85", "Bad message"),
                             (b"\x30\x83\x01\x00\x00", "Bad message")):
            def serve(connection):
                connection.recv(65536)
                connection.send(bytes_)

            with self.subTest(bytes=bytes_):
                result = self.scripted(serve, "-t", "60")
                self.assertEqual(result.returncode, 1)
                self.assertRegex(result.stderr, f"^snmpinform: .*{said}.*\n$")

    def test_to_nobody_are_told(self):
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            result = sending.command(
                self, "-v", "2c", "-c", "blue", f"tcp:127.0.0.1:{bound.getsockname()[1]}", "0",
                COLD_START, argv0="snmptrap")
        self.assertEqual((result.returncode, result.stderr),
                         (1, "snmptrap: Connection refused\n"))


class Refusals(Snmptrapd):
    USER = ("-v", "3", "-u", "open", "-l", "nanp", "-t", "0.3", "-r", "0")

    def test_of_unknown_users_are_told(self):
        trapd = self.trapd("createUser open",
                           allow=["authUser log open noauth", "authCommunity log mark"])
        result = self.both(trapd, "snmpinform", "-v", "3", "-u", "other", "-l", "nanp", "-t", "5")
        self.assertEqual((result.returncode, result.stderr),
                         (1, "snmpinform: Unknown user name\n"))
        self.heard_only(trapd, "after it")

    def test_of_kinds_and_uses_that_are_not_allowed_are_not_heard(self):
        for allow in ("authUser log open noauth .1.3.6.1.6.3.1.1.5.2",
                      "authUser execute open noauth"):
            with self.subTest(allow=allow):
                trapd = self.trapd("createUser open", allow=[allow, "authCommunity log mark"])
                self.both(trapd, "snmpinform", *self.USER)
                self.heard_only(trapd, "after it")

    def test_of_other_communities_are_not_heard(self):
        trapd = self.trapd(allow=["authCommunity log mark"])
        self.both(trapd, "snmptrap", "-v", "2c", "-c", "blue")
        result = self.both(trapd, "snmpinform", "-v", "2c", "-c", "blue", "-t", "0.3", "-r", "0")
        self.assertEqual((result.returncode, result.stderr), (1, "snmpinform: Timeout\n"))
        self.heard_only(trapd, "after it")


class Handlers(Snmptrapd):
    def test_are_run_also_after_it_has_read_its_configuration_again(self):
        with tempfile.TemporaryDirectory() as folder:
            told = pathlib.Path(folder) / "told"
            handler = pathlib.Path(folder) / "handler"
            handler.write_text(f"#!/bin/sh\ncat >>{told}\n")
            handler.chmod(0o755)
            trapd = self.trapd(allow=["authCommunity log,execute blue",
                                      f"traphandle default {handler}"])
            args = ("snmpinform", "-v", "2c", "-c", "blue", "-t", "1", "-r", "15")
            self.both(trapd, *args, text="first")
            os.kill(trapd.process.pid, signal.SIGHUP)
            self.assertEqual(self.both(trapd, *args, text="second").returncode, 0)
            trapd.got(4)
            text = told.read_text()
        self.assertEqual((text.count('"first"'), text.count('"second"')), (2, 2))


class Keys(Snmptrapd):
    def test_that_are_localized_do_for_informs(self):
        trapd = self.trapd(f"oldEngineID 0x{OWN_ENGINE}", f"createUser noc {SECRETS}")
        auth, priv = (messages.localized_key("SHA-1", passphrase, bytes.fromhex(OWN_ENGINE)).hex()
                      for passphrase in ("authpassphrase", "privpassphrase"))
        for i, (level, keys) in enumerate((
                ("anp", ("-3k", "0x" + auth)),
                ("ap", ("-3k", "0x" + auth, "-x", "AES", "-3K", "0x" + priv[:32])))):
            result = self.both(trapd, "snmptrap", "-Ci", "-t", "5", "-v", "3", "-u", "noc", "-l",
                               level, "-a", "SHA", *keys)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.heard(trapd, 2 * i + 2)


if __name__ == "__main__":
    unittest.main()

"""What users of net-snmp expect of snmptrap and snmpinform towards snmptrapd: informs and
traps at each level, users and kinds that are not allowed, handlers, localized keys. Ours and
net-snmp's own are held side by side: the same is heard, with the same words and status."""

import os
import pathlib
import signal
import tempfile
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
        args = (*args, netsnmp.target(trapd.address), "0", COLD_START, CONTACT, "s", text)
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

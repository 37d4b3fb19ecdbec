"""What trapline tells of a notification that it refuses, made with the real snmptrap: each
hint names what to change."""

import unittest

import messages
import netsnmp
from harness import Case

GOOD, OTHER = "maplesyrup", "maplesirup"
ENGINE = "0x80001f8804686f7374"


@netsnmp.needs_netsnmp
class Hints(Case):
    def refused(self, configured, sent, *more):
        """The event of a trap of |sent| (netsnmp.user_args()), with |configured| users."""
        listener = self.listen(*[x for spec in configured for x in ("-u", spec)])
        result = netsnmp.trap(listener.address(), netsnmp.user_args(*sent) + list(more))
        self.assertEqual(result.returncode, 0, result.stderr)
        event = listener.wait_events(1)[0]
        self.assertEqual(event["kind"], "refused", event)
        self.assertEqual(event["user"], sent[0])
        for spec in configured:
            for secret in (GOOD, OTHER, "priv" * 3):
                self.assertNotIn(secret, event["hint"])
        return event

    def says(self, event, reason, *words):
        self.assertEqual(event["reason"], reason)
        for word in words:
            self.assertRegex(event["hint"], word)

    def test_a_digest_of_another_length_names_the_senders_protocol(self):
        for theirs, ours, word in (("SHA", "SHA-256", r"\bSHA-1\b"), ("MD5", "SHA-512", r"\bMD5\b"),
                                   ("SHA-224", "SHA-1", r"\bSHA-224\b"),
                                   ("SHA-256", "SHA-1", r"\bSHA-256\b"),
                                   ("SHA-384", "MD5", r"\bSHA-384\b"),
                                   ("SHA-512", "SHA-256", r"\bSHA-512\b")):
            with self.subTest(theirs=theirs, ours=ours):
                event = self.refused([f"noc,auth={ours}:{GOOD}"], ("noc", theirs, GOOD))
                self.says(event, "usm-wrong-digest", word, rf"\b{ours}\b")

    def test_the_other_of_md5_and_sha_1_is_named_when_the_passphrase_fits(self):
        event = self.refused([f"noc,auth=SHA-1:{GOOD}"], ("noc", "MD5", GOOD))
        self.says(event, "usm-wrong-digest", r"auth=MD5|\bMD5\b", "passphrase")
        event = self.refused([f"noc,auth=MD5:{GOOD}"], ("noc", "SHA", GOOD))
        self.says(event, "usm-wrong-digest", r"auth=SHA-1|\bSHA-1\b", "passphrase")

    def test_a_wrong_passphrase_is_called_so(self):
        for protocol in ("MD5", "SHA", "SHA-256"):
            ours = netsnmp.AUTHS[protocol]
            event = self.refused([f"noc,auth={ours}:{GOOD}"], ("noc", protocol, OTHER))
            self.says(event, "usm-wrong-digest", "passphrase")

    def test_the_other_key_extension_is_named(self):
        for theirs in ("AES-192", "AES-256", "AES-192-C", "AES-256-C"):
            if not netsnmp.supports(theirs):
                continue
            ours = theirs[:-2] if theirs.endswith("C") else theirs + "-C"
            with self.subTest(theirs=theirs):
                # SHA-512 keys need no extension: the two are the same then
                event = self.refused([f"noc,auth=SHA:{GOOD},priv={ours}:{'priv' * 3}"],
                                     ("noc", "SHA", GOOD, theirs, "priv" * 3))
                self.says(event, "usm-decryption", rf"{theirs}(?!-C)")

    def test_another_privacy_protocol_is_named(self):
        for theirs, ours in (("DES", "AES-128"), ("AES", "DES"), ("AES-256", "AES-128"),
                             ("AES", "3DES")):
            with self.subTest(theirs=theirs, ours=ours):
                event = self.refused([f"noc,auth=SHA:{GOOD},priv={ours}:{'priv' * 3}"],
                                     ("noc", "SHA", GOOD, theirs, "priv" * 3))
                self.says(event, "usm-decryption", netsnmp.PRIVS[theirs])

    def test_a_wrong_privacy_passphrase_is_called_so(self):
        event = self.refused([f"noc,auth=SHA:{GOOD},priv=AES:{'priv' * 3}"],
                             ("noc", "SHA", GOOD, "AES", OTHER))
        self.says(event, "usm-decryption", "pass|secret", "priv")

    def test_an_unknown_user_gets_the_known_names(self):
        event = self.refused([f"noc,auth=SHA:{GOOD}", "guest"], ("nco", "SHA", GOOD))
        self.says(event, "usm-unknown-user", r"\bnoc\b", r"\bguest\b")

    def test_a_level_that_the_user_lacks(self):
        event = self.refused([f"noc,auth=SHA:{GOOD}"], ("noc", "SHA", GOOD, "AES", "priv" * 3))
        self.says(event, "usm-unsupported-level", "priv")
        event = self.refused(["noc"], ("noc", "SHA", GOOD))
        self.says(event, "usm-unsupported-level", "auth")

    def test_a_level_below_the_least(self):
        event = self.refused([f"noc,auth=SHA:{GOOD}"], ("noc",))
        self.says(event, "usm-unsupported-level", "level|authNoPriv")
        event = self.refused([f"noc,auth=SHA:{GOOD},priv=AES:{'priv' * 3}"], ("noc", "SHA", GOOD))
        self.says(event, "usm-unsupported-level", "authPriv|level=")

    def test_a_clock_that_went_back(self):
        listener = self.listen("-u", f"noc,auth=SHA:{GOOD}")
        args = netsnmp.user_args("noc", "SHA", GOOD) + ["-e", ENGINE]
        netsnmp.trap(listener.address(), args + ["-Z", "7,5000"])
        self.assertEqual(listener.wait_events(1)[0]["kind"], "trap")
        netsnmp.trap(listener.address(), args + ["-Z", "7,3000"])
        event = listener.wait_events(2)[1]
        self.says(event, "usm-not-in-time-window", "window=off", r"33 min \d+ s behind")
        netsnmp.trap(listener.address(), args + ["-Z", "6,9000"])
        self.says(listener.wait_events(3)[2], "usm-not-in-time-window", "window=off",
                   r"\b6\b", r"\b7\b")

    def test_a_user_bound_to_another_engine(self):
        event = self.refused([f"noc,auth=SHA:{GOOD},engine=80001f8804aabbcc"],
                             ("noc", "SHA", GOOD), "-e", ENGINE)
        self.assertRegex(event["hint"], "engine")

    def test_no_users_at_all(self):
        event = self.refused([], ("noc", "SHA", GOOD))
        self.says(event, "usm-unknown-user", "noc,auth=PROTOCOL:SECRET")


class PlainHints(Case):
    def test_other_protocols_are_recognised(self):
        listener = self.listen()
        for data, word in ((b"<13>Nov 20 12:00:00 host su: x", "syslog"),
                           (b"GET / HTTP/1.1\r\n\r\n", "HTTP"), (b'{"a":1}', "JSON")):
            self.assertIn(word, self.refuses(listener, data)["hint"])

    def test_polls_are_explained(self):
        listener = self.listen()
        for tag, word in ((0xA0, "GetRequest"), (0xA1, "GetNext"), (0xA3, "Set"),
                          (0xA5, "GetBulk"), (0xA2, "Response"), (0xA8, "Report")):
            event = self.refuses(listener, messages.v2c(tag=tag), "pdu-type")
            self.assertIn(word, event["hint"])


if __name__ == "__main__":
    unittest.main()

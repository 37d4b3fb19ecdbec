"""Two users of one name and the same protocols, with secrets of their own: a device that
changes its passphrase while others still have the old one."""

import unittest

import netsnmp
from harness import Case

SECRETS = ("old auth secret", "new auth secret")


@netsnmp.needs_netsnmp
class SameName(Case):
    def test_each_inform_is_answered_with_the_secrets_it_came_with(self):
        specs = [f"noc,auth=SHA-256:{secret},priv=AES-128:{secret}" for secret in SECRETS]
        listener = self.listen("-u", specs[0], "-u", specs[1])
        for secret in SECRETS + SECRETS:
            args = netsnmp.user_args("noc", "SHA-256", secret, "AES", secret)
            result = netsnmp.inform(listener.address("127.0.0.1"), args)
            self.assertEqual(result.returncode, 0, result.stderr)
        delivered = [e for e in listener.wait_events(8) if e["kind"] == "inform"]
        self.assertEqual([e["security"]["user"] for e in delivered], ["noc"] * 4)


if __name__ == "__main__":
    unittest.main()

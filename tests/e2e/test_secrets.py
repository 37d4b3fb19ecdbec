"""Secrets that are kept elsewhere, through `trapline run`: in files, in the environment, as
credentials of systemd; changed for a reload; and what is said of those that cannot be had."""

import os
import pathlib
import shutil
import tempfile
import unittest

import messages
import outputs
import running

ENGINE = b"\x80\0\0\0\x05there"
OLD, NEW = "maplesyrup", "birchwater"


class Secrets(running.Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.sent = 0

    def keep(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def user(self, where):
        return {"users": [{"name": "noc", "auth": "SHA-256", "auth_secret": where}]}

    def start(self, conf, **env):
        return self.run_daemon(conf, folder=self.folder, env=env)

    def takes(self, d, passphrase):
        """Whether a message signed with it is delivered."""
        self.sent += 1
        sender = messages.Sender("noc", ENGINE, "SHA-256", passphrase, time=self.sent)
        d.send(sender.message(uptime=self.sent))
        before = self.sent
        c = d.wait_counters(lambda c: c["received"] == before)
        good = c["delivered"] - getattr(self, "delivered", 0)
        self.delivered = c["delivered"]
        return good == 1

    def test_from_a_file(self):
        for content in OLD, OLD + "\n", OLD + "\r\n", OLD + "\nmore\n":
            with self.subTest(content):
                self.sent = self.delivered = 0
                self.keep("noc.auth", content)
                with tempfile.TemporaryDirectory() as other:
                    self.folder, saved = pathlib.Path(other), self.folder
                    d = self.start(self.user(f"@{saved / 'noc.auth'}"))
                    self.assertTrue(self.takes(d, OLD))
                    self.assertFalse(self.takes(d, NEW))
                    d.stop()
                    self.folder = saved

    def test_from_a_file_beside_the_configuration(self):
        self.keep("noc.auth", OLD)
        d = self.start({"users": ["noc,auth=SHA-256:file:noc.auth"]})
        self.assertTrue(self.takes(d, OLD))

    def test_from_the_environment(self):
        d = self.start(self.user("env:NOC_AUTH"), NOC_AUTH=OLD)
        self.assertTrue(self.takes(d, OLD))
        self.assertFalse(self.takes(d, NEW))

    def test_from_a_credential(self):
        self.keep("credential", OLD + "\n")
        d = self.start(self.user("credential:credential"), CREDENTIALS_DIRECTORY=str(self.folder))
        self.assertTrue(self.takes(d, OLD))

    def test_a_reload_takes_the_new_one(self):
        where = {"file": "@noc.auth", "credential": "credential:noc.auth"}
        for kind, place in where.items():
            with self.subTest(kind), tempfile.TemporaryDirectory() as folder:
                self.folder, self.sent, self.delivered = pathlib.Path(folder), 0, 0
                self.keep("noc.auth", OLD)
                d = self.start(self.user(place), CREDENTIALS_DIRECTORY=folder)
                self.assertTrue(self.takes(d, OLD))
                self.keep("noc.auth", NEW)
                self.assertFalse(self.takes(d, NEW))
                self.assertTrue(d.ask("reload")["ok"])
                self.assertTrue(self.takes(d, NEW))
                self.assertFalse(self.takes(d, OLD))
                d.stop()

    def test_a_reload_without_it_changes_nothing(self):
        secret = self.keep("noc.auth", OLD)
        d = self.start(self.user("@noc.auth"))
        for spoil in (secret.unlink, lambda: self.keep("noc.auth", ""),
                      lambda: self.keep("noc.auth", "short"),
                      lambda: self.keep("noc.auth", b"x" * 2000)):
            spoil()
            answer = d.ask("reload")
            self.assertFalse(answer["ok"])
            self.assertIn("noc.auth" if not secret.exists() else "trapline.yaml", str(answer))
            self.assertTrue(self.takes(d, OLD))

    def test_communities_too(self):
        self.keep("community", "hush\r\n")
        d = self.start({"communities": ["@community", "env:COMMUNITY"]}, COMMUNITY="still")
        for community in b"hush", b"still", b"public":
            d.send(messages.v2c(community=community))
        c = d.wait_counters(lambda c: c["received"] == 3)
        self.assertEqual((c["delivered"], c["reasons"]), (2, {"community-unknown": 1}))
        self.keep("community", "quiet")
        self.assertTrue(d.ask("reload")["ok"])
        for community in b"hush", b"quiet":
            d.send(messages.v2c(community=community))
        c = d.wait_counters(lambda c: c["received"] == 5)
        self.assertEqual((c["delivered"], c["reasons"]), (3, {"community-unknown": 2}))

    def test_tokens_of_outputs_too(self):
        double = outputs.Double()
        self.addCleanup(double.stop)
        self.keep("token", "first\n")
        conf = {"outputs": {"web": {"type": "http", "url": double.url(), "token": "@token"}}}
        d = self.start(conf)
        d.send(messages.v2c(uptime=1))
        outputs.wait(lambda: len(double.requests) == 1, "a request")
        self.keep("token", "second\n")
        self.assertTrue(d.ask("reload")["ok"])
        d.send(messages.v2c(uptime=2))
        outputs.wait(lambda: len(double.requests) == 2, "another")
        self.assertEqual([r.headers["Authorization"] for r in double.requests],
                         ["Bearer first", "Bearer second"])

    def wrong(self, where, words, wrap=(), **env):
        """A start that fails, and says why, where, and nothing else."""
        d = running.Daemon(self.user(where), folder=self.folder, env=env, wrap=wrap)
        self.addCleanup(d.close)
        d.process.wait(running.PATIENCE_S)
        d.stop()
        self.assertEqual(d.status, 2, d.errors)
        text = "\n".join(d.errors)
        self.assertRegex(text, r"trapline\.yaml:\d+:\d+: ")
        self.assertIn(words, text)

    def test_what_cannot_be_had_is_told(self):
        self.keep("empty", "")
        self.keep("blank", "\r\n")
        self.keep("short", "short")
        self.keep("long", "x" * 2000)
        folder = str(self.folder)
        for where, words in (("@none", "No such file"), ("@empty", "nothing stands in @empty"),
                             ("@blank", "nothing stands in @blank"), ("@short", "8"),
                             ("@long", "too long"), ("@.", "directory"),
                             ("env:TRAPLINE_NONE", "TRAPLINE_NONE"),
                             ("env:TRAPLINE_EMPTY", "nothing stands in env:TRAPLINE_EMPTY"),
                             ("credential:none", "No such file"),
                             ("credential:../short", "name of a credential")):
            with self.subTest(where):
                self.wrong(where, words, CREDENTIALS_DIRECTORY=folder, TRAPLINE_EMPTY="")

    def test_without_systemd_there_are_no_credentials(self):
        os.environ.pop("CREDENTIALS_DIRECTORY", None)
        self.wrong("credential:x", "LoadCredential=x")

    @unittest.skipIf(os.geteuid() == 0 and not shutil.which("setpriv"),
                     "root may read everything, and setpriv is not installed")
    def test_a_file_that_may_not_be_read(self):
        self.keep("secret", OLD).chmod(0)
        self.folder.chmod(0o755)
        nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        self.wrong("@secret", "Permission denied", wrap=nobody if os.geteuid() == 0 else ())

    def test_never_in_the_log(self):
        self.keep("noc.auth", OLD)
        d = self.start(self.user("@noc.auth") | {"log": {"level": "debug"}})
        self.takes(d, NEW)
        d.ask("reload")
        d.stop()
        self.assertNotIn(OLD, "\n".join(d.errors))


if __name__ == "__main__":
    unittest.main()

"""What `trapline listen` does on its command line, with signals and with its sockets."""

import signal
import socket
import tempfile
import unittest

import messages
from harness import HOSTS, PROGRAM, Case, Client, needs_ipv6, run


class Options(Case):
    WRONG = [  # what is wrong, a word of the hint
        (["--nonsense"], "--help"),
        (["stray"], "stray"),
        (["-f", "xml"], "json"),
        (["-n", "0"], "--count"),
        (["-n", "many"], "--count"),
        (["-n", "-1"], "--count"),
        (["-n", "99999999999999999999"], "--count"),
        (["-u", "noc,auth=SHA-3:passphrase"], "SHA-512"),
        (["-u", "noc,auth=SHA-1:short"], "8"),
        (["-u", "noc,auth=SHA-1"], "SECRET"),
        (["-u", "noc,priv=AES:passphrase"], "authentication"),
        (["-u", "noc,auth=SHA:passphrase,priv=ROT13:passphrase"], "AES-256-C"),
        (["-u", "noc,auth=SHA:passphrase,level=high"], "authPriv"),
        (["-u", "noc,auth=SHA:passphrase,level=authPriv"], "level"),
        (["-u", "noc,typo=1"], "level="),
        (["-u", "noc,auth=SHA:key:00112233445566778899aabbccddeeff00112233"], "engine="),
        (["-u", "noc,auth=SHA:passphrase,engine=8000"], "hexadecimal"),
        (["-u", "noc,auth=SHA:passphrase,engine=xyz"], "hexadecimal"),
        (["-u", "noc,auth=SHA:@/nonexistent/file"], "/nonexistent/file"),
        (["-u", "noc,auth=SHA:env:NO_SUCH_VARIABLE"], "environment"),
        (["-u", "noc,auth=SHA:passphrase,window=ajar"], "off"),
        (["-u", "x" * 33], "32"),
        (["-l", "tcp:127.0.0.1:0"], "udp:HOST:PORT"),
        (["-l", "udp:127.0.0.1:65536"], "udp:HOST:PORT"),
        (["-l", "udp:127.0.0.1:"], "udp:HOST:PORT"),
        (["--engine-id", "80"], "--engine-id"),
        (["--engine-id", "80" * 33], "--engine-id"),
        (["-c", "x" * 256], "255"),
    ]

    def test_that_are_wrong_end_with_2_and_a_hint(self):
        with tempfile.TemporaryDirectory() as state:
            for args, word in self.WRONG:
                with self.subTest(args=args):
                    base = [PROGRAM, "listen", "--state", state]
                    base += [] if "-l" in args else ["-l", "udp:127.0.0.1:0"]
                    result = run(base + args)
                    self.assertEqual(result.returncode, 2, result.stderr)
                    self.assertEqual(result.stdout, b"")
                    self.assertIn(word, result.stderr.decode())
                    self.assertNotIn("listening udp", result.stderr.decode())

    def test_that_are_keys_of_a_wrong_length_end_with_2(self):
        keys = {"auth=MD5": 16, "auth=SHA": 20, "auth=SHA-512": 64, "priv=DES": 16,
                "priv=3DES": 32, "priv=AES-128": 16, "priv=AES-192": 24, "priv=AES-256-C": 32}
        with tempfile.TemporaryDirectory() as state:
            base = [PROGRAM, "listen", "--state", state, "-l", "udp:127.0.0.1:0", "-u"]
            for protocol, right in keys.items():
                head = "noc,engine=8000000001aa," + (
                    "auth=MD5:maplesyrup," if "priv" in protocol else "")
                for size in {0, 1, 8, right - 1, right + 1, 100}:
                    with self.subTest(protocol=protocol, size=size):
                        result = run(base + [f"{head}{protocol}:key:{'5a' * size}"])
                        self.assertEqual(result.returncode, 2, result.stderr)
                        self.assertNotIn(b"5a5a", result.stderr)
                self.listen("-u", f"{head}{protocol}:key:{'5a' * right}")

    def test_no_secret_is_told_in_a_complaint(self):
        with tempfile.TemporaryDirectory() as state:
            for spec in ("noc,auth=SHA:hunter2", "noc,auth=SHA:hunter2hunter2,level=authPriv",
                         "noc,Auth=SHA:hunter2hunter2", "noc,hunter2hunter2",
                         "noc,auth=hunter2hunter2:SHA",
                         "noc,engine=8000,aut=SHA:hunter2hunter2",
                         "noc,level=authPriv,aut=SHA:hunter2hunter2",
                         "noc,window=off,aut=SHA:hunter2hunter2"):
                result = run([PROGRAM, "listen", "--state", state, "-l", "udp:127.0.0.1:0",
                              "-u", spec])
                self.assertEqual(result.returncode, 2)
                self.assertNotIn(b"hunter2", result.stdout + result.stderr)

    def test_that_may_be_repeated_have_no_limit(self):
        listener = self.listen(*("-u", "noc") * 100, *("-c", "noc") * 100, "-u", "last",
                               "-c", "public", listen=["udp:127.0.0.1:0"] * 100)
        self.assertEqual(len(listener.ports), 100)
        event = self.shown(listener, messages.Sender("last", b"\x80\0\0\0\1").message())
        self.assertEqual(event["security"]["user"], "last")

    def test_help_goes_to_stdout_with_an_example(self):
        result = run([PROGRAM, "listen", "--help"])
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        self.assertIn(b"Example: trapline listen", result.stdout)

    def test_a_secret_of_a_file_is_taken_whole_or_not_at_all(self):
        with tempfile.TemporaryDirectory() as state, tempfile.NamedTemporaryFile() as file:
            file.write(b"x" * 1025)
            file.flush()
            result = run([PROGRAM, "listen", "--state", state, "-l", "udp:127.0.0.1:0",
                          "-u", f"noc,auth=SHA:@{file.name}"])
            self.assertEqual(result.returncode, 2)
            self.assertIn(b"too long", result.stderr)

    def test_secrets_come_from_files_and_the_environment_and_keys(self):
        engine_id = bytes.fromhex("80001f8804deadbeef")
        key = messages.localized_key("SHA-256", "from a key", engine_id).hex()
        with tempfile.NamedTemporaryFile("w", suffix=",odd") as secret:
            secret.write("from a file\nsecond line\n")
            secret.flush()
            listener = self.listen(
                "-u", f"filed,auth=SHA-1:@{secret.name}", "-u", "kept,auth=MD5:env:SECRET",
                "-u", f"keyed,engine={engine_id.hex()},auth=sha256:key:{key}",
                env={"SECRET": "from the environment"})
        for user, auth, passphrase in (("filed", "SHA-1", "from a file"),
                                       ("kept", "MD5", "from the environment"),
                                       ("keyed", "SHA-256", "from a key")):
            sender = messages.Sender(user, engine_id, auth, passphrase)
            event = self.shown(listener, sender.message())
            self.assertEqual(event["security"]["auth"], auth)


class Program(Case):
    def test_without_or_with_an_unknown_command_shows_its_commands_and_ends_with_2(self):
        for args in ([], ["lsten"], ["--nonsense"]):
            result = run([PROGRAM, *args])
            self.assertEqual((result.returncode, result.stdout), (2, b""))
            self.assertIn(b"listen", result.stderr)

    def test_tells_its_version_and_its_commands_on_stdout(self):
        for args, word in (["--version"], b"trapline "), (["--help"], b"listen"):
            result = run([PROGRAM, *args])
            self.assertEqual((result.returncode, result.stderr), (0, b""))
            self.assertIn(word, result.stdout)


class Communities(Case):
    def test_that_were_not_given_are_refused(self):
        listener = self.listen("-c", "noc", "-c", "")
        for make in (messages.v1, messages.v2c):
            self.refuses(listener, make(community=b"public"), "community-unknown",
                         community=b"noc")
            self.refuses(listener, make(community=b"no"), "community-unknown",
                         community=b"noc")
            self.assertEqual(self.shown(listener, make(community=b"noc"),
                                        community=b"noc")["community"], "noc")
            self.assertEqual(self.shown(listener, make(community=b""),
                                        community=b"noc")["community"], "")

    def test_the_hint_names_the_one_that_came_and_none_of_ours(self):
        listener = self.listen("-c", "open-sesame")
        event = self.refuses(listener, messages.v2c(community=b"public"),
                             community=b"open-sesame")
        self.assertIn("public", event["hint"])
        for place in ("--community", "configuration's communities"):
            self.assertIn(place, event["hint"])
        self.assertNotIn("open-sesame", event["hint"])
        self.assertEqual(event["community"], "public")

    def test_an_inform_of_an_unknown_community_gets_no_answer(self):
        listener = self.listen("-c", "noc")
        asked = listener.ask(messages.v2c(tag=messages.INFORM), community=b"noc")
        self.assertEqual(asked.replies, [])


class Count(Case):
    def test_ends_it_after_so_many_notifications(self):
        listener = self.listen("-n", "3")
        listener.send(b"refused", *[messages.v2c(request_id=i) for i in range(5)])
        result = listener.finish()
        self.assertEqual(result.status, 0)
        shown = [e["request_id"] for e in listener.events if e["kind"] == "trap"]
        self.assertEqual(shown, [0, 1, 2])
        self.assertEqual(result.counters["delivered"], 3)

    def test_acknowledges_the_last_one(self):
        listener = self.listen("-n", "1")
        listener.send(messages.v2c(tag=messages.INFORM, request_id=77))
        reply = messages.parse(listener.client().receive()[0])
        self.assertEqual((reply.tag, reply.request_id), (messages.RESPONSE, 77))
        self.assertEqual(listener.finish().status, 0)


class Refusals(Case):
    def test_are_events_only_when_asked_for(self):
        listener = self.listen(refused=False)
        self.assertEqual(listener.ask(b"nonsense").events, [])
        self.assertEqual(listener.stop().counters["refused"], 1)


class Signals(Case):
    def test_usr1_prints_the_counters_and_goes_on(self):
        listener = self.listen()
        listener.ask(messages.v2c(), messages.v1(), b"nonsense")
        counters = listener.counters()
        self.assertEqual(counters["received"], 4)
        self.assertEqual(counters["refused"], 1)
        self.assertEqual(counters["versions"], {"1": 1, "2c": 2, "3": 0})
        self.assertEqual(counters["rfc"]["snmpInASNParseErrs"], 1)
        self.shown(listener, messages.v2c())

    def test_int_and_hup_end_it_like_term(self):
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
            listener = self.listen()
            self.shown(listener, messages.v2c())
            self.assertEqual(listener.stop(number).status, 0)

    def test_term_leaves_nothing_in_the_sockets(self):
        listener = self.listen()
        listener.send_signal(signal.SIGSTOP)
        for source in HOSTS:
            listener.send(*[messages.v2c(request_id=i) for i in range(1000)], source=source)
        listener.send_signal(signal.SIGTERM)
        listener.send_signal(signal.SIGCONT)
        result = listener.finish()
        self.assertEqual((result.status, result.counters["delivered"]), (0, 1000 * len(HOSTS)))


class Sockets(Case):
    def test_a_port_in_use_is_told_with_a_hint(self):
        taken = Client()
        with tempfile.TemporaryDirectory() as state:
            result = run([PROGRAM, "listen", "--state", state, "-l",
                          f"udp:127.0.0.1:{taken.port}"])
        taken.close()
        self.assertEqual(result.returncode, 1)
        self.assertIn(str(taken.port).encode(), result.stderr)
        self.assertIn(b"--listen", result.stderr)

    def test_an_address_that_is_not_ours_is_told(self):
        with tempfile.TemporaryDirectory() as state:
            result = run([PROGRAM, "listen", "--state", state, "-l", "udp:192.0.2.1:0"])
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"192.0.2.1", result.stderr)

    def test_answers_leave_from_the_address_that_was_asked(self):
        listener = self.listen(listen=("udp:0.0.0.0:0",))
        hosts = ("127.0.0.1", "127.0.0.2", "127.9.9.9")
        for i, host in enumerate(hosts):
            client = listener.client()
            client.send(messages.v2c(tag=messages.INFORM, request_id=i),
                        (host, listener.ports[0][1]))
            reply, source = client.receive()
            self.assertEqual(source, (host, listener.ports[0][1]))
            self.assertEqual(messages.parse(reply).tag, messages.RESPONSE)
        self.assertEqual([e["local"]["address"] for e in listener.wait_events(3)], list(hosts))

    @needs_ipv6
    def test_answers_leave_from_the_ipv6_address_that_was_asked(self):
        listener = self.listen(listen=("udp:[::]:0",))
        client = listener.client("::1")
        client.send(messages.v2c(tag=messages.INFORM), ("::1", listener.ports[0][1]))
        self.assertEqual(client.receive()[1][:2], ("::1", listener.ports[0][1]))

    @needs_ipv6
    def test_an_ipv6_socket_takes_no_ipv4(self):
        def leaves_the_port_to_ipv4(listener):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                try:
                    s.bind(("0.0.0.0", listener.ports[0][1]))
                except OSError:
                    return False
            self.shown(listener, messages.v2c(), source="::1")
            return True

        # not each time: somebody else may be there
        self.assertTrue(any(leaves_the_port_to_ipv4(self.listen(listen=("udp:[::]:0",)))
                            for _ in range(10)))

    def test_clients_that_are_gone_do_not_disturb(self):
        """Answers to them come back as ICMP errors."""
        listener = self.listen()
        for i in range(20):
            gone = Client()
            gone.send(messages.v2c(tag=messages.INFORM, request_id=i), listener.ports[0])
            gone.close()
            listener.ask(messages.v2c(request_id=100 + i))
        self.assertLessEqual({*range(20), *range(100, 120)},
                             {e["request_id"] for e in listener.events})

    def test_many_sockets_take_turns(self):
        listener = self.listen(listen=("udp:127.0.0.1:0",) * 8)
        self.assertEqual(len({port for _, port in listener.ports}), 8)
        for turn in range(3):
            for i, address in enumerate(listener.ports):
                listener.client().send(messages.v2c(request_id=turn * 8 + i), address)
        events = listener.wait_events(24)
        self.assertEqual(sorted(e["request_id"] for e in events), list(range(24)))
        by_port = {e["request_id"] % 8: e["local"]["port"] for e in events}
        self.assertEqual([by_port[i] for i in range(8)], [p for _, p in listener.ports])

    def test_sources_are_told_apart(self):
        listener = self.listen()
        for source in ("127.0.0.1", "127.0.0.7", "127.1.2.3", *HOSTS[1:]):
            event = self.shown(listener, messages.v2c(), source=source)
            self.assertEqual(event["source"], {"address": source, "transport": "udp",
                                               "port": listener.client(source).port})


class State(Case):
    def test_a_folder_serves_one_listener_at_a_time(self):
        first = self.listen()
        second = run([PROGRAM, "listen", "-l", "udp:127.0.0.1:0", "--state", first.state])
        self.assertEqual(second.returncode, 1)
        self.assertIn(first.state.encode(), second.stderr)
        self.shown(first, messages.v2c())

    def test_an_unusable_default_folder_is_told_and_done_without(self):
        with tempfile.NamedTemporaryFile() as no_folder:
            for env in ({"XDG_STATE_HOME": no_folder.name}, {"XDG_STATE_HOME": "", "HOME": ""}):
                listener = self.listen(env=env, keep=False)
                self.shown(listener, messages.v2c())
                self.assertIn("keeps no state", "\n".join(listener.errors))

    def test_the_engine_id_is_kept_or_as_asked_for(self):
        def engine_id(*args):
            listener = self.listen(*args, state=state)
            sender = messages.Sender()
            reply = messages.parse(listener.ask(sender.inform()).replies[0])
            listener.stop()
            return reply.engine_id.hex()

        with tempfile.TemporaryDirectory() as state:
            made = engine_id()
            self.assertRegex(made, "^80[0-9a-f]{8,62}$")
            self.assertEqual(engine_id(), made)
            wanted = "80001f8804" + b"wanted".hex()
            self.assertEqual(engine_id("--engine-id", wanted), wanted)


if __name__ == "__main__":
    unittest.main()

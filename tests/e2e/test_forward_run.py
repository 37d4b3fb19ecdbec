"""`trapline run` as a forwarder: chains of it, loops, receivers that are dead or move, what
is not for it, and how all that is counted."""

import pathlib
import re
import shutil
import subprocess
import unittest

import ber
import messages
from harness import PROGRAM, ROOT, Client, run
from outputs import trap, wait
from relays import RelayCase
from test_forward import COUNTER, DESCR, TRAP_ADDRESS, Peer

FAST = {"timeout": "50ms", "retries": 1, "retry": {"first": "20ms", "most": "100ms"}}
ENGINE = bytes.fromhex("80001f8804646576696365")
FILE = {"type": "file", "path": "events.json"}


def forward(*ports, **more):
    return {"type": "forward", "to": [f"udp:127.0.0.1:{p}" for p in ports]} | more


class ForwardCase(RelayCase):
    def peer(self, *args, **more):
        peer = Peer(*args, **more)
        self.addCleanup(peer.close)
        return peer

    def relay(self, *ports, conf=None, check=True, folder=None, **more):
        return self.run_daemon({"outputs": {"up": forward(*ports, **more), "events": FILE}}
                               | (conf or {}), check=check, folder=folder)

    def wait_delivered(self, d, count, name="up"):
        return d.wait_counters(lambda c: c["outputs"][name]["delivered"] == count)


class Chain(ForwardCase):
    """Device -> one relay -> another -> trapline listen: who the device is stays known."""

    TRUST = {"trusted_relays": ["127.0.0.1"]}

    def chain(self, datagram, first, second, conf=None, source="127.0.0.5"):
        """What the second relay makes of it, and what comes out behind it."""
        listener = self.listen("-u", "b")
        b = self.relay(listener.address()[1], conf=self.TRUST | {"users": ["a"]} | (conf or {}),
                       **second)
        a = self.relay(b.ports[0], conf={"users": ["device"]}, **first)
        a.send(datagram, source=source)
        seen = listener.wait_event(lambda e: e["kind"] in ("trap", "inform"))
        self.wait_delivered(b, 1, "events")
        return b.events()[0], seen

    def test_v1_v2c_v1(self):
        datagram = messages.v1(DESCR, enterprise="1.3.6.1.4.1.99999.2", specific=7,
                               agent="127.0.0.5")
        for first, second in (("2c", "1"), ("1", "2c"), ("3", "1"), ("same", "same")):
            with self.subTest(first=first, second=second):
                at_b, seen = self.chain(datagram, {"version": first, "user": ["a"]},
                                        {"version": second, "user": ["b"]})
                self.assertEqual(seen["agent_address"], "127.0.0.5")
                self.assertEqual(at_b["trap_oid"], "1.3.6.1.4.1.99999.2.0.7")
                if second != "2c":
                    self.assertEqual(seen["v1"], {"enterprise": "1.3.6.1.4.1.99999.2",
                                                  "generic": 6, "specific": 7})

    def test_the_device_is_what_the_relay_says_it_is(self):
        datagram = messages.v2c(ber.varbind(TRAP_ADDRESS, ber.ip_address("192.0.2.9")))
        at_b, seen = self.chain(datagram, {"version": "2c"}, {"version": "2c"})
        self.assertEqual(at_b["device"]["address"], "192.0.2.9")
        self.assertEqual([v["value"] for v in seen["varbinds"]], ["192.0.2.9"])

    def test_nobody_else_is_believed(self):
        datagram = messages.v2c(ber.varbind(TRAP_ADDRESS, ber.ip_address("192.0.2.9")))
        at_b, _ = self.chain(datagram, {"version": "2c"}, {"version": "2c"},
                             {"trusted_relays": ["192.0.2.200"]})
        self.assertNotIn("device", at_b)

    def test_v3_v3_by_engine_and_context(self):
        for send_as in ("trap", "inform"):
            with self.subTest(send_as):
                datagram = messages.Sender("device", ENGINE).message(DESCR, context=b"vrf-a")
                at_b, seen = self.chain(
                    datagram, {"version": "3", "user": ["a"], "send_as": send_as,
                               "add_address": False},
                    {"version": "3", "user": ["b"], "send_as": send_as, "add_address": False},
                    {"engine_addresses": {ENGINE.hex(): "192.0.2.9"}})
                self.assertEqual(at_b["device"]["address"], "192.0.2.9")
                for event in (at_b, seen):
                    self.assertEqual(event["context"], {"engine_id": ENGINE.hex(),
                                                        "name": "vrf-a"})

    def test_an_inform_for_us_does_not_take_our_engine_along(self):
        """Many senders have the receiver's engine ID for the context's: that is no device."""
        listener = self.listen("-u", "a")
        a = self.relay(listener.address()[1], version="3", user=["a"], send_as="trap",
                       conf={"users": ["device"], "engine_id": "80001f88046f757273"})
        sender = messages.Sender("device", bytes.fromhex("80001f88046f757273"))
        a.send(sender.inform(DESCR))
        seen = listener.wait_events(1)[0]
        self.assertEqual(seen["context"]["engine_id"], seen["security"]["engine_id"])
        self.assertNotEqual(seen["context"]["engine_id"], "80001f88046f757273")


class Loops(ForwardCase):
    def loop(self, conf=None, **how):
        """Two that forward to each other, and a trap to the first: its counters when all
        is quiet, and how many notifications both have had."""
        a = self.run_daemon({"outputs": {"events": FILE}} | (conf or {}))
        b = self.relay(a.ports[0], conf=conf, **how)
        a.configure({"listen": [f"udp:127.0.0.1:{a.ports[0]}"], "outputs": {
            "up": forward(b.ports[0], **how), "events": FILE}} | (conf or {}))
        self.assertTrue(a.ask("reload")["ok"])
        client = Client()
        self.addCleanup(client.close)
        for i in range(3):
            client.send(trap(i, community=b"x"), ("127.0.0.1", a.ports[0]))
        a.wait_counters(lambda c: c["delivered"] >= 6)
        wait(lambda: self.peers(a, "up")[0]["loops"] == 3, "the end of the loop")
        for d in (a, b):  # nothing is under way any more
            wait(lambda d=d: self.status(d, "up")["waiting"] == 0, "an empty queue")
        return a, a.counters()["delivered"], b.counters()["delivered"]

    def test_end_without_dedup_in_each_version(self):
        for how in ({}, {"version": "1"}, {"version": "2c"}, {"version": "same"},
                    {"version": "2c", "send_as": "inform"},
                    {"version": "3", "user": ["relay"]},
                    {"version": "3", "user": ["relay"], "send_as": "inform"}):
            with self.subTest(how):
                a, first, second = self.loop({"users": ["relay"]}, **how)
                self.assertEqual((first, second), (6, 3))
                status = self.status(a, "up")
                self.assertEqual((status["delivered"], status["rejected"]), (3, 3))
                self.assertIn("not sent back to where it came from", status["problem"])
                metrics = a.metrics()
                label = f'{{output="up",peer="{self.peers(a, "up")[0]["name"]}"}}'
                self.assertEqual(metrics["trapline_output_peer_loops_total" + label], "3")

    def test_none_with_ourselves_by_any_spelling(self):
        for listen, names in (
                ("udp:127.0.0.1:0", ("127.0.0.1", "localhost", "0.0.0.0")),
                ("udp:0.0.0.0:0", ("127.0.0.1", "127.0.0.9", "localhost", "0.0.0.0"))):
            d = self.run_daemon({"listen": [listen], "outputs": {"events": FILE}})
            peer = self.peer()
            to = [f"udp:{name}:{d.ports[0]}" for name in names]
            conf = {"listen": [listen], "outputs": {
                "events": FILE, "up": forward() | FAST | {"to": [
                    *to, f"udp:127.0.0.1:{peer.port}"]}}}
            d.configure(conf)
            self.assertTrue(d.ask("reload")["ok"])
            d.send(trap(1), trap(2))
            self.wait_delivered(d, 2, "up")
            c = self.wait_delivered(d, 2, "events")
            self.assertEqual(c["received"], 2)
            of = {p["name"]: p for p in d.ask("status")["outputs"][1]["peers"]}
            self.assertEqual([of[x]["loops"] for x in to], [2] * len(to))
            conf["outputs"]["up"]["to"] = to[:1]
            d.configure(conf)
            self.assertTrue(d.ask("reload")["ok"])
            d.send(trap(3))
            d.wait_counters(lambda c: (c["received"], c["outputs"]["up"]["rejected"]) == (3, 1))
            self.wait_delivered(d, 3, "events")
            self.assertIn("not sent to ourselves: we listen there",
                          d.ask("status")["outputs"][-1]["problem"])

    def test_check_warns_of_one_with_ourselves(self):
        folder = pathlib.Path(self.folder())
        for listen, to, warned in (
                ("udp:0.0.0.0:1162", "127.0.0.1:1162", True),
                ("udp:1162", "localhost:1162", True), ("[::]:1162", "[::1]:1162", True),
                ("udp:127.0.0.1:1162", "localhost:1162", True),
                ("udp:127.0.0.1:1162", "127.0.0.2:1162", False),
                ("udp:[::]:1162", "127.0.0.1:1162", False),
                ("udp:0.0.0.0:1162", "127.0.0.1:162", False),
                ("udp:0.0.0.0:1162", "192.0.2.1:1162", False)):
            with self.subTest(listen=listen, to=to):
                path = folder / "t.yaml"
                path.write_text(f"listen: ['{listen}']\noutputs:\n  up:\n    type: forward\n"
                                f"    to: ['udp:{to}']\n")
                done = run([PROGRAM, "check", "-c", str(path)])
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual("5:10: warning: 'udp:" + to + "' is where we listen"
                                 in done.stderr.decode(), warned, done.stderr)

    def test_what_a_device_of_this_host_repeats_is_none(self):
        peer = self.peer(answers=False)
        d = self.relay(peer.port, version="2c")
        d.send(trap(1), trap(1), trap(1))
        self.wait_delivered(d, 3)
        wait(lambda: len(peer.got) == 3, "all of them")


class Others(ForwardCase):
    def test_events_of_our_own_and_refused_datagrams_are_not_for_it(self):
        for version in ("raw", "2c"):
            with self.subTest(version):
                peer = self.peer()
                d = self.relay(peer.port, version=version, conf={
                    "refused": True, "communities": ["public"], "dedup": {"enabled": True},
                    "alarms": {"enabled": True}})
                down = messages.v2c(ber.varbind("1.3.6.1.2.1.2.2.1.1.7", ber.integer(7)),
                                    trap_oid=messages.LINK_DOWN)
                d.send(down, messages.v2c(community=b"wrong"), b"broken")
                d.ask("clear 127.0.0.1/linkDown/7")
                self.wait_delivered(d, 1)
                d.wait_counters(lambda c: c["outputs"]["events"]["delivered"] >= 3)
                self.assertEqual(len(peer.got), 1)
                status = self.status(d, "up")
                self.assertEqual((status["delivered"], status["rejected"], status["waiting"],
                                  status["dropped"]), (1, 0, 0, 0))

    def test_outputs_have_filters_and_receivers_of_their_own(self):
        first, second, third = (self.peer() for _ in range(3))
        d = self.run_daemon({"outputs": {
            "all": forward(first.port, second.port),
            "bad": forward(third.port, filter={"severity": ">= major"}, version="2c")}})
        d.send(trap(1), messages.v2c(trap_oid=messages.LINK_DOWN, uptime=2))
        self.wait_delivered(d, 2, "all")
        self.wait_delivered(d, 1, "bad")
        wait(lambda: [p.uptimes() for p in (first, second, third)] == [[1, 2], [1, 2], [2]],
             "each at the right receiver")

    def test_counter64_to_v1_is_left_out_and_counted(self):
        peer = self.peer(answers=False)
        d = self.relay(peer.port, version="1")
        d.send(messages.v2c(DESCR, COUNTER, COUNTER), messages.v2c(COUNTER))
        self.wait_delivered(d, 2)
        told, = self.peers(d, "up")
        self.assertEqual((told["delivered"], told["cut"]), (2, 3))
        self.assertEqual(d.metrics()[
            f'trapline_output_peer_cut_total{{output="up",peer="{told["name"]}"}}'], "3")

    def test_an_inform_is_acknowledged_when_it_is_in_the_queue(self):
        dead = self.peer(answers=False)
        d = self.relay(dead.port, version="2c", **FAST)
        client = Client()
        self.addCleanup(client.close)
        client.send(messages.v2c(tag=messages.INFORM, request_id=7), ("127.0.0.1", d.ports[0]))
        self.assertEqual(messages.parse(client.receive()[0]).request_id, 7)
        self.assertEqual(self.status(d, "up")["delivered"], 0)
        dead.answers = True


class Dead(ForwardCase):
    def test_one_that_comes_back_gets_all_once(self):
        peer = self.peer(answers=False)
        d = self.relay(peer.port, version="2c", send_as="inform", **FAST)
        d.send(*[trap(i) for i in range(500)])
        d.wait_counters(lambda c: c["received"] == 500)
        wait(lambda: self.status(d, "up")["state"] == "retries", "it to fail")
        told, = self.peers(d, "up")
        self.assertEqual((told["up"], told["delivered"]), (False, 0))
        self.assertEqual(d.metrics()['trapline_output_up{output="up"}'], "0")
        before = len(peer.got)
        self.assertGreater(before, 0)
        peer.answers = True
        self.wait_delivered(d, 500)
        self.assertEqual(set(peer.uptimes()), set(range(500)))
        self.assertEqual(self.peers(d, "up")[0] | {"name": ""}, {
            "name": "", "up": True, "delivered": 500, "rejected": 0, "given_up": 0,
            "loops": 0, "cut": 0})

    def test_does_not_hold_up_another_and_is_counted_by_itself(self):
        dead, alive = self.peer(answers=False), self.peer()
        d = self.relay(dead.port, alive.port, version="2c", send_as="inform", **FAST)
        d.send(*[trap(i) for i in range(100)])
        self.wait_delivered(d, 100)
        first, second = self.peers(d, "up")
        self.assertEqual((first["up"], first["given_up"], first["delivered"]), (False, 100, 0))
        self.assertEqual((second["up"], second["given_up"], second["delivered"]),
                         (True, 0, 100))
        self.assertEqual(d.metrics()[
            f'trapline_output_peer_given_up_total{{output="up",peer="{first["name"]}"}}'],
            "100")

    def test_what_nobody_takes_is_given_up_after_a_time(self):
        dead = self.peer(answers=False)
        d = self.relay(dead.port, version="2c", send_as="inform", timeout="20ms", retries=0,
                       retry={"first": "10ms", "most": "20ms", "give_up": "100ms"})
        d.send(trap(1))
        wait(lambda: self.status(d, "up")["given_up"] == 1, "that it is given up")


class Manual(ForwardCase):
    """The examples of docs/forwarding.md work as they are printed."""

    def test_the_examples(self):
        text = (ROOT / "docs" / "forwarding.md").read_text()
        outputs, chain = re.findall(r"(?s)```yaml\n(.*?)```", text)
        secret = "relay,auth=SHA-256:authpassphrase,priv=AES:privpassphrase"
        peers, noc = [self.peer(), self.peer()], self.listen("-u", secret)
        for name, port in (("nms1", peers[0].port), ("nms2", peers[1].port),
                           ("noc", noc.address()[1])):
            outputs, count = re.subn(rf"udp:{name}\.example\.net:162",
                                     f"udp:127.0.0.1:{port}", outputs)
            self.assertEqual(count, 1)
        folder = self.folder()
        (folder / "relay.auth").write_text("authpassphrase\n")
        (folder / "relay.priv").write_text("privpassphrase\n")
        (folder / "trapline.yaml").write_text(
            f"listen: ['udp:127.0.0.1:0']\nstate: {folder}/state\n"
            "metrics: {listen: '127.0.0.1:0'}\n" + outputs + chain)
        d = self.run_daemon(folder=folder)
        sent = [trap(1), messages.v2c(trap_oid=messages.LINK_DOWN)]
        d.send(*sent)
        self.wait_delivered(d, 2, "everything")
        self.wait_delivered(d, 1, "upstream")
        wait(lambda: [p.got for p in peers] == [sent, sent], "both as they came")
        event, = [e for e in noc.events if e["kind"] != "refused"]
        self.assertEqual((event["kind"], event["trap_oid"], event["security"]["level"]),
                         ("inform", messages.LINK_DOWN, "authPriv"))


class OwnEvents(ForwardCase):
    def test_what_another_output_drops_is_nothing_for_a_receiver_of_traps(self):
        nobody, peer = self.peer(answers=False), self.peer()
        d = self.run_daemon({"dedup": {"enabled": False}, "outputs": {
            "dead": forward(nobody.port, version="2c", send_as="inform",
                            queue={"events": 1}),
            "up": forward(peer.port), "events": FILE}}, check=False)
        d.send(*(trap(i) for i in range(1, 6)))
        self.wait_delivered(d, 5)
        d.wait_counters(lambda c: c["outputs"]["dead"]["dropped"] > 0)
        c = d.stop()
        self.assertIn("dropped", [e["kind"] for e in d.events()])
        self.assertEqual((c["outputs"]["up"]["offered"], c["outputs"]["up"]["rejected"]),
                         (5, 0))


def can_unshare():
    return shutil.which("unshare") and subprocess.run(
        ["unshare", "-rm", "mount", "--bind", "/etc/hosts", "/etc/hosts"],
        capture_output=True, check=False).returncode == 0


@unittest.skipUnless(can_unshare(), "needs a mount namespace for a hosts file of its own")
class Names(ForwardCase):
    def test_one_whose_address_changes_is_followed(self):
        old = self.peer()
        new = self.peer(host="127.0.0.9", port=old.port)
        hosts = self.folder() / "hosts"
        hosts.write_text("127.0.0.1 localhost nms.example.net\n")
        d = self.run_daemon({"outputs": {"up": FAST | {
            "type": "forward", "to": [f"udp:nms.example.net:{old.port}"], "version": "2c",
            "send_as": "inform"}}}, wrap=[
                "unshare", "-rm", "sh", "-c",
                f'mount --bind {hosts} /etc/hosts && exec "$@"', "sh"])
        d.send(trap(1))
        self.wait_delivered(d, 1)
        old.answers = False
        hosts.write_text("127.0.0.9 localhost nms.example.net\n")
        d.send(trap(2))
        self.wait_delivered(d, 2)
        self.assertEqual(new.uptimes(), [2])


if __name__ == "__main__":
    unittest.main()

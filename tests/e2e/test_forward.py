"""The output forward: datagrams as they came, and notifications encoded anew, towards
`trapline listen`, snmptrapd and sockets that do as they like."""

import socket
import tempfile
import threading
import time
import unittest

import ber
import messages
import sending
from harness import PATIENCE_S, Case, Client, needs_ipv6
from outputs import OutputCase, needs_driver, trap, wait

TRAP_ADDRESS = "1.3.6.1.6.3.18.1.3.0"
TRAP_COMMUNITY = "1.3.6.1.6.3.18.1.4.0"
TRAP_ENTERPRISE = "1.3.6.1.6.3.1.1.4.3.0"
DESCR = ber.varbind(messages.SYS_DESCR, ber.octets(b"text"))
COUNTER = ber.varbind("1.3.6.1.4.1.99999.9", ber.counter64(2 ** 63))
RETRY = "retry: {first: 20ms, most: 100ms}"


class Peer:
    """A receiver that keeps what it gets, and acknowledges an inform if |answers|."""

    def __init__(self, answers=True, port=0, host="127.0.0.1"):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, port))
        self.host, self.port = self.socket.getsockname()
        self.got, self.answers, self.error = [], answers, 0
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                data, peer = self.socket.recvfrom(65536)
            except OSError:
                return
            if data == b"":
                return
            self.got.append(data)
            said = messages.parse(data) if self.answers else None
            if said and said.tag == messages.INFORM:
                self.socket.sendto(messages.community_message(
                    1, said.community, ber.tlv(messages.RESPONSE, ber.integer(said.request_id),
                                               ber.integer(self.error), ber.integer(0),
                                               ber.sequence())), peer)

    def uptimes(self):
        return [ber.number(messages.parse(d).varbinds[0][2]) for d in self.got]

    def close(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.sendto(b"", (self.host, self.port))
        self.socket.close()


class ForwardCase(Case, OutputCase):
    def peer(self, *args, **more):
        peer = Peer(*args, **more)
        self.addCleanup(peer.close)
        return peer

    def forward(self, *ports, more="", **how):
        to = ", ".join(f"'{p}'" if isinstance(p, str) else f"'udp:127.0.0.1:{p}'"
                       for p in ports)
        return self.output(f"type: forward\nto: [{to}]\n{RETRY}\n{more}", **how)

    def relay(self, *datagrams, listen=(), more="", **how):
        """The events that `trapline listen` makes of what is relayed to it."""
        listener = self.listen(*listen)
        output = self.forward(listener.address()[1], more=more, **how)
        for d in datagrams:
            output.send(d, source="192.0.2.77")
        def shown():  # a probe for our engine is a refusal
            found = [e for e in listener.events if e["kind"] != "refused"]
            return len(found) >= len(datagrams) and found
        events = listener.wait(shown)
        self.assertEqual(output.finish()["delivered"], len(datagrams))
        return events

    def values(self, event):
        return {v["oid"]: v["value"] for v in event["varbinds"]}


@needs_driver
class Raw(ForwardCase):
    def test_the_datagram_as_it_came_to_each(self):
        first, second = self.peer(answers=False), self.peer(answers=False)
        sender = messages.Sender("u", b"\x80\0\0\0\x05abc")
        sent = [trap(1), messages.v1(DESCR), messages.v2c(tag=messages.INFORM),
                sender.message(DESCR), trap(2) + b"trailing"]
        output = self.forward(first.port, second.port, users="users: [u]")
        for d in sent:
            output.send(d)
        self.assertEqual(output.finish()["delivered"], len(sent))
        for peer in (first, second):
            wait(lambda peer=peer: len(peer.got) == len(sent), "all datagrams")
            self.assertEqual(peer.got, sent)

    def test_largest_datagram(self):
        peer = self.peer(answers=False)
        text = ber.varbind(messages.SYS_DESCR, ber.octets(b"x" * 65000))
        output = self.forward(peer.port)
        output.send(messages.v2c(text))
        output.finish()
        wait(lambda: peer.got, "the datagram")
        self.assertEqual(peer.got, [messages.v2c(text)])

    def test_a_name_is_looked_up(self):
        peer = self.peer(answers=False)
        output = self.forward(f"udp:localhost:{peer.port}")
        output.send(trap(1))
        self.assertEqual(output.finish()["delivered"], 1)
        wait(lambda: peer.got, "the datagram")

    def test_a_name_that_is_none_keeps_the_events(self):
        output = self.forward("udp:nothing.invalid:162", patience_s=0)
        output.send(trap(1))
        counters = output.wait(lambda c: c["retries"] > 0 and "nothing.invalid" in c["problem"])
        self.assertEqual(counters["delivered"], 0)
        self.assertEqual(output.finish()["given_up"], 1)

    def test_nobody_there_is_told_and_what_is_not_sent_is_kept(self):
        peer = self.peer(answers=False)
        peer.close()
        output = self.forward(peer.port)
        output.send(trap(1))  # lost, as a datagram may be: the kernel tells with the next
        output.wait(lambda c: c["delivered"] == 1)
        output.send(trap(2))
        output.wait(lambda c: "nothing listens" in c["problem"])
        again = self.peer(answers=False, port=peer.port)
        self.assertEqual(output.finish()["delivered"], 2)
        wait(lambda: again.got, "the second")

    @needs_ipv6
    def test_over_ipv6(self):
        client = Client("::1")
        self.addCleanup(client.close)
        output = self.forward(f"udp:[::1]:{client.port}")
        output.send(trap(1))
        output.finish()
        self.assertEqual(client.receive()[0], trap(1))


@needs_driver
class Loops(ForwardCase):
    def test_what_comes_from_a_receiver_is_not_sent_back_to_it(self):
        first, second = self.peer(answers=False), self.peer(answers=False)
        output = self.forward(first.port, second.port)
        output.send(trap(1), source="127.0.0.1", port=first.port)
        output.send(trap(2), source="127.0.0.1", port=4)
        counters = output.finish()
        self.assertEqual(counters["delivered"], 2)
        self.assertIn("not sent back", counters["problem"])
        wait(lambda: len(second.got) == 2 and first.got, "the datagrams")
        self.assertEqual(first.got, [trap(2)])

    def test_what_we_sent_ourselves_is_not_sent_again(self):
        client = Client()
        self.addCleanup(client.close)
        output = self.forward(client.port)
        output.send(trap(1))
        data, us = client.receive()
        output.send(data, source=us[0], port=us[1])
        self.assertEqual(output.finish()["rejected"], 1)

    def test_a_trap_of_our_own_engine_is_not_sent_again(self):
        client = Client()
        self.addCleanup(client.close)
        output = self.forward(client.port, more="version: 3\nuser: [relay]",
                              users="users: [relay]")
        output.send(trap(1))
        data = client.receive()[0]
        output.send(data, source="192.0.2.99")
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["rejected"]), (1, 1))


@needs_driver
class Versions(ForwardCase):
    def test_v1_to_v2c_keeps_all(self):
        event = self.relay(messages.v1(DESCR, community=b"old", enterprise="1.3.6.1.4.1.99999.2",
                                       generic=6, specific=7, agent="192.0.2.9", uptime=99),
                           more="version: 2c")[0]
        self.assertEqual((event["version"], event["kind"], event["trap_oid"], event["uptime"]),
                         ("2c", "trap", "1.3.6.1.4.1.99999.2.0.7", 99))
        self.assertEqual(self.values(event), {
            messages.SYS_DESCR: "text", TRAP_ADDRESS: "192.0.2.9", TRAP_COMMUNITY: "old",
            TRAP_ENTERPRISE: "1.3.6.1.4.1.99999.2"})
        self.assertEqual(event["community"], "old")

    def test_v2c_to_v1_without_counter64(self):
        event = self.relay(messages.v2c(DESCR, COUNTER, trap_oid="1.3.6.1.4.1.99999.2.0.7",
                                        uptime=99), more="version: 1")[0]
        self.assertEqual((event["version"], event["agent_address"], event["uptime"]),
                         ("1", "192.0.2.77", 99))
        self.assertEqual(event["v1"], {"enterprise": "1.3.6.1.4.1.99999.2", "generic": 6,
                                       "specific": 7})
        self.assertEqual(self.values(event), {messages.SYS_DESCR: "text"})

    def test_v1_there_and_back(self):
        sent = messages.v1(DESCR, generic=2, specific=0, agent="192.0.2.9", uptime=99)
        second = self.peer(answers=False)
        first = Client()
        self.addCleanup(first.close)
        one = self.forward(first.port, more="version: 2c")
        one.send(sent)
        middle = first.receive()[0]
        one.finish()
        two = self.forward(second.port, more="version: 1\ncommunity: public")
        two.send(middle)
        two.finish()
        wait(lambda: second.got, "the trap")
        self.assertEqual(messages.parse(middle).version, "2c")
        tag, body, _ = ber.read(second.got[0])
        pdu = ber.children(ber.children(body)[2][1])
        self.assertEqual(ber.dotted(pdu[0][1]), "1.3.6.1.4.1.99999")
        self.assertEqual([pdu[1][1], ber.number(pdu[2][1]), ber.number(pdu[4][1])],
                         [bytes([192, 0, 2, 9]), 2, 99])

    def test_v2c_to_v3_inform(self):
        secret = "relay,auth=SHA-256:authpassphrase,priv=AES:privpassphrase"
        event = self.relay(messages.v2c(DESCR), listen=("-u", secret),
                           more=f"version: 3\nsend_as: inform\nuser: ['{secret}']")[0]
        self.assertEqual((event["version"], event["kind"]), ("3", "inform"))
        self.assertEqual(event["security"]["level"], "authPriv")
        self.assertEqual(self.values(event), {messages.SYS_DESCR: "text",
                                              TRAP_ADDRESS: "192.0.2.77"})

    def test_v3_traps_are_of_one_engine_over_restarts(self):
        secret = "relay,auth=SHA-256:authpassphrase"
        listener = self.listen("-u", secret)
        with tempfile.TemporaryDirectory() as state:
            for i in range(2):
                output = self.forward(listener.address()[1], state=state,
                                      more=f"version: 3\nuser: ['{secret}']")
                output.send(trap(i))
                listener.wait_events(i + 1)
                output.finish()
        self.assertEqual({e["kind"] for e in listener.events}, {"trap"})
        self.assertEqual(len({e["security"]["engine_id"] for e in listener.events}), 1)

    def test_v3_to_v2c_and_same(self):
        v3 = messages.Sender("u", b"\x80\0\0\0\x05abc").message(DESCR, context=b"ctx")
        event = self.relay(v3, more="version: 2c", users="users: [u]")[0]
        self.assertEqual((event["version"], event["community"]), ("2c", "public"))
        event = self.relay(v3, more="version: same\nuser: [relay]", listen=("-u", "relay"),
                           users="users: [u]")[0]
        self.assertEqual((event["version"], event["context"]["name"]), ("3", "ctx"))

    def test_same_without_a_user_refuses_v3_only(self):
        peer = self.peer()
        output = self.forward(peer.port, more="version: same", users="users: [u]")
        output.send(messages.Sender("u", b"\x80\0\0\0\x05abc").message(DESCR))
        output.send(trap(1))
        counters = output.finish()
        self.assertEqual((counters["delivered"], counters["rejected"]), (1, 1))
        self.assertIn("needs a user", counters["problem"])

    def test_communities_of_the_events(self):
        peer = self.peer()
        output = self.forward(peer.port, more="version: 2c\nsend_as: inform")
        for i in range(40):  # more than there are lanes
            output.send(trap(i, community=b"c%d" % i))
        self.assertEqual(output.finish()["delivered"], 40)
        self.assertEqual({messages.parse(d).community for d in peer.got},
                         {b"c%d" % i for i in range(40)})

    def test_the_address_that_is_there_is_kept(self):
        address = ber.varbind(TRAP_ADDRESS, ber.ip_address("192.0.2.5"))
        event = self.relay(messages.v2c(address), more="version: 2c")[0]
        self.assertEqual(self.values(event), {TRAP_ADDRESS: "192.0.2.5"})
        event = self.relay(messages.v1(agent="192.0.2.5"), more="version: 1")[0]
        self.assertEqual(event["agent_address"], "192.0.2.5")
        event = self.relay(messages.v1(agent="0.0.0.0"), more="version: 1")[0]
        self.assertEqual(event["agent_address"], "192.0.2.77")
        event = self.relay(messages.v2c(DESCR), more="version: 2c\nadd_address: false")[0]
        self.assertEqual(self.values(event), {messages.SYS_DESCR: "text"})

    def test_an_exception_has_no_form_in_v1(self):
        peer = self.peer()
        output = self.forward(peer.port, more="version: 1")
        output.send(messages.v2c(ber.varbind(messages.SYS_DESCR, ber.null(0x80))))
        counters = output.finish()
        self.assertEqual(counters["rejected"], 1)
        self.assertRegex(counters["problem"],
                         "^udp:127.0.0.1:[0-9]+: cannot be sent: SNMPv1 has no exceptions")


@needs_driver
class Informs(ForwardCase):
    MORE = "version: 2c\nsend_as: inform\ntimeout: 50ms\nretries: 1"

    def test_are_repeated_until_acknowledged_and_kept_while_nobody_answers(self):
        peer = self.peer(answers=False)
        output = self.forward(peer.port, more=self.MORE)
        for i in range(600):
            output.send(trap(i))
        output.wait(lambda c: c["retries"] >= 2)
        self.assertGreater(len(peer.got), len(set(peer.got)))
        peer.answers = True
        self.assertEqual(output.finish()["delivered"], 600)
        self.assertEqual(set(peer.uptimes()), set(range(600)))

    def test_a_dead_receiver_neither_stops_nor_doubles_the_others(self):
        dead, alive = self.peer(answers=False), self.peer()
        output = self.forward(dead.port, alive.port, more=self.MORE)
        for i in range(300):
            output.send(trap(i))
        start = time.monotonic()
        counters = output.finish()
        self.assertLess(time.monotonic() - start, 5)
        self.assertEqual((counters["delivered"], counters["given_up"]), (300, 0))
        self.assertEqual(sorted(alive.uptimes()), list(range(300)))
        self.assertIn(str(dead.port), counters["problem"])

    def test_an_error_status_is_for_ever(self):
        peer = self.peer()
        peer.error = 16
        output = self.forward(peer.port, more=self.MORE)
        output.send(trap(1))
        counters = output.finish()
        self.assertEqual(counters["rejected"], 1)
        self.assertIn("authorizationError", counters["problem"])

    def test_a_wrong_secret_keeps_the_events(self):
        listener = self.listen("-u", "relay,auth=SHA-256:authpassphrase", check=False)
        output = self.forward(listener.address()[1], patience_s=0, more="version: 3\n"
                              "send_as: inform\nuser: ['relay,auth=SHA-256:wrongpassphrase']")
        output.send(trap(1))
        output.wait(lambda c: c["retries"] > 0 and c["problem"] != "")
        self.assertEqual(output.finish()["given_up"], 1)

    def test_the_end_does_not_wait_for_answers(self):
        peer = self.peer(answers=False)
        output = self.forward(peer.port, patience_s=0,
                              more="version: 2c\nsend_as: inform\ntimeout: 10s")
        output.send(trap(1))
        wait(lambda: peer.got, "the inform")
        start = time.monotonic()
        self.assertEqual(output.finish()["given_up"], 1)
        self.assertLess(time.monotonic() - start, PATIENCE_S / 2)


@needs_driver
@sending.needs_trapd
class Snmptrapd(ForwardCase):
    def test_hears_each_version(self):
        secret = "SHA authpassphrase AES privpassphrase"
        trapd = sending.Trapd(f"createUser relay {secret}")
        self.addCleanup(trapd.close)
        for i, (more, sent) in enumerate((
                ("version: 2c", messages.v1(DESCR, agent="192.0.2.9")),
                ("version: 1", messages.v2c(DESCR)),
                ("version: 2c\nsend_as: inform", messages.v2c(DESCR)),
                ("version: 3\nsend_as: inform\nuser: ['relay,auth=SHA:authpassphrase,"
                 "priv=AES:privpassphrase']", messages.v2c(DESCR)),
                ("version: raw", messages.v2c(DESCR)))):
            with self.subTest(more):
                output = self.forward(trapd.port, more=more)
                output.send(sent, source="192.0.2.77")
                self.assertEqual(output.finish()["delivered"], 1)
                line = "|".join(trapd.got(i + 1)[-1])
                self.assertIn('STRING: "text"', line)
                if "raw" not in more:
                    self.assertIn("192.0.2.9" if i == 0 else "192.0.2.77", line)


if __name__ == "__main__":
    unittest.main()

"""SNMPv3 by a client that is written by hand: discovery, Reports, time windows, engines,
users (RFC 3412, RFC 3414)."""

import signal
import tempfile
import unittest

import ber
import messages
from harness import Case
from messages import AUTH, INFORM, PRIV, REPORTABLE, Sender

USER = "noc,auth=SHA-256:maplesyrup"
ENGINE = bytes.fromhex("80001f8804") + b"device"
REPORT_REASON = {messages.UNKNOWN_ENGINE_IDS: "usm-unknown-engine",
                 messages.UNKNOWN_USER_NAMES: "usm-unknown-user",
                 messages.UNSUPPORTED_LEVELS: "usm-unsupported-level",
                 messages.WRONG_DIGESTS: "usm-wrong-digest",
                 messages.NOT_IN_TIME_WINDOWS: "usm-not-in-time-window",
                 messages.DECRYPTION_ERRORS: "usm-decryption",
                 messages.UNKNOWN_PDU_HANDLERS: "pdu-type"}


def device(engine_id=ENGINE, boots=1, time=1000, user="noc", auth="SHA-256",
           passphrase="maplesyrup"):
    return Sender(user, engine_id, auth, passphrase, boots, time)


class Exchange(Case):
    def report(self, listener, request, counter):
        """The one reply to |request|: a Report of |counter| to it."""
        asked = listener.ask(request)
        self.assertEqual([e["reason"] for e in asked.events], [REPORT_REASON[counter]])
        self.assertEqual(len(asked.replies), 1, "replies")
        reply = messages.parse(asked.replies[0])
        self.assertEqual(reply.tag, messages.REPORT)
        self.assertEqual([v[:2] for v in reply.varbinds], [(counter, 0x41)])
        self.assertGreater(ber.number(reply.varbinds[0][2]), 0)
        self.assertEqual(reply.flags & REPORTABLE, 0)
        return reply

    def discover(self, listener, sender):
        """Makes |sender| one that can inform |listener|: RFC 3414 section 4."""
        reply = self.report(listener, Sender().inform(), messages.UNKNOWN_ENGINE_IDS)
        sender.engine_id, sender.boots, sender.time = reply.engine_id, 0, 0
        reply = self.report(listener, sender.inform(), messages.NOT_IN_TIME_WINDOWS)
        self.assertTrue(sender.has_signed(reply), "the time is not to be believed")
        sender.boots, sender.time = reply.boots, reply.time
        return sender


class Informs(Exchange):
    def test_discovery_tells_engine_id_boots_and_time_then_it_is_acknowledged(self):
        listener = self.listen("-u", USER)
        sender = self.discover(listener, device())
        self.assertEqual(sender.boots, 1)
        asked = listener.ask(sender.inform(request_id=4242, context=b"ctx"))
        self.assertEqual(asked.events[0]["kind"], "inform")
        self.assertEqual(asked.events[0]["security"]["engine_id"], sender.engine_id.hex())
        reply = messages.parse(asked.replies[0])
        self.assertEqual((reply.tag, reply.request_id, reply.error, reply.context),
                         (messages.RESPONSE, 4242, 0, b"ctx"))
        self.assertEqual((reply.msg_id, reply.user, reply.flags),
                         (sender.msg_id, b"noc", AUTH))
        self.assertTrue(sender.has_signed(reply))
        self.assertEqual([v[0] for v in reply.varbinds],
                         [messages.SYS_UPTIME, messages.SNMP_TRAP_OID])

    def test_without_security_need_discovery_of_the_engine_only(self):
        listener = self.listen("-u", "guest")
        reply = self.report(listener, Sender().inform(), messages.UNKNOWN_ENGINE_IDS)
        asked = listener.ask(Sender("guest", reply.engine_id).inform(request_id=5))
        self.assertEqual(asked.events[0]["security"]["level"], "noAuthNoPriv")
        self.assertEqual(messages.parse(asked.replies[0]).request_id, 5)

    def test_to_another_engine_get_a_report_and_are_not_shown(self):
        listener = self.listen("-u", USER)
        self.report(listener, device().inform(), messages.UNKNOWN_ENGINE_IDS)

    def test_repeated_are_acknowledged_again_and_shown_once(self):
        listener = self.listen("-u", USER)
        sender = self.discover(listener, device())
        before = listener.counters()
        for repeat in range(3):  # each with a new msgID and digest
            asked = listener.ask(sender.inform(request_id=99))
            self.assertEqual(len(asked.events), 0 if repeat else 1)
            self.assertEqual(messages.parse(asked.replies[0]).request_id, 99)
            sender.time += 1
        after = listener.counters()
        self.assertEqual(after["duplicate"] - before["duplicate"], 2)

    def test_repeated_over_v2c_likewise(self):
        listener = self.listen()
        inform = messages.v2c(tag=INFORM, request_id=99)
        for repeat in range(3):
            asked = listener.ask(inform)
            self.assertEqual(len(asked.events), 0 if repeat else 1)
            self.assertEqual(messages.parse(asked.replies[0]).request_id, 99)
        other = listener.ask(inform, source="127.0.0.9")  # another one's
        self.assertEqual(len(other.events), 1)

    def test_of_a_wrong_digest_or_user_or_level_get_reports(self):
        listener = self.listen("-u", USER)
        sender = self.discover(listener, device())
        self.report(listener, sender.inform(digest=bytes(24)), messages.WRONG_DIGESTS)
        stranger = device(sender.engine_id, sender.boots, sender.time, user="stranger")
        self.report(listener, stranger.inform(), messages.UNKNOWN_USER_NAMES)
        flags = AUTH | PRIV | REPORTABLE
        self.report(listener, sender.inform(flags=flags, scoped=ber.octets(bytes(64))),
                    messages.UNSUPPORTED_LEVELS)

    def test_of_a_pdu_that_is_for_agents_get_a_report(self):
        listener = self.listen("-u", USER)
        sender = self.discover(listener, device())
        reply = self.report(listener, sender.inform(tag=0xA0, request_id=3),
                            messages.UNKNOWN_PDU_HANDLERS)
        self.assertEqual((reply.request_id, reply.flags), (3, AUTH))
        self.assertTrue(sender.has_signed(reply))

    def test_outside_of_our_window_get_a_report_of_our_time(self):
        listener = self.listen("-u", USER)
        sender = self.discover(listener, device())
        for boots, time in ((sender.boots + 1, sender.time), (sender.boots, sender.time + 200),
                            (2147483647, sender.time)):
            off = device(sender.engine_id, boots, time)
            reply = self.report(listener, off.inform(), messages.NOT_IN_TIME_WINDOWS)
            self.assertEqual(reply.boots, sender.boots)
            self.assertTrue(sender.has_signed(reply))
        self.shown(listener, sender.inform())


class Reports(Exchange):
    def test_go_only_to_who_asks_for_them(self):
        listener = self.listen("-u", USER)
        silent = [Sender().message(tag=INFORM), device(user="stranger").message(),
                  device().message(digest=bytes(24)), device().message(max_size=100)]
        asked = listener.ask(*silent)
        self.assertEqual([e["kind"] for e in asked.events], ["refused"] * 4)
        self.assertEqual(asked.replies, [])

    def test_are_not_answers_to_reports_or_responses(self):
        listener = self.listen("-u", USER)
        asked = listener.ask(*[device().message(tag=tag)
                               for tag in (messages.REPORT, messages.RESPONSE)])
        self.assertEqual([e["reason"] for e in asked.events], ["pdu-type"] * 2)
        self.assertEqual(asked.replies, [])

    def test_engine_boots_count_up_over_restarts_also_after_a_kill(self):
        with tempfile.TemporaryDirectory() as state:
            boots = []
            for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGTERM, signal.SIGKILL):
                listener = self.listen("-u", USER, state=state, check=False)
                boots.append(self.discover(listener, device()).boots)
                listener.stop(number)
            self.assertEqual(boots, [1, 2, 3, 4])


class Headers(Exchange):
    def test_with_flags_that_nobody_knows_are_fine(self):
        listener = self.listen("-u", USER)
        self.shown(listener, device().message(flags=AUTH | 0xF8))

    def test_with_odd_flags_or_models_or_sizes_are_refused(self):
        listener = self.listen("-u", USER)
        self.refuses(listener, device().message(flags=PRIV), "v3-flags")
        for model in (0, 1, 2, 4, 2**31 - 1, 2**31, -1):
            self.refuses(listener, device().message(model=model),
                         "v3-security-model", "ber-integer")
        for size in (0, 483, -1, 2**31):
            self.refuses(listener, device().message(max_size=size), "v3-max-size", "ber-integer")
        for size in (484, 2**31 - 1):
            self.shown(listener, device().message(max_size=size))


class Privacy(Exchange):
    PROTOCOLS = ("DES", "3DES", "AES-128", "AES-192", "AES-256", "AES-192-C", "AES-256-C")

    def test_of_nonsense_of_any_length_is_refused(self):
        """Authentic messages whose salt and ciphertext are of any length."""
        for protocol in self.PROTOCOLS:
            listener = self.listen("-u", f"{USER},priv={protocol}:privprivpriv")
            sent = [device().message(flags=AUTH | PRIV, salt=bytes(salt),
                                     scoped=ber.octets(b"\xa5" * size))
                    for salt in (0, 1, 7, 8, 9, 16, 200)
                    for size in (0, 1, 7, 8, 15, 16, 17, 64, 1000, 60000)]
            asked = listener.ask(*sent)
            reasons = {e["reason"] for e in asked.events}
            self.assertEqual(len(asked.events), len(sent))
            self.assertLessEqual(reasons, {"usm-decryption", "usm-malformed"}, protocol)

    def test_of_a_plain_scoped_pdu_where_ciphertext_belongs_is_refused(self):
        listener = self.listen("-u", f"{USER},priv=AES:privprivpriv")
        self.refuses(listener, device().message(flags=AUTH | PRIV, salt=bytes(8)), "ber-tag")

    def test_of_an_inform_that_cannot_be_decrypted_gets_a_report(self):
        listener = self.listen("-u", f"{USER},priv=AES:privprivpriv,level=authNoPriv")
        sender = self.discover(listener, device())
        self.report(listener, sender.inform(
            flags=AUTH | PRIV | REPORTABLE, salt=bytes(8), scoped=ber.octets(b"\xa5" * 64)),
            messages.DECRYPTION_ERRORS)


class Engines(Exchange):
    def test_of_any_id_are_accepted(self):
        listener = self.listen("-u", USER)
        ids = [bytes.fromhex("80001f88") + n.to_bytes(2 + n % 27, "big") for n in range(500)]
        for at in range(0, len(ids), 50):
            events = listener.ask(*[device(i).message() for i in ids[at:at + 50]]).events
            self.assertEqual([e["kind"] for e in events], ["trap"] * 50)
            self.assertEqual([e["security"]["engine_id"] for e in events],
                             [i.hex() for i in ids[at:at + 50]])
        self.assertEqual(listener.counters()["engines"], 500)

    def test_with_an_empty_context_engine_id_are_accepted(self):
        listener = self.listen("-u", USER)
        event = self.shown(listener, device().message(context_engine_id=b"", context=b"vrf 1"))
        self.assertEqual(event["context"], {"engine_id": "", "name": "vrf 1"})
        self.assertEqual(event["flags"], [])

    def test_without_a_clock_are_accepted(self):
        listener = self.listen("-u", USER)
        for _ in range(3):
            self.shown(listener, device(boots=0, time=0).message())

    def test_ids_of_5_to_32_octets_only(self):
        listener = self.listen("-u", USER, "-u", "guest")
        for size, good in ((0, False), (1, False), (4, False), (5, True), (32, True),
                           (33, False), (64, False)):
            for sender in (device(bytes([0x80] * size)),
                           Sender("guest", bytes([0x80] * size))):
                with self.subTest(size=size, auth=sender.auth):
                    if good:
                        self.shown(listener, sender.message())
                    else:
                        self.refuses(listener, sender.message(context_engine_id=ENGINE),
                                     "usm-unknown-engine", "usm-malformed")

    def test_that_fail_to_authenticate_are_not_remembered(self):
        listener = self.listen("-u", USER)
        listener.ask(*[device(ENGINE + bytes([i])).message(digest=bytes(24))
                       for i in range(50)])
        self.assertEqual(listener.counters()["engines"], 0)

    def test_that_use_no_authentication_set_no_clock(self):
        listener = self.listen("-u", USER, "-u", "noc")
        forged = Sender("noc", ENGINE, boots=2147483646, time=2147483646)
        self.shown(listener, forged.message())
        self.shown(listener, device().message())


class Window(Exchange):
    def late(self, listener, sender):
        return self.refuses(listener, sender.message(), "usm-not-in-time-window")

    def test_refuses_earlier_boots_and_times_over_150_s_back(self):
        listener = self.listen("-u", USER)
        self.shown(listener, device(boots=5, time=10000).message())
        self.shown(listener, device(boots=5, time=9900).message())
        self.late(listener, device(boots=5, time=9800))
        self.late(listener, device(boots=4, time=20000))
        self.shown(listener, device(boots=5, time=30000).message())
        self.late(listener, device(boots=5, time=10000))
        self.shown(listener, device(boots=6, time=0).message())
        self.late(listener, device(boots=5, time=30001))
        self.late(listener, device(boots=2147483647, time=1))

    def test_is_each_engines_own(self):
        listener = self.listen("-u", USER)
        self.shown(listener, device(ENGINE + b"1", boots=5, time=10000).message())
        self.shown(listener, device(ENGINE + b"2", boots=1, time=1).message())

    def test_a_forged_time_does_not_move_it(self):
        listener = self.listen("-u", USER)
        self.shown(listener, device(boots=5, time=10000).message())
        self.refuses(listener, device(boots=9, time=1).message(digest=bytes(24)),
                     "usm-wrong-digest")
        self.shown(listener, device(boots=5, time=10001).message())

    def test_that_is_off_takes_any_time_and_says_so(self):
        listener = self.listen("-u", USER + ",window=off")
        self.shown(listener, device(boots=5, time=10000).message())
        event = self.shown(listener, device(boots=1, time=1).message())
        self.assertEqual(event["flags"], ["time-window-off"])

    def test_a_replay_is_refused_also_after_a_restart_and_a_kill(self):
        old, young = device(boots=5, time=10000).message(), device(boots=6, time=1).message()
        with tempfile.TemporaryDirectory() as state:
            for number in (signal.SIGTERM, signal.SIGKILL):
                listener = self.listen("-u", USER, state=state, check=False)
                if number == signal.SIGTERM:
                    self.shown(listener, old)
                    self.shown(listener, young)
                self.refuses(listener, old, "usm-not-in-time-window")
                listener.stop(number)
            listener = self.listen("-u", USER, state=state)
            self.refuses(listener, old, "usm-not-in-time-window")
            self.shown(listener, device(boots=6, time=100).message())

    def test_a_clock_learned_just_before_a_kill_is_kept(self):
        old, young = device(boots=5, time=10000).message(), device(boots=6, time=1).message()
        with tempfile.TemporaryDirectory() as state:
            listener = self.listen("-u", USER, state=state, check=False)
            self.shown(listener, young)
            listener.stop(signal.SIGKILL)
            listener = self.listen("-u", USER, state=state)
            self.refuses(listener, old, "usm-not-in-time-window")


class Users(Exchange):
    def test_of_one_name_are_each_tried(self):
        listener = self.listen("-u", "noc,auth=SHA-256:maplesyrup",
                               "-u", "noc,auth=SHA-256:otherpass", "-u", "noc,auth=MD5:third-one")
        for i, (auth, passphrase) in enumerate((("SHA-256", "maplesyrup"), ("MD5", "third-one"),
                                                ("SHA-256", "otherpass"))):
            sender = device(ENGINE + bytes([i]), auth=auth, passphrase=passphrase)
            for _ in range(2):
                self.assertEqual(self.shown(listener, sender.message())["security"]["auth"], auth)
        self.refuses(listener, device(passphrase="none of these").message(), "usm-wrong-digest")

    def test_bound_to_an_engine_are_accepted_from_it_alone(self):
        listener = self.listen("-u", f"{USER},engine={ENGINE.hex()}")
        self.shown(listener, device().message())
        self.refuses(listener, device(ENGINE + b"2").message())

    def test_below_their_least_level_are_refused(self):
        listener = self.listen("-u", f"{USER},priv=AES:privprivpriv,level=authPriv",
                               "-u", "low,auth=MD5:maplesyrup,level=noAuthNoPriv",
                               "-u", "plain,auth=MD5:maplesyrup")
        self.refuses(listener, device().message(), "usm-unsupported-level")
        self.refuses(listener, Sender("noc", ENGINE).message(), "usm-unsupported-level")
        self.refuses(listener, Sender("plain", ENGINE).message(), "usm-unsupported-level")
        self.shown(listener, Sender("low", ENGINE).message())
        self.shown(listener, device(user="low", auth="MD5").message())

    def test_names_of_32_octets_and_of_none(self):
        long = "n" * 32
        listener = self.listen("-u", f"{long},auth=SHA-256:maplesyrup", "-u", "")
        self.shown(listener, device(user=long).message())
        self.shown(listener, Sender("", ENGINE).message())
        self.refuses(listener, device(user=long + "n").message(), "usm-malformed",
                     "ber-length")


class Unconfigured(Exchange):
    def test_v3_without_users_is_refused_and_v2c_goes_on(self):
        listener = self.listen()
        for message in (device().message(), Sender("x", ENGINE).message(),
                        device().inform(), Sender().inform()):
            self.refuses(listener, message, "usm-unknown-user", "usm-unknown-engine")


class Digests(Exchange):
    def test_of_another_length_are_never_compared(self):
        """CVE-2008-0960: the sender does not choose how much of the digest counts."""
        listener = self.listen("-u", USER, "-u", "old,auth=MD5:maplesyrup")
        for user, auth, size in (("noc", "SHA-256", 24), ("old", "MD5", 12)):
            sender = device(ENGINE + user.encode(), user=user, auth=auth)
            good = sender.message()
            self.shown(listener, good)
            right = messages.parse(good).digest
            for length in {0, 1, 2, 11, 13, 16, 24, 32, 48, 64, 300} - {size}:
                cut = (right * 30)[:length]
                self.refuses(listener, sender.message(digest=cut),
                             "usm-wrong-digest", "usm-malformed")

    def test_of_one_wrong_bit_are_refused(self):
        listener = self.listen("-u", USER)
        good = device().message()
        at = good.index(messages.parse(good).digest)
        for byte in range(24):
            bad = bytearray(good)
            bad[at + byte] ^= 1 << byte % 8
            self.refuses(listener, bytes(bad), "usm-wrong-digest")
        self.shown(listener, good)


if __name__ == "__main__":
    unittest.main()

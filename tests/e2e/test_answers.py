"""Informs and receivers that lose, delay, repeat, change or refuse: between the sender and
`trapline listen` stands a Middle that does to each answer what the test says."""

import re
import socket
import threading
import unittest

import ber
import messages
import sending
from harness import PATIENCE_S, Case

SECRET = "maplesyrup"
SPEC = f"noc,auth=SHA-256:{SECRET},priv=AES-128:{SECRET}"
TRAP_OID = messages.COLD_START
SHORT_S, SOME_S, LONG_S = 0.1, 0.3, 10  # where no answer comes, after losses, else
TWO_TRIES = r"no answer \(2 tries in "
EVENT = b'{"kind":"inform","trap_oid":"1.3.6.1.6.3.1.1.5.1","varbinds":[]}\n'
# A way to send an inform: the command and its options.
WAYS = {
    "inform v2c": ("inform",),
    "inform v3": ("inform", "-u", SPEC),
    "snmpinform v2c": ("snmpinform", "-v", "2c", "-c", "public"),
    "snmpinform v3": ("snmpinform", "-v", "3", "-u", "noc", "-l", "authPriv", "-a", "SHA-256",
                      "-A", SECRET, "-x", "AES", "-X", SECRET),
}


class Middle:
    """Passes what comes to |address| on to |listener|, and each answer to |script|, a
    function of (self, number of the datagram, datagram, answer), which sends what it wants
    with self.answer()."""

    def __init__(self, listener, script):
        self.script, self.to = script, listener.address()
        self.front = self.bound("127.0.0.2")
        self.elsewhere = self.bound("127.0.0.3")
        self.back = self.bound("127.0.0.1")
        self.back.settimeout(PATIENCE_S)
        self.address, self.count, self.held = self.front.getsockname(), 0, None
        self.open = True
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    @staticmethod
    def bound(address):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind((address, 0))
        return s

    def run(self):
        while True:
            data, self.peer = self.front.recvfrom(65536)
            if not data:  # close() says so, behind all that came
                return
            self.count += 1
            self.script(self, self.count, data)

    def ask(self, data):
        """What the listener answers."""
        self.back.sendto(data, self.to)
        return self.back.recvfrom(65536)[0]

    def answer(self, data, socket_=None):
        (socket_ or self.front).sendto(data, self.peer)

    def close(self):
        if not self.open:
            return
        self.open = False
        self.back.sendto(b"", self.address)
        self.thread.join(PATIENCE_S)
        for s in (self.front, self.elsewhere, self.back):
            s.close()


def honest(middle, _number, data):
    middle.answer(middle.ask(data))


def loses_two(middle, number, data):
    if number > 2:
        honest(middle, number, data)


def late(middle, _number, data):
    """Each answer when the next message has come."""
    answer = middle.ask(data)
    if middle.held:
        middle.answer(middle.held)
    middle.held = answer


def twice(middle, _number, data):
    answer = middle.ask(data)
    middle.answer(answer)
    middle.answer(answer)


def from_elsewhere(middle, _number, data):
    middle.answer(middle.ask(data), middle.elsewhere)


def nothing(middle, _number, data):
    middle.ask(data)


def deaf(*_):
    pass


def is_discovery(answer):
    """A Report, as engine discovery needs them."""
    try:
        return messages.parse(answer).tag == messages.REPORT
    except (ValueError, IndexError, AttributeError):
        return False


def other_id(middle, _number, data):
    """Of v2c the request-id, of v3 the msgID is another one; discovery goes well."""
    answer = middle.ask(data)
    if not is_discovery(answer):
        answer = bytearray(answer)
        at = re.search(rb"\x02\x04", bytes(answer[5:])).end() + 5
        answer[at + 1] ^= 0x40
    middle.answer(bytes(answer))


def damaged(middle, _number, data):
    """The last byte is another: of v2c the value of the last object, which nobody reads;
    of v3 what the digest is of."""
    answer = middle.ask(data)
    if not is_discovery(answer):
        answer = answer[:-1] + bytes([answer[-1] ^ 1])
    middle.answer(answer)


def says_report(middle, number, data):
    """A v2c message does not know Reports; they are nothing to a v2c inform."""
    answer = bytearray(middle.ask(data))
    if answer[4] == 1:
        answer[answer.index(0xA2)] = messages.REPORT
    middle.answer(bytes(answer))


def gen_err(middle, _number, data):
    """error-status 5, error-index 1, in place of 0 and 0."""
    answer = middle.ask(data)
    middle.answer(answer.replace(b"\x02\x01\x00\x02\x01\x00", b"\x02\x01\x05\x02\x01\x01", 1))


class Answers(Case):
    def middle(self, script, *args, user=("-u", SPEC)):
        self.listener = self.listen(*user, *args)
        middle = Middle(self.listener, script)
        self.addCleanup(middle.close)
        return middle

    def inform(self, way, middle, retries=3, status=0, timeout_s=LONG_S, stdin=None):
        """What is said of an inform on this way."""
        to = sending.target(middle.address)
        what = ("", TRAP_OID) if way.startswith("snmp") else ("-",) if stdin else ("coldStart",)
        result = sending.command(self, *WAYS[way], "-t", timeout_s, "-r", retries, to, *what,
                                 stdin=stdin)
        self.assertEqual(result.returncode, status, (way, result))
        return result

    def no_answer(self, way, script):
        """The result where |script| lets discovery go well and no more, after two tries:
        with more patience, should a busy machine have taken too long for discovery."""
        for timeout_s in (SHORT_S, 1, LONG_S):
            middle = self.middle(script)
            result = self.inform(way, middle, 1, 1, timeout_s)
            middle.close()
            if "discovery" not in result.stderr:
                break
        self.not_acknowledged(way, result, TWO_TRIES)

    def each_way(self, check, script, retries=3, status=0, timeout_s=LONG_S):
        """Calls |check| with each way's name, result, and the listener's, which has
        stopped."""
        for way in WAYS:
            with self.subTest(way=way):
                middle = self.middle(script)
                result = self.inform(way, middle, retries, status, timeout_s)
                middle.close()
                check(way, result, self.listener.stop().counters)

    def acknowledged(self, way, result, tries):
        self.assertEqual(result.stderr, "")
        if way.startswith("snmp"):
            self.assertEqual(result.stdout, "")
        else:
            self.assertRegex(result.stdout, r"^127\.0\.0\.2:\d+: acknowledged after "
                             rf"\d+\.\d+ ms, {tries} (try|tries)\n$")

    def not_acknowledged(self, way, result, why="no answer", theirs="Timeout"):
        self.assertEqual(result.stdout, "")
        if way.startswith("snmp"):
            self.assertEqual(result.stderr, f"snmpinform: {theirs}\n")
        else:
            self.assertRegex(result.stderr, rf"^trapline inform: 127\.0\.0\.2:\d+: {why}")

    def test_at_once_are_one_try(self):
        def check(way, result, said):
            self.acknowledged(way, result, 1)
            self.assertEqual((said["informs"], said["duplicate"]), (1, 0))

        self.each_way(check, honest)

    def test_after_two_losses_are_taken(self):
        """With v3 two probes are lost, and the inform itself is sent once."""
        def check(way, result, said):
            self.acknowledged(way, result, 1 if "v3" in way else 3)
            self.assertEqual((said["informs"], said["duplicate"]), (1, 0))

        self.each_way(check, loses_two, timeout_s=SOME_S)

    def test_that_are_late_are_taken_and_the_event_came_once(self):
        def check(way, result, said):
            self.acknowledged(way, result, r"[2-7]")
            self.assertEqual(said["informs"], 1)
            self.assertGreater(said["duplicate"], 0)

        self.each_way(check, late, retries=6, timeout_s=SOME_S)

    def test_that_come_twice_are_taken_for_no_other_inform(self):
        for way in ("inform v2c", "inform v3"):
            with self.subTest(way=way):
                middle = self.middle(twice)
                result = self.inform(way, middle, stdin=EVENT * 3)
                self.assertEqual(result.stdout.count("acknowledged"), 3)
                self.assertEqual(result.stdout.count("1 try"), 3)
                middle.close()
                said = self.listener.stop().counters
                self.assertEqual((said["informs"], said["duplicate"]), (3, 0))

    def test_with_another_id_are_none(self):
        for way in WAYS:
            with self.subTest(way=way):
                self.no_answer(way, other_id)

    def test_of_v3_that_are_damaged_are_none(self):
        for way in WAYS:
            if "v3" in way:
                self.no_answer(way, damaged)

    def test_that_are_reports_say_why_with_v3_only(self):
        for way in WAYS:
            with self.subTest(way=way):
                middle = self.middle(says_report, "-u", "another", user=())
                result = self.inform(way, middle, 1, 1, LONG_S if "v3" in way else SHORT_S)
                if "v3" in way:
                    self.not_acknowledged(way, result, r"the receiver does not know the user "
                                          r"\(1 try in ", "Unknown user name")
                else:
                    self.not_acknowledged(way, result, TWO_TRIES)

    def test_from_another_address_are_taken_and_it_is_named(self):
        def check(way, result, said):
            self.assertEqual(said["informs"], 1)
            self.assertEqual(result.stderr, "")
            if not way.startswith("snmp"):
                self.assertRegex(result.stdout, r"^127\.0\.0\.2:\d+: acknowledged from 127\.0\.0"
                                 r"\.3:\d+ after \d+\.\d+ ms, 1 try\n$")

        self.each_way(check, from_elsewhere)

    def test_that_never_come_are_told_though_the_event_came(self):
        def check(way, result, said):
            self.not_acknowledged(way, result)
            self.assertEqual(said["informs"], 0 if "v3" in way else 1)

        self.each_way(check, nothing, retries=1, status=1, timeout_s=SHORT_S)

    def test_of_nobody_at_all_are_told(self):
        def check(way, result, _):
            self.not_acknowledged(way, result, "no answer to SNMPv3 engine discovery"
                                  if "v3" in way else TWO_TRIES)

        self.each_way(check, deaf, retries=1, status=1, timeout_s=SHORT_S)

    def test_with_an_error_status_fail_and_say_which(self):
        result = self.inform("inform v2c", self.middle(gen_err), status=1)
        self.not_acknowledged("inform v2c", result, r"the receiver answered with an error-status "
                              r"\(genErr, object 1\)")
        result = self.inform("snmpinform v2c", self.middle(gen_err), status=1)
        self.not_acknowledged("snmpinform v2c", result,
                              theirs="the receiver answered with an error-status")

    def test_of_a_receiver_that_started_anew_are_synchronised_with(self):
        """Its engineBoots are others between two informs of one sender."""
        first = self.listen("-u", SPEC, "--engine-id", "8000000001020304")
        second = self.listen("-u", SPEC, "--engine-id", "8000000001020305")

        def changes(middle, number, data):
            middle.to = (first if number <= 3 else second).address()
            honest(middle, number, data)

        self.listener = first
        middle = Middle(first, changes)
        self.addCleanup(middle.close)
        result = self.inform("inform v3", middle, stdin=EVENT * 3)
        self.assertEqual(result.stdout.count("1 try"), 3, result)
        self.assertEqual(first.stop().counters["informs"], 1)
        self.assertEqual(second.stop().counters["informs"], 2)


if __name__ == "__main__":
    unittest.main()

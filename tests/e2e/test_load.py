"""Many datagrams, large ones, and the counters that must account for each."""

import calendar
import threading
import time
import unittest

import ber
import messages
from harness import Case, Client, needs_ipv6

ENGINE = bytes.fromhex("80001f8804") + b"device"


class Storm(Case):
    def test_of_several_senders_is_accounted_for(self):
        listener = self.listen("-u", "noc,auth=SHA-1:maplesyrup")
        each, kinds = 3000, 4
        noc = messages.Sender("noc", ENGINE, "SHA-1", "maplesyrup")
        sent = [messages.v1(), messages.v2c(), noc.message(), b"nonsense"]

        def flood(data):
            client = Client()
            for _ in range(each):
                client.send(data, listener.ports[0])
            client.close()

        threads = [threading.Thread(target=flood, args=(data,)) for data in sent]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        c = listener.stop().counters
        self.assertEqual(c["received"] + c["lost"], each * kinds)
        if c["lost"] == 0:
            self.assertEqual(c["refused"], each)
            self.assertEqual(c["versions"], {"1": each, "2c": each, "3": each})

    def test_of_informs_gets_an_answer_to_each(self):
        listener = self.listen()
        client, count, step = listener.client(), 1000, 100  # more would overflow the client
        for at in range(0, count, step):
            ids = list(range(at, at + step))
            listener.send(*[messages.v2c(tag=messages.INFORM, request_id=i) for i in ids])
            self.assertEqual([messages.parse(client.receive()[0]).request_id for _ in ids], ids)
        self.assertEqual(listener.stop().counters["acknowledged"], count)


class Sizes(Case):
    def filled(self, size):
        """A v2c trap of |size| bytes."""
        def of(n):
            return messages.v2c(ber.varbind(messages.SYS_DESCR, ber.octets(b"x" * n)))
        return of(size - len(of(size - 200)) + size - 200)

    def test_up_to_the_largest_datagram_are_shown(self):
        listener = self.listen()
        for size in (1472, 1473, 9000, 65506, 65507):
            data = self.filled(size)
            self.assertEqual(len(data), size)
            self.shown(listener, data)

    @needs_ipv6
    def test_that_only_ipv6_can_carry_are_refused_as_a_whole(self):
        listener = self.listen()
        for size in (65508, 65520, 65527):
            data = self.filled(size)
            self.assertEqual(len(data), size)
            event = self.refuses(listener, data, "limit-size", source="::1")
            self.assertEqual(event["size"], size)

    def test_of_an_inform_come_back_whole(self):
        listener = self.listen()
        big = ber.varbind(messages.SYS_DESCR, ber.octets(b"x" * 65000))
        inform = messages.v2c(big, tag=messages.INFORM, request_id=9)
        reply = messages.parse(listener.ask(inform).replies[0])
        self.assertEqual((reply.tag, reply.error), (messages.RESPONSE, 0))
        self.assertEqual(len(reply.varbinds[2][2]), 65000)

    def test_over_the_senders_limit_are_answered_with_too_big(self):
        """RFC 3416 section 4.2.7: an answer that msgMaxSize forbids."""
        listener = self.listen("-u", "guest")
        guest = messages.Sender("guest")
        guest.engine_id = messages.parse(listener.ask(guest.inform()).replies[0]).engine_id
        big = ber.varbind(messages.SYS_DESCR, ber.octets(b"x" * 1000))
        asked = listener.ask(guest.inform(big, request_id=9, max_size=484))
        self.assertEqual(asked.events[0]["kind"], "inform")
        reply = messages.parse(asked.replies[0])
        self.assertEqual((reply.tag, reply.request_id, reply.error, reply.varbinds),
                         (messages.RESPONSE, 9, 1, []))
        self.assertLessEqual(len(reply.wire), 484)


class Times(Case):
    def test_are_those_of_arrival(self):
        listener = self.listen()
        before = time.time_ns()
        listener.send(messages.v2c())
        after = time.time_ns()
        event = listener.wait_events(1)[0]
        seconds = time.strptime(event["time"][:19], "%Y-%m-%dT%H:%M:%S")
        arrived = calendar.timegm(seconds) * 10**9 + int(event["time"][20:29])
        self.assertLessEqual(before, arrived)
        self.assertLessEqual(arrived, after + 10**9)

    def test_sort_the_ids(self):
        listener = self.listen()
        listener.send(*[messages.v2c(request_id=i) for i in range(200)])
        ids = [e["id"] for e in listener.wait_events(200)]
        self.assertEqual(ids, sorted(ids))


if __name__ == "__main__":
    unittest.main()

"""What judging costs, for bench/run: instructions a trap that `trapline run` adds to `listen` with
1,000 rules, repeats, 100,000 active alarms and 100,000 rows of enrichment, each trap meeting all."""
import json, os, pathlib, random, re, shutil, signal, struct, subprocess, time

SOURCES, PORTS = 1000, 100  # so many devices, and active alarms of each
FEW, MANY = 2000, 12000
LINK_DOWN, LINK_UP = 3, 4
# The states are written once a minute, and alarms freed at the end: not by traps. Told apart.
APART = ["server_save", "alarms_free"]
OFF = {"dedup": {"enabled": False}, "alarms": {"enabled": False}, "limits": {"rate": 0}}
ON = {"alarms": {"entries": 200000}}


def tlv(tag, body):
    return bytes([tag]) + (bytes([len(body)]) if len(body) < 128 else b"\x81" + bytes([len(body)])) + body


def integer(value):
    return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(*arcs):
    out = bytes([0x2b])
    for arc in arcs:
        part = bytes([arc & 0x7f])
        while arc := arc >> 7:
            part = bytes([arc & 0x7f | 0x80]) + part
        out += part
    return tlv(6, out)


def link(trap, port, number):
    """linkDown or linkUp as switches send it: v2c, ifIndex, ifDescr, ifAdminStatus, ifOperStatus."""
    row = (6, 1, 2, 1, 2, 2, 1)
    name = f"GigabitEthernet{port // 1000 + 1}/0/{port % 1000}".encode()
    binds = [(oid(6, 1, 2, 1, 1, 3, 0), tlv(0x43, struct.pack(">I", 100000 + number))),
             (oid(6, 1, 6, 3, 1, 1, 4, 1, 0), oid(6, 1, 6, 3, 1, 1, 5, trap)),
             (oid(*row, 1, port), integer(port)), (oid(*row, 2, port), tlv(4, name)),
             (oid(*row, 7, port), integer(1)), (oid(*row, 8, port), integer(2 if trap == LINK_DOWN else 1))]
    pdu = tlv(0xa7, integer(number) + integer(0) + integer(0) + tlv(0x30, b"".join(tlv(0x30, n + v) for n, v in binds)))
    return tlv(0x30, integer(1) + tlv(4, b"public") + pdu)


def ports(first):
    """One port after another of each device by turns, those from |first| on, in no order."""
    mixed = random.Random(1)
    lists = [mixed.sample(range(first, first + PORTS), PORTS) for _ in range(SOURCES)]
    return lambda i: lists[i % SOURCES][i // SOURCES % PORTS]


def raised(i, port=ports(PORTS + 1)):
    return link(LINK_DOWN, port(i), i)


def repeated(i, port=ports(1)):
    return link(LINK_DOWN, port(i), i)


def cleared(i, port=ports(1)):
    return link(LINK_UP, port(i), i)


def flapped(i, port=ports(PORTS + 1)):
    """Each new alarm is cleared by its device's next trap."""
    return link(LINK_UP if i // SOURCES % 2 else LINK_DOWN, port(i // SOURCES // 2 * SOURCES + i % SOURCES), i)


def again(i):
    return repeated(i % FEW)


CASES = {"raises an alarm": raised, "repeats an alarm": repeated, "clears an alarm": cleared,
         "raises, clears by turns": flapped, "a repeat, suppressed": again}


def write_traps(path, make, count):
    with open(path, "wb") as f:
        for i in range(count):
            packet = make(i)
            f.write(struct.pack(">H", len(packet)) + packet)


def many(vendors):
    """Those that do nothing here, as people write them: for other traps, other networks."""
    vendor = "1.3.6.1.4.1"
    return [
        (vendors, lambda i: {"match": {"trap": f"{vendor}.{9000 + i}.2.0.{i % 7 + 1}"}, "set": {"severity": "minor"}}),
        (157, lambda i: {"match": {"trap": [f"{vendor}.{5000 + i}.*"]}, "unless": {"severity": "info"},
                         "set": {"tags": ["vendor"]}}),
        (60, lambda i: {"match": {"trap": ["SNMPv2-MIB::coldStart", "warmStart"], "source": [f"10.{i}.0.0/16"]},
                        "set": {"tags": ["restart"], "message": "{source} of {site|default:-} restarted"}}),
        (200, lambda i: {"match": {"trap": ["IF-MIB::linkDown", "linkUp"], "source": [f"10.{i}.0.0/16"]},
                         "set": {"tags": ["link"], "severity": "major"}}),
        (3, lambda i: {"match": {"trap": "IF-MIB::linkDown", "source": [f"10.{i}.0.0/20"], "varbinds": {"ifDescr": "/^(Te|Hu)/"}},
                       "set": {"tags": ["uplink"], "severity": "critical"}}),
        (150, lambda i: {"match": {"source": [f"10.{i}.1.0/24", f"192.0.{i}.0/24"], "tags": ["link"]},
                         "set": {"fields": {"team": "access"}}}),
        (60, lambda i: {"match": {"trap": ["BGP4-MIB::bgpBackwardTransition", f"{vendor}.9.9.187.0.{i}"],
                                  "varbinds": {"bgpPeerState": "idle", "bgpPeerLastError": f"/^04{i:02}/"}},
                        "set": {"severity": "critical"}}),
        (30, lambda i: {"match": {"trap": f"ACME{i}-*::*Fail*"}, "set": {"severity": "major", "tags": ["hardware"]}}),
        (30, lambda i: {"match": {"trap": "ENTITY-MIB::*", "fields": {"site": f"site-{i}"}}, "drop": True}),
    ]


def mixed(kinds):
    made = [make(i) for count, make in kinds for i in range(count)]
    return [made[i] for i in random.Random(2).sample(range(len(made)), len(made))]


def plain_rules():
    """1,000, of which each trap meets two: one by its name, one by its network and name."""
    return mixed(many(307)) + [
        {"name": "down", "match": {"trap": "IF-MIB::linkDown"}, "set": {"severity": "major", "tags": ["link"]}},
        {"name": "up", "match": {"trap": "IF-MIB::linkUp"}, "set": {"severity": "cleared", "tags": ["link"]}},
        {"name": "core", "match": {"trap": "IF-MIB::*", "source": ["core"]}, "set": {"fields": {"team": "backbone"}}},
    ]


def heavy_rules():
    """1,000, of which each trap meets three, at the end, that test varbinds and make a message,
    and of the others seven need a look at every trap."""
    looking = [
        (5, lambda i: {"match": {"severity": ">= critical", "tags": [f"page-{i}"]}, "set": {"tags": ["page"]}}),
        (1, lambda i: {"match": {"trap": "IF-MIB::linkDown", "varbinds": {"ifDescr": f"/^(Te|Hu)[a-z]*{i}\\//"}},
                       "set": {"tags": ["uplink"], "severity": "critical"}}),
        (1, lambda i: {"match": {"varbinds": {"ifIndex": f"{9000 + i}..{9999 + i}"}}, "set": {"tags": ["virtual"]}}),
    ]
    return mixed([*many(300), *looking]) + [
        {"name": "links", "match": {"trap": ["IF-MIB::linkDown", "IF-MIB::linkUp"]},
         "set": {"tags": ["link"], "message": "{ifDescr} on {site} is {ifOperStatus}"}},
        {"name": "core", "match": {"trap": "IF-MIB::*", "source": ["core"], "varbinds": {"ifDescr": "/^Gig.*[0-9]$/"}},
         "set": {"severity": "critical"}},
        {"name": "ports", "match": {"trap": "snmpTraps.*", "varbinds": {"ifIndex": "1..4000"}},
         "set": {"tags": ["port"]}},
    ]


def address(i):
    """Of the |i|th row: our devices are the first, as bench/flood has them."""
    return f"127.{1 + (i >> 16)}.{i >> 8 & 255}.{i & 255}"


def tables(folder, by_network, rows=100000):
    """A row for each address, or for each /30: every trap finds one, of two fields."""
    with open(folder / "devices.csv", "w") as f:
        f.write("address,site,rack\n")
        f.writelines(f"{address(4 * i) + '/30' if by_network else address(i)},site-{i % 500},R{i % 40:02}\n"
                     for i in range(rows))
    return {"devices": {"type": "csv", "file": "devices.csv", "column": "address",
                        "match": "cidr" if by_network else "exact"}}


class Daemon:
    """`trapline run` with a file output, as the configuration |conf| says."""

    def __init__(self, program, folder, conf, wrap=()):
        self.folder, self.state = folder, folder / "state"
        whole = {"listen": ["udp:127.0.0.1:0"], "state": str(self.state), "metrics": {"enabled": False},
                 "outputs": {"events": {"type": "file", "path": "events.json", "rotate": {"size": 0},
                                        "queue": {"events": 200000, "bytes": "1GiB"}}}} | conf
        (folder / "trapline.yaml").write_text(json.dumps(whole))
        self.p = subprocess.Popen([*wrap, str(program), "run", "-c", str(folder / "trapline.yaml")],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        rows = 0
        for line in self.p.stderr:
            if m := re.search(r"listening udp 127\.0\.0\.1:(\d+)", line):
                self.port = int(m[1])
            rows += "rows read" in line
            if line.startswith("running"):
                break
        while rows < len(conf.get("enrichment", {})):
            rows += "rows read" in self.p.stderr.readline()

    def used(self):
        total = 0
        for task in pathlib.Path(f"/proc/{self.p.pid}/task").iterdir():
            total += int((task / "stat").read_text().rsplit(")", 1)[1].split()[11])
        return total

    def settle(self):
        """Waits until it has nothing more to do than now and then a look at the clock."""
        last = -9
        while (now := self.used()) - last > 2:
            last = now
            time.sleep(1)

    def finish(self):
        self.p.send_signal(signal.SIGTERM)
        err = self.p.stderr.read()
        self.p.wait()
        return json.loads(next(l for l in err.splitlines() if l.startswith("{")))


def preload(program, flood, tmp, conf):
    """The state folder of a daemon that 100,000 links have told that they are down."""
    folder = tmp / "preload"
    folder.mkdir()
    tables(folder, False)
    path = tmp / "traps"
    write_traps(path, lambda i: repeated(i), SOURCES * PORTS)
    d = Daemon(program, folder, conf)
    flood(d.port, SOURCES * PORTS, path, 20000)
    d.settle()
    c = d.finish()
    assert c["delivered"] == SOURCES * PORTS, c
    time.sleep(12)  # so that none of their windows ends in one run and not in the other
    return folder / "state"


def wrap(out, names=APART):
    return ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}",
            *(f"--toggle-collect={x}" for x in names), "--collect-atstart=yes"]


def collected(out):
    """With functions left out, what callgrind prints is 0; its file has it."""
    return int(re.search(r"^totals: (\d+)", out.read_text(), re.M)[1])


def stages(out):
    """What the stages took of it: judging, and ending windows."""
    text = subprocess.run(["callgrind_annotate", "--inclusive=yes", "--threshold=100", str(out)],
                          capture_output=True, text=True, check=True).stdout
    found = re.findall(r"^\s*([\d,]+) \(.*:(?:pipeline_judge|pipeline_tick) ", text, re.M)
    return sum(int(x.replace(",", "")) for x in found)


def count_run(program, flood, folder, conf, state, path, count, window_s):
    """Instructions of a run that gets |count| traps, to the end of their windows: of all of it, and
    of the stages; and its counters."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    if state is not None:
        shutil.copytree(state, folder / "state")
        (folder / "state" / "events.json").unlink()
    if "enrichment" in conf:
        tables(folder, conf["enrichment"]["devices"]["match"] == "cidr")
    out = folder / "callgrind.out"
    d = Daemon(program, folder, conf, wrap(out))
    flood(d.port, count, path, 1500)
    end = time.monotonic() + window_s
    d.settle()
    time.sleep(max(0, end - time.monotonic()))
    c = d.finish()
    assert c["received"] == count, c
    return collected(out), stages(out), c


def everything(tmp, rules, by_network=False):
    return ON | {"rules": rules, "lists": {"core": ["127.1.0.0/16", "10.255.0.0/16"]},
                 "enrichment": tables(tmp, by_network)}


def judging(bench):
    """|bench|: the module that has Receiver, flood() and the paths."""
    tmp = pathlib.Path(bench.TMP.name) / "judging"
    tmp.mkdir()

    def flood(port, count, path, rate):
        subprocess.run([str(bench.FLOOD), str(port), str(count), str(rate), str(path), "framed", str(SOURCES)],
                       check=True, stdout=subprocess.DEVNULL)

    def listen(path, count):
        out = tmp / "callgrind.out"
        r = bench.Receiver("-n", str(count), wrap=wrap(out, []), users=False)
        flood(r.port, count, path, 1500)
        r.finish(stop=False)
        return collected(out)

    def a_trap(measure):
        few, many = measure(FEW), measure(MANY)
        return [(b - a) / (MANY - FEW) for a, b in zip(few, many)]

    sets = {"off": OFF, "plain": everything(tmp, plain_rules()), "heavy": everything(tmp, heavy_rules())}
    state = preload(bench.TRAPLINE, flood, tmp, sets["plain"])
    print(f"instructions a trap: (I({MANY}) - I({FEW})) / {MANY - FEW}, linkDown and linkUp of {SOURCES} devices; `run` with"
          f"\n1,000 rules, {SOURCES * PORTS} active alarms and 100000 rows; in brackets what the stages take of it", flush=True)
    path = tmp / "traps"
    for name, make in CASES.items():
        write_traps(path, make, MANY)

        def run(conf):
            def measure(count):
                held, window_s = (None, 0) if conf is OFF else (state, 12)
                used, judged, c = count_run(bench.TRAPLINE, flood, tmp / "run", conf, held, path, count, window_s)
                return used, judged, c["delivered"]
            return a_trap(measure)

        told = [f"listen {a_trap(lambda count: [listen(path, count)])[0]:6.0f}"]
        for what, conf in sets.items():
            used, judged, delivered = run(conf)
            told.append(f"{what} {used:6.0f} ({judged:5.0f})")
        print(f"  {name:24} {'  '.join(told)}  {delivered:.0%} delivered", flush=True)

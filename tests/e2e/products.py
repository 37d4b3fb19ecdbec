"""Doubles of products that events are sent to over HTTP. They check what the products check,
and answer with their errors."""

import json
import re

from outputs import Double

ID = re.compile(r"[0-9a-f]{32}\Z")


def strict_json(raw):
    """What a careful server reads: UTF-8, no key twice, no NaN. ValueError says why not."""
    def pairs(found):
        keys = [key for key, _ in found]
        if len(set(keys)) < len(keys):
            raise ValueError(f"a key is there twice: {keys}")
        return dict(found)

    def constant(word):
        raise ValueError(f"{word} is no number")
    text = raw.decode() if isinstance(raw, bytes) else raw
    return json.loads(text, object_pairs_hook=pairs, parse_constant=constant)


class Elasticsearch(Double):
    """_bulk as Elasticsearch 8 and OpenSearch 2 have it. |refuse|: a function of a
    document that gives the status and the error of its item, or None; |streams|: prefixes
    of data streams; |authorization|: what it asks for; |most_bytes|: of a request."""

    ACTIONS = {"create": {"_index", "_id", "pipeline", "routing", "require_alias",
                          "dynamic_templates", "require_data_stream", "list_executed_pipelines"}}
    DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)\Z")

    def __init__(self, authorization=None, streams=(), most_bytes=100 << 20, **more):
        self.documents, self.repeats, self.refuse = {}, 0, lambda document: None
        self.authorization, self.streams = authorization, streams
        self.most_bytes = most_bytes
        super().__init__(**more)

    @staticmethod
    def error(status, kind, reason):
        return status, {"error": {"root_cause": [{"type": kind, "reason": reason}],
                                  "type": kind, "reason": reason}, "status": status}

    def answer(self, request):
        path, _, query = request.path.partition("?")
        if self.authorization and request.headers["Authorization"] != self.authorization:
            return self.error(401, "security_exception",
                              "unable to authenticate with provided credentials "
                              f"[{request.headers['Authorization']}]")
        if path != "/_bulk" or request.method not in ("POST", "PUT"):
            return 405, {"error": f"Incorrect HTTP method for uri [{request.path}]",
                         "status": 405}
        if len(request.body) > self.most_bytes:
            return 413, b""
        if request.type not in ("application/x-ndjson", "application/json"):
            return 406, {"error": f"Content-Type header [{request.type}] is not supported"}
        if not request.body.endswith(b"\n"):
            return self.error(400, "illegal_argument_exception",
                              "The bulk request must be terminated by a newline [\\n]")
        try:
            items = self.take(request.body[:-1].split(b"\n"))
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            self.wrong.append(repr(problem))
            return self.error(400, "illegal_argument_exception",
                              f"Malformed action/metadata line: {problem}")
        answer = {"took": 1, "errors": any("error" in x["create"] for x in items),
                  "items": items}
        return 200, {k: v for k, v in answer.items()
                     if "filter_path=" not in query or k != "took"}

    def take(self, lines):
        if len(lines) % 2:
            raise ValueError("an action without a document")
        items = []
        for action, document in zip(lines[::2], lines[1::2]):
            (word, about), = strict_json(action).items()
            if not set(about) <= self.ACTIONS[word]:
                raise ValueError(f"{word} of {about}")
            document = strict_json(document)
            if not isinstance(document, dict):
                raise ValueError("a document is an object")
            items.append({word: {"_index": about["_index"], "_id": about["_id"]}
                          | self.create(about, document)})
        return items

    @staticmethod
    def index_problem(name):
        """Why |name| is not one, as MetadataCreateIndexService has it."""
        if name != name.lower():
            return "must be lowercase"
        if set(name) & set('\\/*?"<>| ,#:'):
            return "must not contain the following characters"
        if name[0] in "_-+" or name in (".", ".."):
            return "must not start with '_', '-', or '+'"
        return "index name is too long" if len(name.encode()) > 255 else None

    def create(self, action, document):
        name, ident = action["_index"], action["_id"]
        if problem := self.index_problem(name):
            return {"status": 400, "error": {
                "type": "invalid_index_name_exception",
                "reason": f"Invalid index name [{name}], {problem}"}}
        if len(ident.encode()) > 512 or not ID.match(ident):
            raise ValueError(f"id is too long or none of ours: {ident}")
        if name.startswith(tuple(self.streams)):
            when = document.get("@timestamp")
            if not isinstance(when, str) or not self.DATE.match(when):
                return {"status": 400, "error": {
                    "type": "document_parsing_exception",
                    "reason": "data stream timestamp field [@timestamp] is missing"}}
        if refused := self.refuse(document):
            return {"status": refused[0], "error": {
                "type": refused[1], "reason": 'failed to parse "field"\n[\u00e4]'}}
        if (name, ident) in self.documents:
            self.repeats += 1
            return {"status": 409, "error": {"type": "version_conflict_engine_exception",
                                             "reason": "document already exists"}}
        self.documents[name, ident] = document
        return {"status": 201, "result": "created"}


class Splunk(Double):
    """The HTTP Event Collector, with its codes. |acknowledges|: its token asks for a
    channel."""

    KEYS = {"time", "host", "source", "sourcetype", "index", "event", "fields"}
    UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.I)

    def __init__(self, token, acknowledges=False, **more):
        self.token, self.events, self.indexes = token, [], {"main", "traps"}
        self.acknowledges, self.channels = acknowledges, set()
        super().__init__(**more)

    def answer(self, request):
        given = request.headers.get("Authorization")
        if request.path != "/services/collector/event":
            return 404, {"text": "The requested URL was not found on this server.",
                         "code": 404}
        if not given:
            return 401, {"text": "Token is required", "code": 2}
        if not given.startswith("Splunk "):
            return 401, {"text": "Invalid authorization", "code": 3}
        if given != f"Splunk {self.token}":
            return 403, {"text": f"Invalid token {given.split()[1]}", "code": 4}
        channel = request.headers.get("X-Splunk-Request-Channel")
        if self.acknowledges and not channel:
            return 400, {"text": "Data channel is missing", "code": 10}
        if channel and not self.UUID.match(channel):
            return 400, {"text": "Invalid data channel", "code": 11}
        self.channels.add(channel)
        return self.take(request.body.decode())

    def take(self, text):
        events, at = [], 0
        if not text.strip():
            return 400, {"text": "No data", "code": 5}
        while text[at:].strip():
            at += len(text[at:]) - len(text[at:].lstrip())
            try:
                event, end = json.JSONDecoder().raw_decode(text[at:])
                strict_json(text[at:at + end])
            except ValueError as problem:
                self.wrong.append(repr(problem))
                return self.fails(6, "Invalid data format", events)
            at += end
            if problem := self.look(event):
                return self.fails(*problem, events)
            events.append(event)
        self.events += events
        return 200, {"text": "Success", "code": 0} | (
            {"ackId": len(self.requests)} if self.acknowledges else {})

    @staticmethod
    def fails(code, text, events):
        return 400, {"text": text, "code": code, "invalid-event-number": len(events)}

    def look(self, event):
        """What is wrong with it: code and text, or None."""
        texts = (event.get(key, "") for key in ("host", "source", "sourcetype", "index"))
        if set(event) - self.KEYS or not all(isinstance(x, str) for x in texts):
            return 6, "Invalid data format"
        if not re.match(r"\d{10}\.\d{1,9}\Z", str(event.get("time", "0000000000.0"))):
            return 6, "Invalid data format"
        if "event" not in event:
            return 12, "Event field is required"
        if event["event"] in ("", None):
            return 13, "Event field cannot be blank"
        if any(isinstance(x, dict) for x in event.get("fields", {}).values()):
            return 15, "Error in handling indexed fields"
        if event.get("index", "main") not in self.indexes:
            return 7, "Incorrect index"
        return None


class Tickets(Double):
    """An ITSM's REST interface: one object a request. |read|: a function of what
    was asked that gives what is wrong with it, a text, or None; |authorization|: what it asks
    for; |key|: the member that makes two requests the same ticket."""

    def __init__(self, read=None, authorization=None, path="/api/events", key=None,
                 status=201, **more):
        self.read, self.authorization, self.path = read, authorization, path
        self.key, self.status, self.tickets = key, status, []
        super().__init__(**more)

    def answer(self, request):
        if self.authorization and request.headers["Authorization"] != self.authorization:
            return 401, {"error": "who is that?"}, {"WWW-Authenticate": "Bearer"}
        if request.path != self.path:
            return 404, {"error": f"no resource {request.path}"}
        if request.method != "POST":
            return 405, {"error": request.method}, {"Allow": "POST"}
        if request.type.partition(";")[0] != "application/json":
            return 415, {"error": request.type}
        if request.gzip:
            return 415, {"error": "no gzip here"}
        try:
            ticket = strict_json(request.body)
        except ValueError as problem:
            self.wrong.append(f"{problem}: {request.body}")
            return 400, {"error": str(problem)}
        if self.read and (problem := self.read(ticket)):
            self.wrong.append(f"{problem}: {ticket}")
            return 422, {"error": problem}
        if self.key and ticket[self.key] in [t[self.key] for t in self.tickets]:
            return 409, {"error": "it is there"}
        self.tickets.append(ticket)
        return self.status, {"result": "created"}, {"Location": f"/{len(self.tickets)}"}


TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)\Z")


def first_wrong(rows):
    """The first of (holds, what) that does not hold."""
    return next((what for holds, what in rows if not holds), None)


def is_text(value, most=1 << 20):
    return isinstance(value, str) and 0 < len(value) <= most


def read_pagerduty(event):
    """Events API v2."""
    payload = event["payload"]
    return first_wrong((
        (set(event) <= {"routing_key", "event_action", "dedup_key", "payload", "images",
                        "links", "client", "client_url"}, "keys"),
        (is_text(event["routing_key"], 32) and len(event["routing_key"]) == 32,
         "Length of 'routing_key' is incorrect (should be 32 characters)"),
        (event["event_action"] in ("trigger", "acknowledge", "resolve"), "event_action"),
        (is_text(event["dedup_key"], 255), "dedup_key"),
        (set(payload) <= {"summary", "source", "severity", "timestamp", "component",
                          "group", "class", "custom_details"}, "keys of the payload"),
        (is_text(payload["summary"], 1024), "summary"), (is_text(payload["source"]), "source"),
        (payload["severity"] in ("critical", "error", "warning", "info"), "severity"),
        (TIME.match(payload["timestamp"]), "timestamp")))


def read_servicenow(event):
    """A row of em_event."""
    return first_wrong((
        (set(event) <= {"source", "event_class", "node", "type", "resource", "metric_name",
                        "message_key", "severity", "description", "additional_info",
                        "time_of_event", "resolution_state"}, "columns"),
        (all(isinstance(x, str) for x in event.values()), "all are texts"),
        (event["severity"] in list("012345"), "severity"),
        (is_text(event["message_key"], 1024), "message_key"),
        (is_text(event["node"], 100) and is_text(event["source"], 100), "node, source"),
        (is_text(event["description"], 4000), "description")))


def read_jira(issue):
    """POST /rest/api/2/issue"""
    fields = issue["fields"]
    return first_wrong((
        (set(issue) <= {"fields", "update"}, "keys"),
        (set(fields) <= {"project", "issuetype", "summary", "description", "labels",
                         "priority"}, "fields"),
        (fields["project"] == {"key": "NOC"} and is_text(fields["issuetype"]["name"]),
         "project, issuetype"),
        (is_text(fields["summary"], 255) and "\n" not in fields["summary"],
         "The summary is invalid because it contains newline characters."),
        (all(" " not in x for x in fields["labels"]), "labels"),
        (is_text(fields["description"], 32767), "description")))


def read_alertmanager(alerts):
    """POST /api/v2/alerts"""
    if not isinstance(alerts, list) or not alerts:
        return "an array of alerts"
    return next(filter(None, (first_wrong((
        (set(a) <= {"labels", "annotations", "startsAt", "endsAt", "generatorURL"}, "keys"),
        (is_text(a["labels"]["alertname"]), "at least one label pair required"),
        (all(re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", name) and isinstance(value, str)
             for name, value in (a["labels"] | a["annotations"]).items()), "labels"),
        (TIME.match(a["startsAt"]) and TIME.match(a["endsAt"]), "times"),
        (a["startsAt"] <= a["endsAt"], "start time must be before end time")))
        for a in alerts)), None)


def read_slack(message):
    """An incoming webhook."""
    return first_wrong((
        (set(message) <= {"text", "blocks", "attachments"}, "invalid_payload"),
        (is_text(message["text"], 40000), "no_text")))

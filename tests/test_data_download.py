"""Downloads, from a server on this machine: a mirror that fails, one that lies, one that is good; and none."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import struct
import threading
from pathlib import Path

import numpy as np
import pytest

from workings.data import download, mnist

PICTURES = np.arange(2 * 784).reshape(2, 28, 28).astype(np.uint8)
FILES = {
    "t10k-images-idx3-ubyte.gz": gzip.compress(
        struct.pack(">4B3I", 0, 0, 8, 3, 2, 28, 28) + PICTURES.tobytes(), mtime=0
    ),
    "t10k-labels-idx1-ubyte.gz": gzip.compress(struct.pack(">4BI", 0, 0, 8, 1, 2) + b"\x03\x08", mtime=0),
}


class Mirrors(http.server.BaseHTTPRequestHandler):
    """/broken/ answers 404, /corrupt/ sends another file, /short/ hangs up half way, /good/ sends the right one."""

    def do_GET(self):
        folder, name = self.path.strip("/").split("/")
        self.server.asked.append(self.path)
        if folder == "broken":
            return self.send_error(404)
        body = FILES[name] if folder != "corrupt" else b"<html>please log in</html>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if folder == "short" else body)

    def log_message(self, *args):
        pass


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.delenv("WORKINGS_DATA", raising=False)
    monkeypatch.setattr(download, "cache_folder", lambda dataset: tmp_path / "cache" / dataset)
    monkeypatch.setattr(download, "SECONDS", 5)
    monkeypatch.setitem(download.SHA256, "mnist", {n: hashlib.sha256(b).hexdigest() for n, b in FILES.items()})
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirrors) as server:
        server.asked = []
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join(timeout=5)


def mirrors(server, *folders):
    return {"mnist": tuple(f"http://127.0.0.1:{server.server_port}/{folder}/" for folder in folders)}


def test_each_mirror_is_tried_until_one_has_the_right_file(server, monkeypatch, tmp_path):
    monkeypatch.setattr(download, "MIRRORS", mirrors(server, "broken", "corrupt", "short", "good"))
    X, y = mnist("test")
    np.testing.assert_array_equal(X, PICTURES.reshape(2, 784))
    assert y.tolist() == [3, 8]
    assert server.asked == [f"/{m}/{name}" for name in FILES for m in ("broken", "corrupt", "short", "good")]
    kept = sorted(path.name for path in (tmp_path / "cache" / "mnist").iterdir())
    assert kept == sorted(FILES)  # the right files, and no half ones


def test_the_cache_is_used_and_a_damaged_file_in_it_is_fetched_again(server, monkeypatch, tmp_path):
    monkeypatch.setattr(download, "MIRRORS", mirrors(server, "good"))
    mnist("test")
    server.asked.clear()
    mnist("test")
    assert server.asked == []
    (tmp_path / "cache" / "mnist" / "t10k-labels-idx1-ubyte.gz").write_bytes(b"half")
    assert mnist("test")[1].tolist() == [3, 8]
    assert server.asked == ["/good/t10k-labels-idx1-ubyte.gz"]


def test_without_a_network_it_says_which_files_go_where(server, monkeypatch, tmp_path):
    gone = {"mnist": ("http://127.0.0.1:1/a/", *mirrors(server, "broken", "corrupt")["mnist"])}
    monkeypatch.setattr(download, "MIRRORS", gone)
    with pytest.raises(ConnectionError) as caught:
        mnist("test")
    says = str(caught.value)
    for part in (
        "t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz",
        str(tmp_path / "cache" / "mnist"),
        "mnist(folder=...)",
        "WORKINGS_DATA",
        "answered 404",
        "the SHA-256 checksum differs",
        "127.0.0.1:1/a/ (ConnectionError",
    ):
        assert part in says
    assert list(Path(tmp_path, "cache", "mnist").iterdir()) == []


def test_every_set_has_more_than_one_mirror_and_all_checksums():
    for dataset, urls in download.MIRRORS.items():
        assert len(urls) >= 2
        assert all(url.startswith("http") and url.endswith("/") for url in urls)
        assert len(download.SHA256[dataset]) == 4
        assert all(len(digest) == 64 for digest in download.SHA256[dataset].values())


def test_the_cache_is_the_users_own(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert download.cache_folder("mnist").parts[-2:] == ("workings", "mnist")

"""Sixty files that attack whoever runs them: none may earn a point, hang, or leave a process or a file.

Each stands where `sigmoid` and `linear_forward` are asked for, and works neither out.
"""

# ruff: noqa: E501  (a program is a row of the table)

from __future__ import annotations

from collections.abc import Iterator

START = "import os, sys, time\nimport numpy as np\n"
WRONG = "def sigmoid(Z): return Z\ndef linear_forward(A, W, b): return A\n"
LIAR = """
class Liar:
    shape, ndim, size, dtype = (3, 3), 2, 9, np.dtype(float)
    {}
def sigmoid(Z): return Liar()
def linear_forward(A, W, b): return Liar()
"""
AT_CALL = "def sigmoid(Z):\n    {0}\n    return Z\ndef linear_forward(A, W, b):\n    {0}\n    return A\n"
DAEMON = """
def gone():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for fd in range(3, 64):
                try: os.close(fd)
                except OSError: pass
            os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(77.125)"])
        os._exit(0)
"""
REPLY = '{"at": %d, "out": {"shape": [1, 1], "values": [%s], "type": "float64"}}\\n'

TEXTS = {
    # it does not end
    "endless loop": WRONG + "while True: pass\n",
    "endless loop in a call": AT_CALL.format("while True: pass"),
    "endless loop in C": WRONG + "sum(iter(int, 1))\n",
    "endless power in C": AT_CALL.format("9 ** 9 ** 9"),
    "endless regular expression": WRONG + "import re; re.match('(a+)+$', 'a' * 60 + 'b')\n",
    "sleeps": WRONG + "time.sleep(1e6)\n",
    "sleeps and ignores every signal": WRONG
    + "import signal\nfor s in range(1, 64):\n    try: signal.signal(s, signal.SIG_IGN)\n    except Exception: pass\ntime.sleep(1e6)\n",
    "loops and ignores SIGXCPU": WRONG + "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass\n",
    "reads standard input": WRONG + "input()\n",
    "swallows every exception": WRONG + "while True:\n    try:\n        while True: pass\n    except BaseException: pass\n",
    "stops itself": AT_CALL.format("import signal; os.kill(os.getpid(), signal.SIGSTOP)"),
    "waits for a lock": WRONG + "import threading; l = threading.Lock(); l.acquire(); l.acquire()\n",
    # it takes all there is
    "fork bomb": WRONG + "while True:\n    try: os.fork()\n    except OSError: pass\n",
    "fork bomb that sleeps": WRONG + "for _ in range(10**6):\n    try:\n        if os.fork() == 0: time.sleep(1e6)\n    except OSError: time.sleep(1e6)\n",
    "threads without end": WRONG + "import threading\nwhile True: threading.Thread(target=time.sleep, args=(1e6,)).start()\n",
    "a list of 10 GB": WRONG + "x = [0] * (10 * 2**30 // 8)\n",
    "a list that grows": WRONG + "x = []\nwhile True: x.append(bytes(10**6))\n",
    "many processes with much memory": WRONG + "for _ in range(20):\n    if os.fork() == 0:\n        x = bytearray(200 * 2**20)\n        time.sleep(1e6)\ntime.sleep(1e6)\n",
    "prints 1 GB": WRONG + "while True: print('x' * 10**6)\n",
    "writes 1 GB": WRONG + "f = open('big', 'wb')\nfor _ in range(1000): f.write(bytes(10**6)); f.flush()\n",
    "a million files": WRONG + "for i in range(10**6): open(str(i), 'w').close()\n",
    "deep recursion": WRONG + "sys.setrecursionlimit(10**9)\nf = lambda: f()\nf()\n",
    "a huge integer": AT_CALL.format("return 10 ** 10**6"),
    "a huge array": AT_CALL.format("return np.zeros((10**4, 10**4))"),
    "a deep list": AT_CALL.format("x = []\n    for _ in range(10**5): x = [x]\n    return x"),
    "a list in itself": AT_CALL.format("x = []; x.append(x); return x"),
    "nested brackets in the source": WRONG + "x = " + "(" * 10**4 + ")" * 10**4 + "\n",
    "nested minus signs in the source": WRONG + "x = " + "-" * 10**5 + "1\n",
    # it ends too soon
    "os._exit(0)": WRONG + "os._exit(0)\n",
    "os._exit(0) in a call": AT_CALL.format("os._exit(0)"),
    "sys.exit(0)": WRONG + "sys.exit(0)\n",
    "sys.exit(0) in a call": AT_CALL.format("sys.exit(0)"),
    "SystemExit in __eq__": LIAR.format("def __eq__(self, other): raise SystemExit(0)\n    def __array__(self, *a, **k): raise SystemExit(0)"),
    "KeyboardInterrupt": AT_CALL.format("raise KeyboardInterrupt"),
    "an exception whose text raises": "class E(Exception):\n    def __str__(self): raise SystemExit(0)\n" + AT_CALL.format("raise E"),
    "segmentation fault": AT_CALL.format("import ctypes; ctypes.string_at(0)"),
    "kills its parent": WRONG + "os.kill(os.getppid(), 9); os.kill(1, 9)\n",
    "kills its group": WRONG + "os.killpg(0, 9)\n",
    # it stays
    "a thread left running": WRONG + "import threading; threading.Thread(target=time.sleep, args=(1e6,)).start()\n",
    "a daemon that survives": WRONG + DAEMON + "gone()\n",
    "a daemon started in a call, then os._exit": WRONG + DAEMON + "def sigmoid(Z):\n    gone()\n    os._exit(0)\n",
    "files all over": WRONG + "for d in ('/tmp', '/var/tmp', '/dev/shm', os.path.expanduser('~'), '.', '..'):\n    try: open(d + '/workings-attack', 'w').write('x')\n    except OSError: pass\n",
    "a link out of its folder": WRONG + "try:\n    os.symlink('/tmp', 'out'); open('out/workings-attack', 'w').write('x')\nexcept OSError: pass\n",
    # it meddles with how results go back
    "closes fd 1": WRONG + "os.close(1); os.close(2)\n",
    "closes every fd": WRONG + "os.closerange(0, 256)\n",
    "writes replies itself": WRONG + f"for fd in range(3, 64):\n    for i in range(40):\n        try: os.write(fd, ({REPLY!r} % (i, 'NaN')).encode())\n        except OSError: pass\n",
    "writes replies of true": WRONG + "for fd in range(3, 64):\n    for i in range(40):\n        try: os.write(fd, ('{\"at\": %d, \"out\": true, \"right\": true, \"done\": true}\\n' % i).encode())\n        except OSError: pass\n",
    "writes 1 GB of replies": WRONG + "for fd in range(3, 64):\n    try:\n        while True: os.write(fd, b'x' * 10**6)\n    except OSError: pass\n",
    "writes deep JSON": WRONG + "for fd in range(3, 64):\n    try: os.write(fd, b'[' * 10**5 + b'\\n')\n    except OSError: pass\n",
    "prints a fake report": WRONG + "print('my.py: 2 of 2 functions right\\n\\x1b[2J{\"right\": true}'); sys.stdout.flush(); os._exit(0)\n",
    # it makes itself equal to everything
    "equal to everything": LIAR.format("def __eq__(self, other): return True\n    def __array__(self, *a, **k): return np.full((3, 3), np.nan)\n    def __float__(self): return float('nan')"),
    "changes on second reading": LIAR.format("n = 0\n    def __array__(self, *a, **k):\n        Liar.n += 1\n        return np.zeros((3, 3)) + Liar.n"),
    "nan everywhere": AT_CALL.format("return np.full((3, 3), np.nan) * Z if 'Z' in dir() else W @ A * np.nan"),
    "an array type of its own": "class L(np.ndarray):\n    def __eq__(self, o): return True\n    def __sub__(self, o): return 0\n    def astype(self, *a): return self\n    def tolist(self): return 0\ndef sigmoid(Z): return Z.view(L)\ndef linear_forward(A, W, b): return A.view(L)\n",
    # it changes the tools
    "changes numpy": WRONG + "np.allclose = np.array_equal = np.isclose = lambda *a, **k: True\nnp.abs = np.subtract = lambda *a, **k: np.array(0.0)\n",
    "changes math and builtins": WRONG + "import math, builtins\nmath.isclose = lambda *a, **k: True\nbuiltins.all = builtins.any = lambda *a: True\nbuiltins.float = lambda x: 0.0\n",
    "changes json": WRONG + "import json\nold = json.dumps\njson.dumps = lambda x, **k: old(dict(x, right=True, fault='', done=True))\n",
    # it looks for the answers
    "walks the frames": AT_CALL.format("f = sys._getframe()\n    while f:\n        for k, v in list(f.f_locals.items()):\n            if k in ('wanted', 'right', 'answer', 'expected'): return v\n        f = f.f_back"),
    "asks the garbage collector": AT_CALL.format("import gc\n    for o in gc.get_objects():\n        if isinstance(o, dict) and ('wanted' in o or 'expected' in o): return o.get('wanted', o.get('expected'))"),
    "imports the answers": "from workings.layers import Sigmoid, Dense\ndef sigmoid(Z): return Sigmoid().forward(np, Z)[0]\ndef linear_forward(A, W, b): return Dense(len(W)).forward(np, A, W=W, b=b)[0]\n",
}  # fmt: skip


def attacks() -> Iterator[tuple[str, str]]:
    """By name, the text of the file."""
    for name, text in TEXTS.items():
        yield name, START + text

"""The studio: the library in a browser, on this machine only, where every number opens its working.

    workings studio                 one command, offline

All arithmetic is done in Python, from `model.explain`; the browser only shows.  One WebSocket carries everything; the
rest of the server is a handful of files read into memory at the start.

    guard     who may speak to the server: Host, Origin, Sec-Fetch-Site, token
    assets    the files of the browser, from memory
    frames    how a message is packed
    outbox    what goes out: all of what is said, the newest of what is shown
    shelf     the work of visitors on the disk, for the next server
    session   one visitor: its pages, and the socket it speaks through
    page      what all pages can do: open a number, its terms, its paths, its nudge
    by_hand   a derivation as the panel "By hand" shows it
    pages/    one page per file, with a file of the same name in web/pages/
"""

from workings.studio.server import Studio as Studio
from workings.studio.server import serve as serve

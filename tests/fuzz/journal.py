"""What is fuzzed: a scrape's database, whose journal says which bytes are to be appended to which file.

Both the database's own bytes (an archive may be damaged) and what it says (an archive may be another's): the first byte
of a mutant tells which.
"""

import sqlite3
from pathlib import Path

from scrapers.errors import CongdoanError
from scrapers.frontier import NAME, Frontier

_SAYS = [
    ("laodong/laodong-1-00000.warc.gz", 0, b"record"),
    ("laodong/laodong-1-00000.warc.gz", 6, b"record"),
    ("../outside.warc.gz", 0, b"record"),
    ("laodong/../../../outside.warc.gz", 0, b"record"),
    (".frontier.sqlite", 0, b"record"),
]


def journal_seeds(folder):
    place = Path(folder) / "sound"
    frontier = Frontier(place)
    frontier.close()
    con = sqlite3.connect(place / NAME)
    con.execute("PRAGMA journal_mode=DELETE")
    con.execute("INSERT INTO journal (path, at, data) VALUES (?, ?, ?)", _SAYS[0])
    con.commit()
    con.close()
    return (
        b"\0" + (place / NAME).read_bytes(),
        *(b"\1%s\n%d\n%s" % (name.encode(), at, data) for name, at, data in _SAYS),
    )


def read_journal(folder):
    """Open an archive with this journal; nothing beside and above it may change, nor its database be overwritten."""
    place = Path(folder) / "above" / "scrape"
    sound = (Path(folder) / "sound" / NAME).read_bytes()

    def read(data):
        for path in sorted(place.parent.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        place.mkdir(parents=True, exist_ok=True)
        (place / NAME).write_bytes(data[1:] if data[:1] != b"\1" else sound)
        if data[:1] == b"\1":
            _say(place, data[1:])
        try:
            Frontier(place).close()
        except (CongdoanError, sqlite3.Error, OSError) as error:
            said = type(error).__name__
        else:
            said = "read"
        written = {path.relative_to(place.parent).parts for path in place.parent.rglob("*") if path.is_file()}
        assert all(parts[0] == "scrape" for parts in written), written
        assert all(parts[-1].endswith(".warc.gz") or len(parts) == 2 for parts in written), written
        return said, sorted(written)

    return read


def _say(place, data):
    name, _, rest = data.partition(b"\n")
    at, _, content = rest.partition(b"\n")
    con = sqlite3.connect(place / NAME)
    con.execute("DELETE FROM journal")
    shown = name.decode("utf-8", "replace")
    number = int(at) if at.lstrip(b"-").isdigit() and len(at) < 18 else at.decode("utf-8", "replace")
    con.execute("INSERT INTO journal (path, at, data) VALUES (?, ?, ?)", (shown, number, content))
    con.commit()
    con.close()

"""``congdoan explore``: the dataset in a browser."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Annotated

import typer

from pipeline.console import say
from pipeline.errors import CongdoanError, UsageError

EPILOG = "Examples:  congdoan explore  ·  congdoan explore dataset --port 9000"

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def explore(
    dataset: Annotated[Path, typer.Argument(help="Folder of the dataset.")] = Path("dataset"),
    host: Annotated[str, typer.Option(help="Address to listen on; others than loopback are open to the network.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8765,
) -> None:
    """Serve the dataset as web pages: search, filter, see each fact marked in its text, download as CSV.

    Reads the snapshot only, and takes up the new one when a run replaces it. Needs the extra: pip install
    'congdoan[explore]'. Ctrl-C ends it.
    """
    try:
        import uvicorn

        from pipeline.explorer.app import LOOPBACK, create_app
    except ImportError as error:
        raise CongdoanError(
            f"the explorer needs {error.name}, which is not installed; install it with: pip install 'congdoan[explore]'"
        ) from error
    app = create_app(dataset, LOOPBACK if host in _LOOPBACK else ("*",))
    if host not in _LOOPBACK:
        say(f"congdoan: {host} may be reached by others; the pages have no password")
    with _listening(host, port) as listener:
        name = f"[{host}]" if ":" in host else host
        say(f"The explorer of {dataset}/ is at http://{name}:{listener.getsockname()[1]}/ (Ctrl-C ends it)")
        config = uvicorn.Config(app, log_level="warning", server_header=False, date_header=True)
        uvicorn.Server(config).run(sockets=[listener])


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens there; UsageError where it can't."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, UnicodeError) as error:
        raise UsageError(
            f"can't listen on {host} port {port} ({error}); try --port 0, which takes a free one"
        ) from error

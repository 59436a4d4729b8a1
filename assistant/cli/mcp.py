"""`senescope mcp`: serve the abilities as tools to an agent or an editor."""

from __future__ import annotations

import ipaddress
from typing import Annotated

import typer

from assistant.cli.options import HomeDir, Offline, Quiet, desk
from assistant.errors import UsageError


def mcp(
    http: Annotated[
        bool, typer.Option("--http", help="Streamable HTTP on loopback instead of standard input and output.")
    ] = False,
    host: Annotated[str, typer.Option("--host", help="A loopback address.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port for --http.", min=1, max=65535)] = 8765,
    offline: Offline = False,
    quiet: Quiet = False,
    home: HomeDir = None,
) -> None:
    """Serve search, answers and what-ifs as Model Context Protocol tools."""
    if http and not _loopback(host):
        raise UsageError(
            f"--host {host!r} is not a loopback address: these tools have no password.",
            hint="Use 127.0.0.1, and an SSH tunnel to reach it from elsewhere.",
        )
    place = desk(offline=offline, quiet=quiet, home=home)
    from assistant.facade import Senescope
    from assistant.mcp import server

    with Senescope.over(place.settings, progress=place.progress, say=place.say) as senescope:
        senescope.warm()  # the first call of an agent should not wait for an index
        built = server(senescope)
        if http:
            shown = f"[{host}]" if ":" in host else host
            place.say(f"serving http://{shown}:{port}/mcp; Ctrl-C stops it")
            built.run("streamable-http", host=host, port=port)
        else:
            built.run("stdio")


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

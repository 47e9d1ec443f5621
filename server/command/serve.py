"""`yihu serve`: one process that serves the API and the app."""

import logging
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from server.audit.shipping import Shipper
from server.command.opening import DEFAULT_DATA, DatabaseOption, DataOption, console, fail, make_settings, open_context
from server.command.station import ensure_demo, print_links
from server.intake import rules as intake
from server.log.generation import find_restores, note_generation
from server.main import Server
from server.station import rules as stations
from server.web.patience import make_protocol

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_KEEP_ALIVE_SECONDS = 20
_CONNECTIONS_MAX = 400


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535)] = 8000,
    data: DataOption = DEFAULT_DATA,
    cert: Annotated[Path | None, typer.Option("--cert", help="TLS certificate chain (PEM).", exists=True)] = None,
    key: Annotated[Path | None, typer.Option("--key", help="Its private key (PEM).", exists=True)] = None,
    demo: Annotated[bool, typer.Option("--demo/--no-demo", help="Found the demo station where there is none.")] = False,
    database_url: DatabaseOption = None,
    public_url: Annotated[
        str | None, typer.Option("--public-url", help="Address that phones use, where a proxy stands in front.")
    ] = None,
) -> None:
    """Serve the API and the app from one process; migrates the data first.

    Phones keep data only from a secure address: use --cert and --key, or reach 127.0.0.1 by [bold]adb reverse[/bold].
    """
    if (cert is None) != (key is None):
        fail("--cert and --key belong together.")
    scheme = "https" if cert else "http"
    shown_host = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 -- compared, not bound
    address = public_url or f"{scheme}://{f'[{shown_host}]' if ':' in shown_host else shown_host}:{port}"
    is_tls = cert is not None or address.startswith("https://")
    context = open_context(make_settings(data, database_url, public_url=address, is_tls=is_tls))
    if demo:
        print_links(context, ensure_demo(context))
    elif not context.database.read(lambda session: stations.list_station_ids(session, 1)):
        console.print("No station yet: [bold]yihu station create[/bold] founds one, --demo the demo station.")
    for restart in find_restores(context):
        console.print(
            "[yellow]![/yellow] The database is older than what this server last showed: a copy was put back. The log goes "
            f"on in epoch {restart.epoch}; phones bring back what is missing when they sync."
        )
    for station_id in context.database.read(stations.list_station_ids):
        context.database.write(lambda session, one=station_id: intake.judge_held_again(session, context, one))  # type: ignore[misc]
    if not is_tls and host not in _LOOPBACK:
        console.print(
            "[yellow]![/yellow] Plain http beyond this machine: browsers refuse to keep keys there, so phones cannot "
            "enrol. Give --cert and --key, or use adb reverse."
        )
    if not (context.settings.pwa_dist / "index.html").is_file():
        console.print(
            "[yellow]![/yellow] The app is not built; only the API is served. [bold]scripts/start[/bold] builds it."
        )
    console.print(
        f"[green]✓[/green] Yihu serves [bold]{address}[/bold]   (data: {context.settings.data}, stop: Ctrl+C)"
    )
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    config = uvicorn.Config(
        Server(context),
        http=make_protocol(context.settings, is_proxied=public_url is not None and cert is None),
        ws="none",
        host=host,
        port=port,
        ssl_certfile=cert,
        ssl_keyfile=key,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        limit_concurrency=_CONNECTIONS_MAX,
    )
    shipper = Shipper(context)
    try:
        uvicorn.Server(config).run()
    finally:
        shipper.close()
    note_generation(context, now=True)
    context.database.close()

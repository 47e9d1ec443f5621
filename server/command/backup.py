"""`yihu backup keep|send|fetch|age`: backups on another host that this server can add to and not take away."""

import secrets
import tempfile
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated

import httpx
import typer

from server.backup import postgres, snapshot
from server.backup.keeper import Keeper
from server.backup.postgres import ToolError
from server.command.opening import DEFAULT_DATA, DatabaseOption, DataOption, console, fail, make_settings, open_context
from server.context import Context
from server.log import watermark

Token = Annotated[Path, typer.Option("--token", help="File with the token; readable by this user only.")]
Keepers = Annotated[list[str], typer.Argument(help="Addresses of keepers; best two, in two places.")]
_STAMP = "%Y%m%dT%H%M%SZ"


def keep(
    folder: Annotated[Path, typer.Option(help="Where backups lie; no other program needs to reach it.")] = Path("kept"),
    host: str = "127.0.0.1",
    port: int = 8787,
) -> None:
    """Run the keeper, on another host than the server. Behind TLS (a proxy or a tunnel) wherever a network lies between."""
    tokens = [_make_token(folder, name) for name in ("adding", "reading")]
    console.print(
        f"Keeps under {folder}. Give the server [bold]{folder}/adding.token[/bold]; keep reading.token here, for the day of need."
    )
    Keeper((host, port), folder, *tokens).serve_forever()


def send(keepers: Keepers, token: Token, data: DataOption = DEFAULT_DATA, database_url: DatabaseOption = None) -> None:
    """Send a backup set to each keeper; only what is new travels. The server may run."""
    context = open_context(make_settings(data, database_url))
    marked = context.database.read(watermark.mark_backup)
    with tempfile.TemporaryDirectory(dir=context.settings.data) as place:
        try:
            copy = snapshot.take(context, Path(place))
        except ToolError as error:
            fail(str(error), "No backup was sent.")
        for address in keepers:
            sent = _send_to(context, address, _read_token(token), copy, marked)
            console.print(f"[green]✓[/green] {address}: {sent} new pieces")
    for station_id, position in marked.items():
        context.database.write(
            partial(watermark.note_backup, station_id=station_id, position=position, now=context.now())
        )
    context.database.close()


def fetch(
    keeper: Annotated[str, typer.Argument(help="Address of a keeper.")],
    token: Token,
    into: Annotated[Path, typer.Option(help="An empty folder that becomes the data folder.")],
    name: Annotated[str, typer.Option("--set", help="Name of the set; default: the newest.")] = "",
    database_url: Annotated[
        str | None, typer.Option(help="PostgreSQL: an empty database that the dump of the set is put into.")
    ] = None,
) -> None:
    """Rebuild a data folder from a keeper, by its reading token. Put the key file back beside it; start the server."""
    if into.exists() and any(into.iterdir()):
        fail(f"{into} is not empty.", "Name a new folder; nothing is overwritten.")
    started, size = time.monotonic(), 0
    with _client(keeper, _read_token(token)) as client:
        chosen = name or _ask(client, "/newest").decode()
        for path, pieces in snapshot.read(_ask(client, f"/sets/{chosen}")).items():
            target = into / path
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with target.open("xb") as file:
                size += sum(file.write(_ask(client, f"/pieces/{piece}")) for piece in pieces)
    if database_url and (into / snapshot.DUMP).is_file():
        try:
            postgres.put_back(database_url, into / snapshot.DUMP)
        except ToolError as error:
            fail(str(error), f"The files lie under {into}; the database is as it was. Name an empty one.")
    seconds = time.monotonic() - started
    console.print(
        f"[green]✓[/green] {chosen}: {size // 1024} KiB in {seconds:.1f} s. Now the key file, then yihu verify."
    )


def age(
    keepers: Keepers,
    token: Token,
    hours: Annotated[float, typer.Option(help="Older than this is an alarm.")] = 26.0,
) -> None:
    """Whether each keeper has a set of late: exit code 1 and a line in red where not. For a timer that tells somebody."""
    late = [address for address in keepers if not _is_fresh(address, _read_token(token), hours)]
    for address in late:
        console.print(f"[red]✗[/red] {address}: no backup within {hours:g} hours")
    raise typer.Exit(1 if late else 0)


def _send_to(context: Context, address: str, token: str, copy: Path, marked: dict[str, int]) -> int:
    files: dict[str, list[str]] = {}
    new = 0
    with _client(address, token) as client:
        for name, path in snapshot.list_files(copy, context.settings.files_folder()):
            files[name] = []
            for digest, piece in snapshot.split(path):
                files[name].append(digest)
                if client.head(f"/pieces/{digest}").status_code != 200:
                    client.put(f"/pieces/{digest}", content=piece).raise_for_status()
                    new += 1
        stamp = datetime.fromtimestamp(context.now() / 1000, UTC).strftime(_STAMP)
        described = snapshot.describe(files, marked, context.now())
        client.put(f"/sets/{stamp}-{secrets.token_hex(4)}", content=described).raise_for_status()
    return new


def _is_fresh(address: str, token: str, hours: float) -> bool:
    try:
        with _client(address, token) as client:
            made = datetime.strptime(_ask(client, "/newest").decode().split("-")[0], _STAMP).replace(tzinfo=UTC)
    except (httpx.HTTPError, ValueError):
        return False
    return datetime.now(UTC) - made < timedelta(hours=hours)


def _ask(client: httpx.Client, path: str) -> bytes:
    answer = client.get(path)
    answer.raise_for_status()
    return answer.content


def _client(address: str, token: str) -> httpx.Client:
    return httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=60)


def _read_token(path: Path) -> str:
    return path.read_text("utf-8").strip()


def _make_token(folder: Path, name: str) -> str:
    path = folder / f"{name}.token"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(0o600)
        path.write_text(secrets.token_urlsafe(32), "utf-8")
    return _read_token(path)

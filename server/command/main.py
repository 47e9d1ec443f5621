"""The `yihu` command: serve, found stations, enrol people, read ledgers, drive a device.

Every subject is a module of this folder; here they are only named.
"""

import typer

from server.command import backup, device, instrument, ledger, local, log, powers, station
from server.command.serve import serve
from server.command.simulate import simulate

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    help="Yihu 一户一档: household case files that work without a network.\n\n"
    "Start here: [bold]yihu serve --demo[/bold], then open the printed links, one browser profile a person.",
)
app.command()(serve)
app.command()(simulate)
app.command()(log.verify)
app.command()(log.restore)
app.command()(station.enrol)
station.app.command()(powers.appoint)
station.app.command()(powers.rotate_keys)
station.app.command()(powers.change_keys)
station.app.command()(powers.profile)
app.add_typer(station.app, name="station")
app.add_typer(powers.audit_app, name="audit")
app.add_typer(ledger.app, name="ledger")
app.add_typer(instrument.app, name="instrument")
app.add_typer(local.app, name="local")
app.add_typer(device.app, name="device")
for _command in (backup.keep, backup.send, backup.fetch, backup.age):
    log.app.command()(_command)
app.add_typer(log.app, name="backup")

if __name__ == "__main__":
    app(prog_name="yihu")

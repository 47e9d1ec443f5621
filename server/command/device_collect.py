"""`yihu device collect`: a laptop without internet takes bundles from phones over its own Wi-Fi or a cable, to hand them in later.

Phones open the laptop's own page. They cannot send from the app: it comes from the station's https address, whose pages browsers do
not let talk to a plain http neighbour (mixed content, private network access), and a laptop on the road has no certificate
that phones believe. A plain form without a script works in every browser of the last ten years. Nothing secret passes: bundles are
sealed to the station, receipts to their devices; the page holds no name and no record.
"""

from __future__ import annotations

import html
import socket
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

import qrcode
import typer
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from server.command.device_opening import DEFAULT_HOME, HomeOption, PassphraseOption, opened
from server.command.device_words import console
from sync import bundle as bundles
from sync.device.carrying import Pocket
from sync.device.errors import DeviceError
from sync.errors import BundleError

FILES_PER_FORM_MAX = 8
BODY_BYTES_MAX = FILES_PER_FORM_MAX * 2 * bundles.BYTES_MAX
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 -- compared, not bound
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
SAY = {
    "bundle_too_large": "文件太大，没有收下。请在那部手机上重新导出。",
    "not_a_bundle": "这不是捎带文件。请选名字以 .yihu 或 .yihu.txt 结尾的文件。",
    "bundle_damaged": "文件在路上损坏或不完整，没有收下。请重新选一次。",
    "bundle_newer": "文件来自更新的版本，这台电脑要先更新。",
    "bundle_elsewhere": "这是别的站的文件，没有收下。",
    "bundle_content": "文件里的内容不对，没有收下。请重新导出。",
    "carry_full": "这台电脑装满了，要先上交。",
    "storage_full": "这台电脑的磁盘满了，没有收下。",
}


class TooLargeError(Exception):
    """More than a form of bundles can be."""


def make_collector(pocket: Pocket, station_name: str) -> Starlette:
    """The page and its two doors: bundles in, receipts out."""

    async def show(_request: Request) -> Response:
        return page(pocket, station_name, [])

    async def take(request: Request) -> Response:
        try:
            if request.headers.get("content-type", "").startswith(bundles.MEDIA_TYPE):
                code = keep(pocket, b"".join([part async for part in capped(request)]))
                return JSONResponse({"code": code}, 200 if code in ("received", "known") else 422, HEADERS)
            said = [(name, keep(pocket, content)) for name, content in await read_form(request)]
        except TooLargeError:
            return page(pocket, station_name, [("", "bundle_too_large")], 413)
        except (MultiPartException, ClientDisconnect):
            return page(pocket, station_name, [("", "bundle_damaged")], 400)
        return page(pocket, station_name, said)

    async def give(request: Request) -> Response:
        wanted = request.path_params["name"]
        for one in pocket.list("receipts"):
            if one.path.name == wanted:
                headers = HEADERS | {"Content-Disposition": f'attachment; filename="{wanted}"'}
                return Response(one.read(), media_type=bundles.MEDIA_TYPE, headers=headers)
        return page(pocket, station_name, [], 404)

    return Starlette(
        routes=[
            Route("/", show),
            Route("/bundles", take, methods=["POST"]),
            Route("/receipts/{name}", give),
        ]
    )


def keep(pocket: Pocket, content: bytes) -> str:
    """`received`, `known`, or why it was refused; and a line in the terminal."""
    try:
        path, found, is_new = pocket.keep(content)
    except (BundleError, DeviceError) as error:
        console.print(f"{now()} [red]✗[/red] {error.code}")
        return error.code
    except OSError:
        console.print(f"{now()} [red]✗[/red] the disk is full or cannot be written 磁盘写不进去")
        return "storage_full"
    console.print(
        f"{now()} [green]✓[/green] {path.name} ({found.kind}{'' if is_new else ', known already'})", soft_wrap=True
    )
    return "received" if is_new else "known"


async def capped(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes, cut off at the cap whatever its header says."""
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > BODY_BYTES_MAX:
            raise TooLargeError
        yield part


async def read_form(request: Request) -> list[tuple[str, bytes]]:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise MultiPartException("not a form")
    parser = MultiPartParser(request.headers, capped(request), max_files=FILES_PER_FORM_MAX, max_fields=4)  # type: ignore[arg-type]
    form = await parser.parse()
    files = [value for value in form.getlist("bundle") if isinstance(value, UploadFile)]
    try:
        return [(file.filename or "", await file.read()) for file in files if file.size]
    finally:
        await form.close()


def page(pocket: Pocket, station_name: str, said: list[tuple[str, str]], status: int = 200) -> HTMLResponse:
    """Everything a phone sees: plain HTML, no script, nothing personal."""
    lines = [
        f"<li class={'good' if code in ('received', 'known') else 'bad'}>{words(name, code)}</li>"
        for name, code in said
    ]
    receipts = [
        f'<li><a href="/receipts/{html.escape(one.path.name)}" download>{html.escape(one.path.name)}</a></li>'
        for one in pocket.list("receipts")
    ]
    waiting = sum(1 for _ in pocket.list("waiting"))
    return HTMLResponse(
        PAGE.format(
            station=html.escape(station_name),
            said=f"<ul class=said>{''.join(lines)}</ul>" if lines else "",
            waiting=waiting,
            receipts="".join(receipts) or "<li>还没有。上交以后再来取。</li>",
        ),
        status,
        HEADERS,
    )


def words(name: str, code: str) -> str:
    shown = html.escape(name[:60])
    if code == "received":
        return f"{shown} 收下了。"
    if code == "known":
        return f"{shown} 已经收过了，不用再交。"
    return f"{shown} {SAY.get(code, f'没有收下（{html.escape(code)}）。')}记录还在手机里，没有丢。"


def collect(
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; all of this machine's by default.")
    ] = "0.0.0.0",  # noqa: S104 -- phones of the same network must reach it
    port: Annotated[int, typer.Option("--port", min=0, max=65535)] = 8990,
    home: HomeOption = DEFAULT_HOME,
    passphrase: PassphraseOption = "",
) -> None:
    """Take bundles from phones over the local network, without internet 收集. Later: [bold]yihu device bundle handin[/bold].

    The passphrase is asked for once, to know which station this laptop belongs to; while it collects, the device is closed.
    """
    with opened(home, passphrase) as device:
        pocket = Pocket(home, device.identity.deployment, device.identity.station)
        station_name = device.policy["station"]["name"]
    addresses = [f"http://{address}:{port}/" for address in (find_addresses() if host in EVERYWHERE else [host])]
    code = qrcode.QRCode(border=2)
    code.add_data(addresses[0])
    code.print_ascii(out=None, invert=True)
    console.print(
        f"[green]✓[/green] {station_name}: phones on the same Wi-Fi open {' or '.join(addresses)} (stop: Ctrl+C)"
    )
    console.print("  手机连同一个 Wi-Fi，先在应用里“存成文件”，再打开上面的网址交上来。")
    uvicorn.run(make_collector(pocket, station_name), host=host, port=port, log_level="warning", server_header=False)


def find_addresses() -> list[str]:
    """This machine's addresses as neighbours see them; its own loopback where it has none."""
    found: list[str] = []
    for target in (("192.0.2.1", 9), ("10.255.255.255", 9)):  # nothing is sent: only the route is asked for
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(target)
                found.append(str(probe.getsockname()[0]))
            except OSError:
                continue
    return list(dict.fromkeys(found)) or ["127.0.0.1"]


def now() -> str:
    return datetime.now().astimezone().strftime("%H:%M")


PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>收记录 · {station}</title>
<style>
body {{ max-width: 34rem; margin: 0 auto; padding: 16px; font: 18px/1.5 system-ui, sans-serif; color: #14181d; background: #eef1f4; }}
section {{ margin: 16px 0; padding: 16px; border: 1px solid #c9d0d8; border-radius: 12px; background: #fff; }}
h1 {{ font-size: 1.4rem; }} h2 {{ margin-top: 0; font-size: 1.15rem; }}
input, button {{ display: block; box-sizing: border-box; width: 100%; min-height: 52px; margin-top: 12px; font: inherit; }}
button {{ border: 0; border-radius: 12px; background: #0b4a86; color: #fff; font-weight: 700; }}
a {{ color: #0b4a86; overflow-wrap: anywhere; display: inline-block; min-height: 44px; }}
.said {{ padding: 0; list-style: none; }} .said li {{ margin: 8px 0; padding: 12px; border-left: 5px solid; background: #fff; }}
.said .good {{ border-color: #1b6b35; }} .said .bad {{ border-color: #a01313; }}
input {{ padding: 12px; border: 2px dashed #5b6672; border-radius: 12px; background: #f6f8fa; }}
</style></head><body>
<h1>把记录交给这台电脑</h1><p>{station}</p>
{said}
<section><h2>交记录</h2>
<p>先在手机应用里：上传和同步 → 没网也能交 → 存成文件。再回到这里选那个文件。文件是加密的，这台电脑打不开。</p>
<form method="post" action="/bundles" enctype="multipart/form-data">
<label>选文件（可以多选）<input type="file" name="bundle" multiple required accept=".yihu,.txt,application/octet-stream,text/plain"></label>
<button type="submit">交上去</button></form>
<p>这台电脑上有 {waiting} 份等着上交。</p></section>
<section><h2>取回执</h2><p>下载后，在记录人的手机应用里：没网也能交 → 选文件。</p><ul>{receipts}</ul></section>
</body></html>
"""

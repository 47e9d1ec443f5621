"""T-10: small files that would become large are refused from their directory or header, and cost no memory.

The server runs as a process of its own, so that its peak of memory can be read from the system.
"""

import io
import os
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from server.attachments.images import check_image
from server.errors import YihuError
from server.ledger.reading import guard
from tests.ledger.test_files import sheet, workbook
from tests.server.phone import Phone, new_id, set_phone
from tests.server.test_photos import upload
from tests.server.test_process import ServeProcess

PEAK_KIB_MAX = 256 * 1024


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServeProcess]:
    process = ServeProcess(tmp_path / "data", "--demo")
    yield process
    process.end()


def nested() -> bytes:
    """Like 42.zip: archives of archives of zeros, ten to the fourth times larger than it is."""
    inner = b"\0" * 10_000_000
    for _ in range(4):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
            for number in range(10):
                made.writestr(f"xl/{number}.zip", inner)
        inner = out.getvalue()
    return workbook(**{"xl/embeddings/inner.zip": inner})


def overlapping() -> bytes:
    """Many directory entries that point at one and the same packed stream."""
    plain = b"0" * 1_000_000
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    stream = packed.compress(plain) + packed.flush()
    crc, out, names = zlib.crc32(plain), bytearray(), [f"xl/x{n}.xml".encode() for n in range(900)]
    head = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 33, crc, len(stream), len(plain), len(names[0]), 0)
    out += head + names[0] + stream
    start = len(out)
    for name in [*names, b"xl/workbook.xml", b"[Content_Types].xml"]:
        out += (
            struct.pack(
                "<4s6H3I5H2I",
                b"PK\x01\x02",
                20,
                20,
                0,
                8,
                0,
                33,
                crc,
                len(stream),
                len(plain),
                len(name),
                0,
                0,
                0,
                0,
                0,
                0,
            )
            + name
        )
    count = len(names) + 2
    out += struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(out) - start, start, 0)
    return bytes(out)


def far_corner() -> bytes:
    return workbook(sheet('<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'))


def many_rows() -> bytes:
    return workbook(sheet("".join(f'<row r="{at}"><c r="A{at}"><v>1</v></c></row>' for at in range(1, 400_001))))


def entities() -> bytes:
    """A billion laughs inside the sheet."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    body = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{levels}]>'
        + sheet("<row><c><v>&l9;</v></c></row>").decode().split("?>", 1)[1]
    )
    return workbook(body.encode())


ARCHIVES: dict[str, Callable[[], bytes]] = {
    "one part of 100 MB of zeros": lambda: workbook(**{"xl/media/a.bin": b"\0" * 100_000_000}),
    "archives in archives": nested,
    "overlapping parts": overlapping,
    "a cell in the far corner": far_corner,
    "400,000 rows": many_rows,
    "a billion laughs": entities,
    "5,000 parts": lambda: workbook(**{f"xl/p{n}.xml": b"<x/>" for n in range(5000)}),
}  # fmt: skip


HARMLESS = ("archives in archives", "a billion laughs")


def png_flood(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg_flood() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG")
    content = bytearray(out.getvalue())
    place = content.index(b"\xff\xc0")
    content[place + 5 : place + 9] = struct.pack(">HH", 65_500, 65_500)
    return bytes(content)


def gps_photo() -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010F] = "Camera"
    out = io.BytesIO()
    Image.new("RGB", (64, 64)).save(out, "JPEG", exif=exif)
    return out.getvalue()


IMAGES: dict[str, tuple[Callable[[], bytes], str]] = {
    "PNG of 65,535 x 65,535": (lambda: png_flood(65_535, 65_535), "image/png"),
    "PNG one pixel wide, 65,535 high": (lambda: png_flood(1, 65_535), "image/png"),
    "JPEG that claims 65,500 x 65,500": (jpeg_flood, "image/jpeg"),
    "noise": (lambda: os.urandom(200_000), "image/jpeg"),
    "a web page that calls itself a photo": (lambda: b"<html><script>1</script>" * 100, "image/png"),
    "a photo that tells where it was taken": (gps_photo, "image/jpeg"),
}


def test_archives_are_refused_small(server: ServeProcess, figure: Callable[[str], None]) -> None:
    deputy = Phone(server.url).enrol(server.codes()["沈若兰"])
    longest, peak = 0.0, peak_kib(server)
    for name, make in ARCHIVES.items():
        started = time.monotonic()
        answer = deputy.http.post("/ledger/imports", files={"file": ("台账.xlsx", make())}, timeout=60)
        longest = max(longest, time.monotonic() - started)
        # What is never unpacked may stay: the ledger around it is read, the memory counts all the same.
        allowed = (201, 413, 415, 422) if name in HARMLESS else (413, 415, 422)
        assert answer.status_code in allowed, (name, answer.text[:300])
    grown = peak_kib(server) - peak
    figure(
        f"{len(ARCHIVES)} archives refused, the slowest in {longest:.1f} s with its making, {grown >> 10} MB at most"
    )
    assert grown < PEAK_KIB_MAX
    assert deputy.http.get("/health").status_code == 200
    deputy.http.close()


def test_images_are_refused_small(server: ServeProcess, figure: Callable[[str], None]) -> None:
    phone = Phone(server.url).enrol(server.codes()["林小满"])
    file = new_id()
    phone.push(phone.save(file, [set_phone("13500000001")]))
    peak = peak_kib(server)
    for name, (make, media_type) in IMAGES.items():
        answer = upload(phone, file, make(), media_type)
        assert answer.status_code == 422, (name, answer.text)
        assert answer.json()["code"] in ("image_refused", "exif_found"), name
    figure(f"{len(IMAGES)} images refused, {(peak_kib(server) - peak) >> 10} MB at most")
    assert peak_kib(server) - peak < PEAK_KIB_MAX
    phone.http.close()


def peak_kib(server: ServeProcess) -> int:
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


WITH_TEETH = ("one part of 100 MB of zeros", "a cell in the far corner", "5,000 parts")


def refused_by_the_directory() -> set[str]:
    refused = set()
    for name, make in ((name, ARCHIVES[name]) for name in WITH_TEETH):
        try:
            guard.inspect(io.BytesIO(make()), "台账.xlsx")
        except Exception:  # any refusal counts
            refused.add(name)
    return refused


def test_teeth_without_limits_archives_pass_the_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused_by_the_directory() == set(WITH_TEETH)
    for limit in ("RATIO_MAX", "UNPACKED_BYTES_MAX", "ENTRIES_MAX", "ROWS_MAX", "COLUMNS_MAX", "CELLS_MAX"):
        monkeypatch.setattr(guard, limit, 10**15)
    assert refused_by_the_directory() == set()


def test_teeth_without_the_pixel_limit_a_flood_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    flood = png_flood(1, 65_535)
    with pytest.raises(YihuError):
        check_image(flood, "image/png", 40_000_000)
    monkeypatch.setattr("server.attachments.images._SIDE_MAX", 10**9)
    check_image(flood, "image/png", 40_000_000)

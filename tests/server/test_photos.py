"""Photos: resumable, checked before they are kept, sealed where they lie, read within one's scope only."""

import base64
import hashlib
import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from PIL import Image

from server.context import Context
from sync.handover import StationKeys, keys_of
from sync.rendering import is_of
from tests.server.phone import Phone, new_id, set_phone


def photo(**options: object) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((320, 240), 60).convert("RGB").save(buffer, "JPEG", quality=90, **options)
    return buffer.getvalue()


def start(phone: Phone, file: str, content: bytes, media_type: str = "image/jpeg", sha256: str = "") -> httpx.Response:
    given = {"file": file, "sha256": sha256 or hashlib.sha256(content).hexdigest(), "media_type": media_type}
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in given.items())
    return phone.http.post("/attachments", headers={"Upload-Length": str(len(content)), "Upload-Metadata": metadata})


def part(phone: Phone, location: str, offset: int, content: bytes) -> httpx.Response:
    headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    return phone.http.patch(location.removeprefix("/api/v1"), content=content, headers=headers)


def upload(phone: Phone, file: str, content: bytes, media_type: str = "image/jpeg") -> httpx.Response:
    made = start(phone, file, content, media_type)
    return part(phone, made.headers["Location"], 0, content) if made.status_code == 201 else made


def test_a_photo_goes_on_where_the_connection_broke(worker: Phone, colleague: Phone) -> None:
    file, content = new_id(), photo()
    worker.push(worker.save(file, [set_phone("13500000001")]))
    location = start(worker, file, content).headers["Location"]
    assert part(worker, location, 0, content[:5000]).headers["Upload-Offset"] == "5000"
    wrong = part(worker, location, 0, content[:5000])
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["offset"]) == (409, "offset_wrong", 5000)
    again = start(worker, file, content)
    assert (again.headers["Location"], again.headers["Upload-Offset"]) == (location, "5000")
    assert worker.http.head(location.removeprefix("/api/v1")).headers["Upload-Offset"] == "5000"
    assert part(worker, location, 5000, content[5000:]).status_code == 204
    sha256 = hashlib.sha256(content).hexdigest()
    read = colleague.http.get(f"/attachments/{file}/{sha256}")
    assert read.content != content
    assert is_of(
        read.content,
        read.headers["Yihu-Rendering"],
        keys_of(colleague.policy),
        colleague.policy["deployment"],
        file,
        sha256,
    )
    assert read.headers["Cache-Control"] == "no-store"
    assert start(worker, file, content).headers["Upload-Offset"] == str(len(content))


def test_a_reader_gets_the_picture_drawn_anew_and_the_stations_word_of_what(worker: Phone, colleague: Phone) -> None:
    """Bytes behind the picture, its comment and its palette of markers stay here; the picture itself comes."""
    file, hidden = new_id(), b"hidden payload 990"
    worker.push(worker.save(file, [set_phone("13500000001")]))
    written = io.BytesIO()
    Image.new("RGB", (3_000, 1_500), (10, 200, 30)).save(written, "JPEG", quality=90, comment=hidden)
    content = written.getvalue() + hidden
    assert upload(worker, file, content).status_code == 204
    sha256 = hashlib.sha256(content).hexdigest()
    read = colleague.http.get(f"/attachments/{file}/{sha256}")
    assert hidden not in read.content
    drawn = Image.open(io.BytesIO(read.content))
    assert (drawn.format, drawn.size, "comment" in drawn.info) == ("JPEG", (2_560, 1_280), False)
    assert drawn.convert("RGB").getpixel((100, 100)) in {
        (r, g, b) for r in range(5, 16) for g in range(195, 206) for b in range(25, 36)
    }
    word, keys, deployment = read.headers["Yihu-Rendering"], keys_of(colleague.policy), colleague.policy["deployment"]
    assert is_of(read.content, word, keys, deployment, file, sha256)
    # Of nothing else: other bytes, another name, another file, another key's word.
    assert not is_of(read.content + b"x", word, keys, deployment, file, sha256)
    assert not is_of(read.content, word, keys, deployment, file, "0" * 64)
    assert not is_of(read.content, word, keys, deployment, "0" * 32, sha256)
    assert not is_of(read.content, word, StationKeys(worker.public), deployment, file, sha256)
    assert not is_of(read.content, None, keys, deployment, file, sha256)


@pytest.mark.parametrize(("media_type", "kind"), [("image/png", "PNG"), ("image/webp", "WEBP")])
def test_each_format_stays_itself_and_transparent(worker: Phone, media_type: str, kind: str) -> None:
    file, written = new_id(), io.BytesIO()
    worker.push(worker.save(file, [set_phone("13500000001")]))
    Image.new("RGBA", (40, 30), (200, 10, 10, 128)).save(written, kind)
    assert upload(worker, file, written.getvalue(), media_type).status_code == 204
    read = worker.http.get(f"/attachments/{file}/{hashlib.sha256(written.getvalue()).hexdigest()}")
    drawn = Image.open(io.BytesIO(read.content))
    assert (drawn.format, drawn.mode, read.headers["Content-Type"]) == (kind, "RGBA", media_type)


def test_a_photo_with_camera_data_is_refused_and_not_kept(worker: Phone) -> None:
    file, exif = new_id(), Image.Exif()
    exif[0x010F] = "Camera"
    worker.push(worker.save(file, [set_phone("13500000001")]))
    content = photo(exif=exif)
    assert upload(worker, file, content).json()["code"] == "exif_found"
    assert worker.http.get(f"/attachments/{file}/{hashlib.sha256(content).hexdigest()}").status_code == 404


def test_a_pixel_flood_is_refused_from_its_header(worker: Phone) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 65_535, 65_535, 1, 0, 0, 0, 0)
    flood = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    assert upload(worker, new_id(), flood, "image/png").json()["code"] == "image_refused"


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"\xff\xd8\xff\xe0damaged", b"PK\x03\x04zip"])
def test_what_is_no_photo_is_refused(worker: Phone, content: bytes) -> None:
    assert upload(worker, new_id(), content).json()["code"] == "image_refused"


def test_bytes_that_differ_from_their_hash_are_dropped_and_may_be_sent_again(worker: Phone) -> None:
    file, content = new_id(), photo()
    location = start(worker, file, content).headers["Location"]
    assert part(worker, location, 0, content[:-1] + b"\x00").json()["code"] == "hash_wrong"
    assert start(worker, file, content).headers["Upload-Offset"] == "0"
    assert upload(worker, file, content).status_code == 204


def test_a_photo_of_another_patch_cannot_be_read_or_added_to(worker: Phone, west_worker: Phone) -> None:
    file, content = new_id(), photo()
    worker.push(worker.save(file, [set_phone("13500000001")]))
    assert upload(worker, file, content).status_code == 204
    sha256 = hashlib.sha256(content).hexdigest()
    assert west_worker.http.get(f"/attachments/{file}/{sha256}").status_code == 404
    assert start(west_worker, file, content).status_code == 404


def test_someone_elses_upload_cannot_be_continued(worker: Phone, colleague: Phone) -> None:
    content = photo()
    location = start(worker, new_id(), content).headers["Location"]
    assert part(colleague, location, 0, content).status_code == 404


def test_photos_lie_sealed_on_disk(worker: Phone, context: Context) -> None:
    content = photo()
    assert upload(worker, new_id(), content).status_code == 204
    kept = [path.read_bytes() for path in Path(context.settings.files_folder()).rglob("*") if path.is_file()]
    assert len(kept) == 1
    assert content[100:140] not in kept[0]


WEBM = b"\x1a\x45\xdf\xa3" + bytes(range(256)) * 4


@pytest.mark.parametrize(
    ("media_type", "content"),
    [("audio/webm", WEBM), ("audio/ogg", b"OggS" + WEBM), ("audio/mp4", b"\0\0\0\x18ftypisom" + WEBM)],
)
def test_a_voice_note_is_kept_and_read_as_what_it_is(
    worker: Phone, colleague: Phone, media_type: str, content: bytes
) -> None:
    file, sha256 = new_id(), hashlib.sha256(content).hexdigest()
    worker.push(worker.save(file, [set_phone("13500000001")]))
    assert upload(worker, file, content, media_type).status_code == 204
    read = colleague.http.get(f"/attachments/{file}/{sha256}")
    assert (read.content, read.headers["Content-Type"]) == (content, media_type)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<script>alert(1)</script>" + WEBM, "sound_refused"),
        (photo(), "sound_refused"),
        (b"\0\0\0\x18ftypM4A " + b"\xa9xyz+27.1234+111.5678/" + WEBM, "exif_found"),
    ],
)
def test_what_is_no_recording_or_tells_a_place_is_refused(worker: Phone, content: bytes, code: str) -> None:
    media_type = "audio/mp4" if code == "exif_found" else "audio/webm"
    assert upload(worker, new_id(), content, media_type).json()["code"] == code


def test_the_same_bytes_are_sent_once_a_file_and_kept_apart_in_another(
    worker: Phone, context: Context, query: Callable[[str], list[object]]
) -> None:
    first, second, content = new_id(), new_id(), photo()
    for file in (first, second):
        worker.push(worker.save(file, [set_phone("13500000001")]))
        assert upload(worker, file, content).status_code == 204
    again = start(worker, first, content)
    assert again.headers["Upload-Offset"] == str(len(content))
    assert len(query("SELECT sha256 FROM attachment")) == 2
    kept = [path for path in Path(context.settings.files_folder()).rglob("*") if path.is_file()]
    assert len(kept) == 2

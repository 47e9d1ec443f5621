"""Is this upload a photo that may be kept? Decided without trusting its name or its stated type.

The phone shrinks photos and drops EXIF before it sends them; a photo that still carries any is refused, not cleaned: cleaning
would change the bytes whose hash the change names.
"""

import io
import warnings

from PIL import Image, UnidentifiedImageError

from server.errors import YihuError

MEDIA_TYPES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_SIDE_MAX = 12_000
_EXIF_KEYS = ("exif", "xmp", "XML:com.adobe.xmp", "Raw profile type exif", "photoshop", "iptc")


def check_image(content: bytes, media_type: str, pixels_max: int) -> None:
    """Raises `image_refused` or `exif_found`. Reads the header first: a pixel flood is never unpacked."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=[MEDIA_TYPES[media_type]])
        width, height = image.size
        if width * height > pixels_max or max(width, height) > _SIDE_MAX:
            raise YihuError("image_refused", field="pixels")
        if any(key in image.info for key in _EXIF_KEYS) or len(image.getexif()):
            raise YihuError("exif_found")
        image.load()
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise YihuError("image_refused") from error
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        IndexError,
        KeyError,
    ) as error:  # what damaged files make it raise
        raise YihuError("image_refused") from error

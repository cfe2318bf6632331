"""A photo whose colours are those of Display P3, and what they are in sRGB."""

from __future__ import annotations

import io
import struct

from PIL import Image, ImageCms

PRIMARIES = {
    b"rXYZ": (0.51512, 0.2412, -0.00105),
    b"gXYZ": (0.29198, 0.69225, 0.04189),
    b"bXYZ": (0.1571, 0.06657, 0.78407),
}


def display_p3() -> bytes:
    """An sRGB profile with Display P3's primaries: the curves are the same (ICC.1, tag table from byte 128)."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    (tags,) = struct.unpack_from(">I", profile, 128)
    for tag in range(tags):
        name, at, _ = struct.unpack_from(">4sII", profile, 132 + 12 * tag)
        if name in PRIMARIES:
            struct.pack_into(">3i", profile, at + 8, *(round(65536 * value) for value in PRIMARIES[name]))
    return bytes(profile)


def tagged(picture: Image.Image) -> bytes:
    """The picture's values, said to be Display P3's."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=97, icc_profile=display_p3())
    return out.getvalue()


def in_srgb(picture: Image.Image) -> Image.Image:
    """Those values as sRGB shows them."""
    wide = ImageCms.ImageCmsProfile(io.BytesIO(display_p3()))
    shown = ImageCms.profileToProfile(picture, wide, ImageCms.createProfile("sRGB"), outputMode="RGB")
    assert shown is not None
    return shown

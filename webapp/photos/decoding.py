"""From bytes to pixels, strictly: a picture that a decoder only half understands is damaged."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial

import simplejpeg
from PIL import Image, ImageChops, ImageCms

from webapp.photos.jpeg import JpegStructure
from webapp.photos.png import PngStructure
from webapp.photos.refusals import PhotoRefused
from webapp.photos.structure import Structure

# Bounds are checked on the structure before; this is the second line behind them.
Image.MAX_IMAGE_PIXELS = 210_000_000

EIGHTHS = 8
_COLOURS = {1: "GRAY", 3: "RGB", 4: "CMYK"}
_FAULTS = (OSError, ValueError, SyntaxError, IndexError, TypeError, EOFError, Image.DecompressionBombError)
"""What Pillow is known to raise on broken files."""
_AVERAGEABLE = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})
"""Palettes, bilevel and 16-bit pixels are made plain before they are scaled."""
_OPAQUE_MODES = frozenset({"L", "RGB", "CMYK"})
_GAP = 3.0
"""Times the wanted size: so much is left to the fine filter, what is above is averaged first."""
_NARROW_GAP = 1.2
_BAND_PIXELS = 1 << 19
_OPAQUE = 255
_FAINT = 64
"""Grey levels between darkest and lightest: fewer, and nothing can be read."""


def pixels(clean: bytes, found: Structure, eighths: int = EIGHTHS) -> Image.Image:
    """The decoded picture, not yet turned; a JPEG at ``eighths``/8 of its size, read to its end all the same.

    ``clean`` is ``found.cleaned(…)``. Raises :class:`PhotoRefused`: damaged, unsupported_kind, too_heavy.
    """
    if isinstance(found, PngStructure):
        if not found.has_all_rows(clean):
            raise PhotoRefused("damaged")
        return _by_pillow(clean, "PNG")
    return _jpeg(clean, found, eighths)


def _jpeg(clean: bytes, found: JpegStructure, eighths: int) -> Image.Image:
    scaled = -(-found.width * eighths // EIGHTHS), -(-found.height * eighths // EIGHTHS)
    try:
        decoded = simplejpeg.decode_jpeg(
            clean, _COLOURS[found.components], min_width=scaled[0], min_height=scaled[1], strict=True
        )
    except ValueError as fault:
        reason = str(fault)
        if "subsampling" in reason:
            # TurboJPEG knows the usual samplings only; old capture devices wrote others (4:1:0).
            return _by_pillow(clean, "JPEG", scaled)
        if "memory" in reason.lower():
            raise PhotoRefused("too_heavy") from fault
        raise PhotoRefused("damaged") from fault
    if found.components == 1:
        return Image.fromarray(decoded[:, :, 0])
    if found.components == 4:
        return ImageChops.invert(Image.fromarray(decoded, "CMYK"))
    return Image.fromarray(decoded)


def _by_pillow(clean: bytes, kind: str, scaled: tuple[int, int] | None = None) -> Image.Image:
    try:
        image: Image.Image = Image.open(io.BytesIO(clean), formats=(kind,))
        if scaled:
            image.draft(None, scaled)
        image.load()
    except _FAULTS as fault:
        raise PhotoRefused("damaged") from fault
    return image


def plain(image: Image.Image) -> Image.Image:
    """The same picture as 8-bit grey or RGB on a ground that leaves it legible."""
    if image.mode in ("L", "RGB") and not image.has_transparency_data:
        return image
    if image.mode.startswith("I"):
        # 16-bit grey: convert() alone would clip nearly everything to white.
        return image.convert("I").point(lambda level: level * (1 / 257)).convert("L")
    if image.has_transparency_data:
        return _on_ground(image if image.mode == "RGBA" else image.convert("RGBA"))
    return image.convert("L" if image.mode == "1" else "RGB")


def resized(
    image: Image.Image, size: tuple[int, int], fine: Image.Resampling = Image.Resampling.LANCZOS
) -> Image.Image:
    """The picture in that size; itself when it has it. ``fine``: the filter of the last step."""
    if image.size == size:
        return image
    if image.mode in _OPAQUE_MODES and "transparency" not in image.info:
        return image.resize(size, fine, reducing_gap=_GAP)
    # Whatever the others are made into first takes three and four times their memory: not the whole of them.
    scale = min(image.width / size[0], image.height / size[1])
    factor = int(scale / _GAP) if scale >= 2 * _GAP else int(scale / _NARROW_GAP)
    # The name is used again, so that the large one is free before the small one is made.
    image = reduced(image.size, factor, partial(_rows, image)) if factor > 1 else _averageable(image)
    return image.resize(size, fine, reducing_gap=_GAP)


def reduced(size: tuple[int, int], factor: int, band: Callable[[int, int], Image.Image]) -> Image.Image:
    """A picture of ``size`` made smaller by a whole ``factor``, from bands of it.

    ``band``: the rows from ``top`` on, so many; all bands are of one mode.
    """
    width, height = size
    rows = factor * max(1, _BAND_PIXELS // (width * factor))
    whole: Image.Image | None = None
    for top in range(0, height, rows):
        part = _averageable(band(top, min(rows, height - top))).reduce(factor)
        if whole is None:
            whole = Image.new(part.mode, (-(-width // factor), -(-height // factor)))
        whole.paste(part, (0, top // factor))
    assert whole is not None  # noqa: S101
    return whole


def _rows(image: Image.Image, top: int, rows: int) -> Image.Image:
    return image.crop((0, top, image.width, top + rows))


def _averageable(image: Image.Image) -> Image.Image:
    """The same in a mode whose pixels can be averaged; transparent parts stay so."""
    if image.has_transparency_data and image.mode not in ("RGBA", "LA"):
        return image.convert("RGBA")
    return image if image.mode in _AVERAGEABLE else plain(image)


def _on_ground(image: Image.Image) -> Image.Image:
    alpha = image.getchannel("A")
    if alpha.getextrema()[0] == _OPAQUE:
        return image.convert("RGB")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=alpha)
    if _spread(white) >= _FAINT:
        return white
    # White strokes on nothing would vanish on white.
    black = Image.new("RGB", image.size, "black")
    black.paste(image, mask=alpha)
    return max(white, black, key=_spread)


def _spread(image: Image.Image) -> float:
    darkest, lightest = image.convert("L").getextrema()
    assert isinstance(darkest, int | float)  # noqa: S101
    assert isinstance(lightest, int | float)  # noqa: S101
    return lightest - darkest


def ordinary(image: Image.Image, profile: bytes) -> Image.Image:
    """8-bit grey or sRGB, so that its ICC profile can go; one that makes no sense is ignored."""
    return plain(_in_srgb(image if image.mode == "CMYK" else plain(image), profile))


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    if not profile or image.mode not in ("RGB", "CMYK"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    return converted or image

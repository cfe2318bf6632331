"""Photos with known faults, as luma rasters, to fit the advice on.

    python bench/advice/make_set.py --photos DIR --out SET      needs numpy, opencv and Pillow, in a venv of its own

``--photos`` holds what ``$TEST_MATERIAL/bench/client/gen.py`` has drawn (``--seed N --out DIR``, several seeds in one
folder); camera photos and documents come from ``$TEST_MATERIAL/corpus``. Each photo is spoilt in known ways at 2,016
pixels, the size at which photos are sent, and reduced by area to 1,008, what the page measures on. ``SET/set.json``
lists each raster with seed, kind, fault and its strength. Blur and shake are told in pixels of a 12-megapixel photo.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps

LONG = 2016
MEASURED = 1008
CORPUS = Path(os.environ["TEST_MATERIAL"]) / "corpus"


def upright(path: Path, long: int = LONG) -> np.ndarray | None:
    """RGB float32, the long side at most ``long``; None where Pillow cannot open it."""
    try:
        image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    except (OSError, SyntaxError, ValueError):
        return None
    scale = long / max(image.size)
    if scale < 1:
        size = (round(image.width * scale), round(image.height * scale))
        pixels = cv2.resize(np.asarray(image), size, interpolation=cv2.INTER_AREA)
    else:
        pixels = np.asarray(image)
    return pixels.astype(np.float32)


def shaken(pixels: np.ndarray, length: float, angle: float) -> np.ndarray:
    """The camera moved evenly along a line while the shutter was open."""
    size = int(length) | 1
    kernel = np.zeros((size, size), np.float32)
    middle, half = size // 2, length / 2
    for step in np.linspace(-half, half, 4 * size):
        x, y = middle + step * np.cos(angle), middle + step * np.sin(angle)
        kernel[min(size - 1, max(0, round(y))), min(size - 1, max(0, round(x)))] += 1
    return cv2.filter2D(pixels, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)


def glared(pixels: np.ndarray, quad: np.ndarray, dice: np.random.Generator, size: float) -> np.ndarray:
    """A lamp's reflection on the paper: a burnt-out core with a soft edge; ``size``: share of its long side."""
    height, width = pixels.shape[:2]
    weights = dice.uniform(0.25, 0.75, 2)
    top = quad[0] * (1 - weights[0]) + quad[1] * weights[0]
    low = quad[3] * (1 - weights[0]) + quad[2] * weights[0]
    x, y = top * (1 - weights[1]) + low * weights[1]
    long = max(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[3] - quad[0])) * size
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    turn = dice.uniform(0, np.pi)
    along = ((columns - x) * np.cos(turn) + (rows - y) * np.sin(turn)) / long
    across = ((rows - y) * np.cos(turn) - (columns - x) * np.sin(turn)) / (long * dice.uniform(0.5, 1))
    distance = along**2 + across**2
    light = 330 * np.exp(-(distance**1.2) * 0.9)
    return pixels + light[..., None]


def far(pixels: np.ndarray, share: float, dice: np.random.Generator) -> np.ndarray:
    """The same scene from farther away: it fills ``share`` of the frame, more of the desk lies around it."""
    height, width = pixels.shape[:2]
    size = (max(8, round(width * share)), max(8, round(height * share)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    patch = pixels[: height // 12, : width // 6]
    desk = np.tile(np.concatenate([patch, patch[::-1]]), (8, 2, 1))
    desk = np.concatenate([desk, desk[:, ::-1]], 1)[:height, :width]
    desk = cv2.resize(desk, (width, height)) + dice.normal(0, 2, (height, width, 1)).astype(np.float32)
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    desk[top : top + size[1], left : left + size[0]] = small
    return desk


def cut(pixels: np.ndarray, quad: np.ndarray, side: int, share: float) -> np.ndarray:
    """The frame ends before the paper does: ``share`` of the paper is outside."""
    left, top = quad.min(0)
    right, low = quad.max(0)
    height, width = pixels.shape[:2]
    box = [0, 0, width, height]
    if side % 2 == 0:
        box[0 if side == 0 else 2] = round(left + (right - left) * (share if side == 0 else 1 - share))
    else:
        box[1 if side == 1 else 3] = round(top + (low - top) * (share if side == 1 else 1 - share))
    return pixels[box[1] : box[3], box[0] : box[2]]


def spoilt(
    pixels: np.ndarray, quad: np.ndarray, dice: np.random.Generator
) -> Iterator[tuple[str, float, np.ndarray]]:
    half = 0.5  # 2,016 px instead of 4,032
    yield "none", 0, pixels
    for sigma in (2, 4, 6, 9):
        yield "blurred", sigma, cv2.GaussianBlur(pixels, (0, 0), sigma * half)
    for length in (12, 20, 32, 48):
        yield "moved", length, shaken(pixels, length * half, dice.uniform(0, np.pi))
    for gain in (0.45, 0.3, 0.2, 0.12):
        noise = dice.normal(0, 3, pixels.shape[:2]).astype(np.float32)[..., None]
        yield "dark", gain, pixels * gain + noise
    for size in (0.06, 0.1, 0.16):
        yield "glare", size, glared(pixels, quad, dice, size)
    for share in (0.5, 0.35, 0.25):
        yield "small", share, far(pixels, share, dice)
    for share in (0.12, 0.3):
        yield "cropped", share, cut(pixels, quad, int(dice.integers(4)), share)
    for turns in (1, 2, 3):
        yield "sideways", turns, np.ascontiguousarray(np.rot90(pixels, turns))


def luma(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    scale = MEASURED / max(height, width)
    if scale < 1:
        size = (round(width * scale), round(height * scale))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    return np.asarray((pixels.clip(0, 255) @ weights).round(), np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    rows = []

    def keep(told: dict[str, object], fault: str, strength: float, pixels: np.ndarray) -> None:
        raster = luma(pixels)
        file = f"{told['name']}_{fault}_{strength:g}.luma"
        (given.out / file).write_bytes(raster.tobytes())
        height, width = raster.shape
        rows.append(
            {**told, "file": file, "width": width, "height": height, "fault": fault, "strength": strength}
        )

    for truth in sorted(given.photos.glob("s*.json")):
        told = json.loads(truth.read_text())
        pixels = upright(truth.with_suffix(".jpg"))
        if pixels is None:
            continue
        quad = np.array(told["page"], np.float32) * (LONG / max(told["width"], told["height"]))
        dice = np.random.default_rng([told["seed"], len(rows)])
        for fault, strength, worse in spoilt(pixels, quad, dice):
            keep({"name": truth.stem, "seed": told["seed"], "kind": told["kind"]}, fault, strength, worse)
    for folder in ("camera", "documents", "orientation"):
        for path in sorted((CORPUS / folder).iterdir()):
            pixels = upright(path) if path.suffix.lower() in {".jpg", ".jpeg", ".png"} else None
            if pixels is not None and max(pixels.shape) >= 480:
                keep({"name": path.stem[:40], "seed": 0, "kind": folder}, "none", 0, pixels)
    (given.out / "set.json").write_text(json.dumps(rows, indent=0))
    sys.stdout.write(f"{len(rows)} rasters\n")


main()

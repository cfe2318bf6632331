"""How often a hint that two pictures are nearly the same is right, and how often it is not.

    python -m bench.hints.rates FOLDER…          # each folder's pictures are different ones; subfolders count with it

Copies of each picture are made as people make them (sent again smaller and coarser, cut a little, made brighter), and
each is compared with its source: hits. All pairs of different pictures of one folder are compared with each other, as
if one person had handed them in: false hints. Files of the same bytes, and pairs named in SAME, are no pair. Prints
rates at several thresholds for the product's hash, and for plain difference hashes (dHash) of 64 and 256 bits.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from PIL import Image, ImageOps

from webapp.photos.measuring import difference_hash
from webapp.rules.likeness import NEARLY, distance

SAME = ({"drew__jpg__Issue_600_1_.jpg", "drew__jpg__Issue_600_2_.jpg"},)
"""In the corpus: one photo, with other metadata."""
_THRESHOLDS = (0.05, 0.10, 0.15, NEARLY, 0.25, 0.30, 0.35)
_SUFFIXES = {".jpg", ".jpeg", ".png"}
_STORED_SIDE, _PREVIEW_SIDE = 2016, 320
Hash = Callable[[Image.Image], str]
Distance = Callable[[str, str], float]


@dataclass(frozen=True)
class Picture:
    """A picture and its copies, each as the small grey picture that is measured."""

    path: Path
    group: Path
    grey: Image.Image
    copies: dict[str, Image.Image]


def _small(image: Image.Image) -> Image.Image:
    scale = min(1.0, _PREVIEW_SIDE / max(image.size))
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0).convert("L")


def _sent(image: Image.Image, side: int, quality: int) -> Image.Image:
    copy, out = image.copy(), io.BytesIO()
    copy.thumbnail((side, side))
    copy.save(out, "JPEG", quality=quality)
    return Image.open(out)


def _copies(image: Image.Image) -> dict[str, Image.Image]:
    cut = _sent(image, 1600, 60)
    width, height = cut.size
    box = (round(width * 0.01), round(height * 0.01), round(width * 0.99), round(height * 0.985))
    return {
        "2016 px, quality 75": _sent(image, 2016, 75),
        "1600 px, quality 55": _sent(image, 1600, 55),
        "1080 px, quality 40": _sent(image, 1080, 40),
        "brighter": cut.point(lambda level: min(255, int(level * 1.08 + 6))),
        "2 % cut off": cut.crop(box),
    }


def read(folders: list[Path]) -> Iterator[Picture]:
    """All pictures below; what no decoder opens is left out."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() not in _SUFFIXES:
                continue
            try:
                image = ImageOps.exif_transpose(Image.open(path, formats=("JPEG", "PNG", "MPO"))).convert(
                    "RGB"
                )
            except (OSError, ValueError, SyntaxError):
                continue
            image.thumbnail((_STORED_SIDE * 6 // 5, _STORED_SIDE * 6 // 5))
            yield Picture(
                path, folder, _small(image), {name: _small(c) for name, c in _copies(image).items()}
            )


def _plain(side: int) -> Hash:
    def hashed(grey: Image.Image) -> str:
        cells, bits = grey.resize((side + 1, side), Image.Resampling.BOX).tobytes(), 0
        for row in range(side):
            for column in range(side):
                at = row * (side + 1) + column
                bits = bits << 1 | (cells[at + 1] > cells[at])
        return f"{bits:0{side * side // 4}x}"

    return hashed


def _hamming(one: str, other: str) -> float:
    return (int(one, 16) ^ int(other, 16)).bit_count() / (4 * len(one))


def rates(pictures: list[Picture], name: str, hashed: Hash, apart: Distance) -> None:
    """Prints hits and false hints of one hash."""
    own = [(one, hashed(one.grey)) for one in pictures]
    kinds = list(pictures[0].copies)
    hits = {k: sorted(apart(h, hashed(one.copies[k])) for one, h in own) for k in kinds}
    false: dict[Path, list[tuple[float, str]]] = {}
    for (one, mine), (other, theirs) in combinations(own, 2):
        names = {one.path.name, other.path.name}
        if one.group == other.group and names not in SAME:
            false.setdefault(one.group, []).append((apart(mine, theirs), " ".join(sorted(names))))
    print(f"\n{name}: {len(own)} pictures")
    for kind, found in hits.items():
        print(f"  a copy, {kind:20} distance: median {found[len(found) // 2]:.3f}, most {found[-1]:.3f}")
    for group, pairs in false.items():
        nearest = min(pairs)
        print(
            f"  {group.name}: {len(pairs)} pairs of different pictures, nearest {nearest[0]:.3f} ({nearest[1]})"
        )
    print("  at most   hits: " + ", ".join(kinds) + "   false hints: " + ", ".join(one.name for one in false))
    for most in _THRESHOLDS:
        share = [f"{sum(d <= most for d in found) / len(found):.1%}" for found in hits.values()]
        wrong = [f"{sum(d <= most for d, _ in pairs)}/{len(pairs)}" for pairs in false.values()]
        print(f"  {most:.2f}      {'  '.join(share)}   {'  '.join(wrong)}")


def main() -> int:
    """The command line."""
    options = argparse.ArgumentParser()
    options.add_argument("folders", nargs="+", type=Path)
    pictures = list(read(options.parse_args().folders))
    rates(
        pictures,
        "the product's: 2 x 256 bits with a dead zone, share of what is said",
        difference_hash,
        distance,
    )
    rates(pictures, "dHash, 64 bits, share of all", _plain(8), _hamming)
    rates(pictures, "dHash, 256 bits, share of all", _plain(16), _hamming)
    return 0


if __name__ == "__main__":
    sys.exit(main())

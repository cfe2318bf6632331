"""What judging photos costs by itself: the same function on the same photos, with nothing around it.

Prints CPU milliseconds a photo. Arguments: folder of photos, first number, how many.
"""

from __future__ import annotations

import itertools
import sys
import time
from pathlib import Path

from bench.server.pictures import unlike
from webapp.photos.judging import judge
from webapp.photos.judging_worker import warm_up

_WARM = 3


def main(folder: str, start: str, count: str) -> None:
    """Judges and prints."""
    base = [path.read_bytes() for path in sorted(Path(folder).glob("b*.jpg"))]
    photos = list(itertools.islice(unlike(base, int(start)), _WARM + int(count)))
    warm_up()
    for photo in photos[:_WARM]:
        judge(photo, "image/jpeg")
    begun = time.process_time()
    for photo in photos[_WARM:]:
        judge(photo, "image/jpeg")
    print((time.process_time() - begun) * 1000 / int(count))


if __name__ == "__main__":
    main(*sys.argv[1:])

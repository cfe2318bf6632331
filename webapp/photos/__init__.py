"""WHAT LIES ON DISK: photos from the first byte received to the sealed file.

The only room with Pillow, simplejpeg, pillow-heif and aiofiles; knows nothing of cases, rows or pages.

In the server, without any decoder: :mod:`~webapp.photos.receiving` (count and hash what comes in),
:mod:`~webapp.photos.glance` (what an original is),
:mod:`~webapp.photos.pool` (hand it to a process; :mod:`~webapp.photos.frames` and :mod:`~webapp.photos.worker`
are the pipe and its other end), :mod:`~webapp.photos.shelf` (keep it; :mod:`~webapp.photos.disk` says how), and
the words they share: :mod:`~webapp.photos.refusals`, :mod:`~webapp.photos.judged`.

In the processes: :mod:`~webapp.photos.structure` (look without decoding: :mod:`~webapp.photos.jpeg`,
:mod:`~webapp.photos.png`, :mod:`~webapp.photos.exif`, :mod:`~webapp.photos.heif`) →
:mod:`~webapp.photos.room` (wait for memory) → :mod:`~webapp.photos.decoding`, :mod:`~webapp.photos.heic` →
:mod:`~webapp.photos.uprighting` and :mod:`~webapp.photos.encoding`; on top of them the three jobs
:mod:`~webapp.photos.judging`, :mod:`~webapp.photos.turning` and :mod:`~webapp.photos.shrinking`. What a
stored photo looks like, :mod:`~webapp.photos.measuring` says.

Two ways in. The normal one: ``receive`` → ``Pool.judge`` → ``Shelf.put`` of photo and preview → the row.
The original's: ``receive_to_disk`` → the row that waits → ``Pool(SHRINKING).shrink``, one at a time →
``Shelf.put`` → the photo's row. A refusal is a :class:`~webapp.photos.refusals.PhotoRefused` with a stable
code; ``PoolBusy``, ``PoolProblem`` and ``ShelfFull`` say nothing about the photo: it may be sent again.
"""

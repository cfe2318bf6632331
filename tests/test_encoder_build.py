"""The JPEG encoder that is committed as WebAssembly is what its source gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.build_encoder import COMPILED_BY, WASM, NoCompiler, clang_release, compile_to


def test_the_committed_encoder_is_what_its_source_gives(tmp_path: Path) -> None:
    try:
        release = clang_release()
    except NoCompiler as reason:
        pytest.skip(str(reason))
    recorded = int(COMPILED_BY.read_text())
    if release != recorded:
        pytest.skip(f"compiled by clang {recorded}, here is {release}, which makes other bytes")
    compile_to(tmp_path / "encoder.wasm")
    assert (tmp_path / "encoder.wasm").read_bytes() == WASM.read_bytes(), "run make encoder"

"""The typical candidates of the page of materials: of values that are there, and together they show everything."""

from __future__ import annotations

from webapp.exams import load_package
from webapp.pages.staff.typical import TYPICAL
from webapp.rules.catalogue import concerning
from webapp.rules.fields import FIELDS, Kind

PACKAGE = load_package("tianjin_2020")
MATERIALS = PACKAGE.materials_of("main")


def test_they_have_values_that_registrations_may_have() -> None:
    for code, kind in TYPICAL.items():
        for field, value in kind.record.items():
            if FIELDS[field].kind is Kind.CHOICE and value:
                assert value in FIELDS[field].values, (code, field)


def test_together_they_show_every_material_every_variant_and_every_document() -> None:
    seen = {
        (concern.material.code, concern.material.variant)
        for kind in TYPICAL.values()
        for concern in concerning(MATERIALS, kind.record)
    }
    wanted = {(material.code, "") for material in MATERIALS}
    wanted |= {(material.code, one.code) for material in MATERIALS for one in material.variants}
    assert seen == wanted
    assert {kind.record["id_type"] for kind in TYPICAL.values()} == FIELDS["id_type"].values
    assert len({kind.words for kind in TYPICAL.values()}) == len(TYPICAL)

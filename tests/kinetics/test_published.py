"""Published SBML models beside a design: what maps, what is refused, and reference values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.errors import InputError
from assistant.kinetics import designs, published


def sbml_file(folder: Path, name: str, body: str) -> Path:
    place = folder / name
    place.write_text(body)
    return place


SPECIES = (
    '<species id="{}" compartment="c" initialConcentration="1" hasOnlySubstanceUnits="false" '
    'boundaryCondition="false" constant="false"/>'
)
SMALL = f"""<?xml version="1.0"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">
<model id="small" timeUnits="hour">
<listOfUnitDefinitions><unitDefinition id="hour"><listOfUnits>
<unit kind="second" exponent="1" scale="0" multiplier="3600"/>
</listOfUnits></unitDefinition></listOfUnitDefinitions>
<listOfCompartments><compartment id="c" size="1" constant="true"/></listOfCompartments>
<listOfSpecies>{SPECIES.format("CAR_T")}{SPECIES.format("x")}</listOfSpecies>
</model></sbml>"""


def test_the_unit_of_time_is_read_from_the_file(tmp_path: Path) -> None:
    header = published.read_header(sbml_file(tmp_path, "small.xml", SMALL))
    assert header.days_per_unit == pytest.approx(1 / 24) and header.time_stated
    assert set(header.species) == {"CAR_T", "x"}


def test_states_are_mapped_by_name_and_can_be_given(tmp_path: Path) -> None:
    header = published.read_header(sbml_file(tmp_path, "small.xml", SMALL))
    assert published.mapping(header) == {"cart": ("CAR_T",)}
    assert published.mapping(header, ["tumour=x"])["tumour"] == ("x",)


@pytest.mark.parametrize(
    ("given", "says"), [("cart", "ROLE=ID"), ("bone=x", "ROLE=ID"), ("tumour=y", "no species 'y'")]
)
def test_a_bad_map_is_refused(tmp_path: Path, given: str, says: str) -> None:
    header = published.read_header(sbml_file(tmp_path, "small.xml", SMALL))
    with pytest.raises(InputError, match=says):
        published.mapping(header, [given])


def test_a_model_without_car_t_cells_is_refused_with_its_species(tmp_path: Path) -> None:
    place = sbml_file(tmp_path, "other.xml", SMALL.replace("CAR_T", "p53"))
    with pytest.raises(InputError) as error:
        published.compare(place, designs.load("bbz"))
    assert "no species in it is CAR-T cells" in error.value.message and "p53" in error.value.hint


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("not xml at all", "not XML"),
        ("<html/>", "not SBML"),
        ('<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core"/>', "no model"),
    ],
)
def test_a_file_that_is_no_sbml_says_what_it_is(tmp_path: Path, body: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        published.read_header(sbml_file(tmp_path, "x.xml", body))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.xml"):
        published.read_header(tmp_path / "nowhere.xml")


@pytest.mark.shared
def test_public_models_give_their_reference_values(shared: Path) -> None:
    pytest.importorskip("roadrunner", reason="libRoadRunner is not installed (extra [sbml])")
    cases = {
        "BIOMD0000001011.xml": {"CAR_T_cells": 3.44508e7, "Leukaemic_B_cells": 1.10196e6},
        "BIOMD0000001013.xml": {"CAR_T_cells": 241741.0, "Tumour_cells": 1.61698e9},
    }
    for name, values in cases.items():
        path = shared / "kinetics" / "sbml" / name
        header = published.read_header(path)
        found = published._run(
            path, header, {i: (i,) for i in values}, np.linspace(0.0, 100.0 * header.days_per_unit, 11)
        )
        for identity, value in values.items():
            assert found[identity][-1] == pytest.approx(value, rel=1e-4)


@pytest.mark.shared
def test_every_public_file_is_compared_or_clearly_refused(shared: Path) -> None:
    pytest.importorskip("roadrunner", reason="libRoadRunner is not installed (extra [sbml])")
    compared, refused = set(), {}
    for path in sorted((shared / "kinetics" / "sbml").glob("*.xml")):
        try:
            done = published.compare(path, designs.load("bbz"), days=90.0)
        except InputError as error:
            refused[path.stem] = error.message
        else:
            compared.add(path.stem)
            assert all(
                np.isfinite(c.other).all() and c.other.max() == pytest.approx(1.0) for c in done.curves
            )
    mapped = {f"BIOMD000000{n}" for n in ("0837", "1011", "1012", "1013", "1019", "1025", "1041")}
    assert compared == mapped
    assert "cannot be integrated" in refused["MODEL2109110005"]
    assert "no species in it is CAR-T cells" in refused["BIOMD0000000287"]

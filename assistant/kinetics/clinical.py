"""Clinical measurements: the records, and the patient of the model that stands for each.

A record is compared only where the model has the same quantity in the same unit. Copies per ug are
never turned into cells per uL, survival is not in the model, and inputs such as a dose are not
predictions: such records are "not comparable", with the reason.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal, TypeAlias

from assistant.errors import InputError
from assistant.kinetics.designs import Design, load
from assistant.kinetics.parameters import Effect

Verdict: TypeAlias = Literal["in range", "out of range", "not comparable"]


@dataclass(frozen=True, slots=True)
class Record:
    """One measured number."""

    id: str
    product: str
    costim: str
    antigen: str
    disease: str
    population: str
    n: int | None
    metric: str
    value: float | None
    unit: str
    low: float | None
    high: float | None
    low_high_is: str | None
    title: str
    doi_or_url: str | None
    table: str | None
    note: str

    def source(self) -> dict[str, Any]:
        """Where it was read, for JSON."""
        where = self.doi_or_url or ""
        doi = where if where.startswith("10.") else None
        return {
            "record": self.id,
            "title": self.title,
            "doi": doi,
            "url": None if doi else where or None,
            "table": self.table,
        }


def _number(value: object, place: str) -> float | None:
    if value is None or isinstance(value, int | float):
        return None if value is None else float(value)
    try:
        return float(str(value))
    except ValueError:
        raise InputError(f"{place}: {value!r} is not a number") from None


@lru_cache(maxsize=4)
def records(path: Path | None = None) -> tuple[Record, ...]:
    """The shipped records, or those of another file of the same shape (for checking predictions)."""
    import yaml

    if path is None:
        text = resources.files("assistant.kinetics").joinpath("clinical-kinetics.yaml").read_text("utf-8")
    else:
        try:
            text = path.read_text("utf-8")
        except OSError as problem:
            raise InputError(f"cannot read records {str(path)!r}: {problem}") from problem
    try:
        # The C loader reads the records in 15 ms instead of half a second; not every wheel has it.
        raw = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as problem:
        raise InputError(f"{path or 'clinical-kinetics.yaml'}: not valid YAML: {problem}") from problem
    if not isinstance(raw, list):
        raise InputError(f"{path}: expected a list of records")
    return tuple(_record(entry, str(path or "clinical-kinetics.yaml")) for entry in raw)


def _record(raw: dict[str, Any], file: str) -> Record:
    place = f"{file}, record {raw.get('id')!r}"
    for key in ("id", "product", "metric", "unit"):
        if key not in raw:
            raise InputError(f"{place}: no {key!r}")
    n = _number(raw.get("n"), f"{place}.n")
    return Record(
        id=str(raw["id"]),
        product=str(raw["product"]),
        costim=str(raw.get("costim", "")),
        antigen=str(raw.get("antigen", "")),
        disease=str(raw.get("disease", "")),
        population=str(raw.get("population", "")),
        n=None if n is None else int(n),
        metric=str(raw["metric"]),
        value=_number(raw.get("value"), f"{place}.value"),
        unit=str(raw["unit"]),
        low=_number(raw.get("low"), f"{place}.low"),
        high=_number(raw.get("high"), f"{place}.high"),
        low_high_is=raw.get("low_high_is"),
        title=str(raw.get("source_title", "")),
        doi_or_url=raw.get("doi_or_url"),
        table=raw.get("table"),
        note=str(raw.get("note", "")),
    )


# Product (start of its name) -> design and dose in cells; per-kg doses taken at 70 kg.
_PRODUCTS: tuple[tuple[str, str, float], ...] = (
    ("tisagenlecleucel", "tisa-cel-like", 1e8),
    ("CTL019", "tisa-cel-like", 1e8),
    ("axicabtagene", "axi-cel-like", 1.8e8),
    ("lisocabtagene", "liso-cel-like", 1e8),
    ("brexucabtagene", "28z", 7e7),
    ("YTB323", "bbz+short-culture", 4e6),
    ("idecabtagene", "bbz", 4.5e8),
    ("ciltacabtagene", "bbz", 5e7),
    ("NCI CD19-28z", "28z", 7e7),
    ("NCI BCMA-28z", "28z", 7e7),
    ("19-28z", "28z", 2e8),
    ("CD19R:28zeta", "28z", 1e8),
    ("St Jude", "bbz", 1e8),
    ("CD19 CAR (second infusion)", "bbz+second-infusion", 1e8),
    ("CTL019/huCART19", "bbz+second-infusion", 1e8),
)
# Disease (part of its name) -> tumour cells at infusion and net growth per day; assumed but for LBCL.
_DISEASES: tuple[tuple[str, float, float], ...] = (
    ("B-ALL", 1e11, 0.05),
    ("CLL", 5e11, 0.01),
    ("follicular", 5e10, 0.007),
    ("MCL", 1e11, 0.02),
    ("myeloma", 1e11, 0.01),
    ("LBCL", 9.486e10, 0.02),
    ("NHL", 9.486e10, 0.02),
)


def disease_of(record: Record) -> str:
    """Class of disease that decides burden, growth and resistance; "" when it is none of ours."""
    found = next((d[0] for d in _DISEASES if d[0] in record.disease), "")
    return "LBCL" if found == "NHL" else found


def design_of(record: Record) -> Design | None:
    """The design and patient that stand for a record; None when the model has no such receptor."""
    if record.costim not in ("4-1BB", "CD28"):
        return None
    found = next((p for p in _PRODUCTS if record.product.startswith(p[0])), None)
    name, dose = (found[1], found[2]) if found else ({"4-1BB": "bbz", "CD28": "28z"}[record.costim], 1e8)
    design = load(name)
    disease = next((d for d in _DISEASES if d[0] in record.disease), None)
    values = {"dose": dose}
    if disease:
        values.update(H0=disease[1], g=disease[2])
    if "<5 % marrow blasts" in record.population:
        values["H0"] = 5e9
    if "before infusion" in record.population or "without disease" in record.population:
        values["H0"] = 1e6
    if record.antigen == "BCMA":
        # 12,590 molecules per cell: 10.1002/psp4.12598.
        values.update(aH=12590.0, aB=12590.0)
    effects = [Effect(k, "set", v, v, v, f"record {record.id}", "assumed") for k, v in values.items()]
    return design.changed(*effects)


def judge(model: float | None, record: Record, factor: float = 1.5, points: float = 10.0) -> Verdict:
    """Verdict of a model value against a record.

    In range: inside low..high when the source gives both; else within `factor` of the value, or within
    `points` percentage points for a rate. A value that is undefined cannot be compared.
    """
    if model is None or math.isnan(model):
        return "not comparable"
    if record.low is not None and record.high is not None and record.low_high_is != "SD":
        return "in range" if record.low <= model <= record.high else "out of range"
    if record.value is None:
        return "not comparable"
    if record.unit.startswith("%"):
        return "in range" if abs(model - record.value) <= points else "out of range"
    if not math.isfinite(model) or model <= 0.0:
        return "out of range"
    return "in range" if 1.0 / factor <= model / record.value <= factor else "out of range"

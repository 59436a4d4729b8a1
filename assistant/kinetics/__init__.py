"""The kinetic engine: a small model of CAR-T expansion, exhaustion and senescence, and what-ifs on it.

A map of the modules, from the bottom up; nothing here imports SciPy or Numba before it is used:

    equations    states, parameter order and the right-hand side, with the reasons for each term
    stepper      the adaptive Dormand-Prince loop with dense output and outcome tracking
    kernel       compiles the two above once and keeps the machine code on disk
    reference    SciPy's LSODA on the same equations: slow, independent, the check
    units        spellings and dimensions of units
    parameters   parameters.toml: value, unit, range, status, source; refuses a value without a source
    events       doses, lymphodepletion, rest, pulses -> the segments of a run
    levers       levers.toml: edits, drugs, schedules as layers, with the findings behind each direction
    designs      designs.toml and users' TOML files: a column of parameters, changes, layers, events
    outcomes     Cmax, persistence, senescent share ... for one run or many
    ensemble     many runs at once on all cores
    simulate     one nominal run of a design
    draws        seeded draws over what is uncertain; designs share what they have in common
    compare      A against B with bands, differences and directions: the JSON of `whatif`
    measured     clinical values beside the band of a comparison
    culture      the culture well: repeated activation and rest
    targets, fit what the calibration aims at, and the calibration itself with identifiability
    population   virtual patients
    clinical     the clinical records and the patient that stands for each
    metrics      the model's value for each kind of record
    facts        facts that the model should reproduce, pass or fail
    report       all verdicts in one object: `model report`
"""

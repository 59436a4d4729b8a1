"""Plain words for technical ones: what a reader may write and what a finding may say instead.

The glossary knows names; this table knows ordinary language. Each line of WORDINGS is one group: any
member in a question is covered by any member in a finding. Groups are broad on purpose and hold no name
of a gene, a product or a drug. Words in PLAIN carry a sentence and little meaning: a finding that
lacks them may still answer, so they weigh little.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from assistant.retrieval.tokens import tokens

WORDINGS: Final = """
raise, rise, rose, increase, higher, more, go up, goes up, went up, elevate, greater, boost, up, climb, enhance, grow, larger, bigger, upregulate, heighten
lower, fall, fell, drop, reduce, decrease, decline, less, fewer, go down, goes down, went down, down, blunt, dampen, shrink, weaker, diminish, downregulate, cut, smaller, curb, lessen
improve, better, enhance, superior, benefit, help, strengthen, stronger, outperform, beat, gain, advantage, favourable, good, effective, rescue, restore, repair, fix, recover, reverse, undo, rejuvenate, bring back, come back to full function
impair, worse, poor, hurt, harm, harmful, weaken, inferior, disappoint, damage, worsen, bad, unfavourable, fail, failure, lose, loss, compromise, suffer, detrimental
persist, last, lasting, durable, long-lived, live longer, survive, stay, remain, detectable, measurable, long-term, longevity, lifespan, still there, found, kept, maintain, sustain, prolong, lengthen
vanish, disappear, no longer found, lost, undetectable, clear, gone, fade, short-lived, absent
exhaust, exhaustion, worn out, worn-out, tired, dysfunction, dysfunctional, burnt out, spent, fatigue
senescence, senescent, aged, age, ageing, aging, old, worn-out, growth arrest, immunosenescence, grow old
relapse, return, recur, recurrence, come back, comes back, coming back, came back, progress, progression, relapsing
remission, response, respond, responder, complete response, work, success
non-response, non-responder, fail, failed, resistance, resistant, refractory, not respond
kill, killing, cytotoxic, cytotoxicity, lysis, lyse, destroy, eliminate, clear, remove, potency, anti-tumour activity, antitumour, potent
divide, division, proliferate, proliferation, grow, growth, expand, expansion, multiply, multiplication, cell cycle, doubling
child, children, paediatric, pediatric, young, youngster, kids, adolescent
elderly, old, older, aged, over 60, over 65, age, senior, people over
die, death, dead, mortality, survive, survival, alive, fatal, lethal, killed
mouse, mice, murine, xenograft, animal, in vivo
patient, people, person, human, individual, recipient, survivors
knock out, knock-out, knockout, delete, deletion, loss, lack, lacking, lose, disrupt, disruption, ablate, ablation, remove, removal, edit, deficient, deficiency, absence, without, silence, inactivate, switch off, taken off, take away, taken away, withdrawn
overexpress, over-express, overexpression, over-expression, add, added, adding, enforce, force, express, expression, introduce, put in, arm, armed, armoured, equip, secrete
block, blocking, blockade, inhibit, inhibition, inhibitor, antagonist, antagonism, suppress, stop, prevent, brake, brakes, shut, neutralise
protect, prevent, avoid, spare, shield, escape, keep from, limit, resist, guard
affinity, grip, bind, binding, binder, tight, tightly, loosely, weakly, off-rate, avidity, lets go, dissociate
density, level, molecules, amount, low-antigen, little, few, scarce, number of molecules
strip, trogocytosis, tear off, transfer, hand over, hands, hand, pass on
fat, fatty, lipid, fatty acid, lipids
sugar, glucose, glycolysis, glycolytic, sugar breakdown
burn, oxidation, respiration, respiratory, metabolism, metabolic, fuel, oxidative
mitochondria, mitochondrial, mitochondrion, power plants
tail, endodomain, signalling domain, costimulatory domain, domain, intracellular, costimulation, part
swap, replace, exchange, substitute, mutate, mutation, residue, switch, change, variant, mutant
product, infusion bag, bag, infused, final product, infusion product
make, made, manufacture, manufacturing, production, produce, ex vivo, culture, generate, grown, bead expansion
culture, in vitro, laboratory, lab, dish, assay, test
before, pretreatment, pre-treatment, baseline, prior, beforehand, precede, earlier, first, start, starting
after, later, following, subsequent, post
early, first, soon, quick, quickly, fast, rapid, rapidly, faster, within
late, later, slow, slowly, delayed, long-term, terminal
short, brief, transient, quick, shorten
repeat, repeated, again, second, reinfusion, retreatment, another, cycles, chronic, restimulation, over and over, again and again, serial
rest, pause, break, stop, interval
aplasia, absent, absence, missing, stay away, gone, depletion
steroid, corticosteroid, dexamethasone, glucocorticoid
infuse, infusion, dose, give, given, treat, treatment, therapy, administer, administration, receive, shot, injection
blood, peripheral, circulating, circulate, serum, plasma, bloodstream
marrow, bone marrow
burden, load, bulk, tumour burden, heavy, mass
gene, transcript, mrna, expression, transcription
protein, molecule, receptor, factor
enzyme, kinase, phosphatase, telomerase, synthase
decade, ten years, 10 years
germany, german, german registry
france, french, descar-t
america, american, us, usa, united states
britain, british, uk
same, alike, similar, equal, comparable, no difference, did not differ, identical, likewise, told apart
differ, difference, different, distinct, opposite, contrast, disagree, varied
cause, drive, driven, due, because, reason, blame, lead to, induce, trigger, result, explain, mediate, through, responsible, contribute
mechanism, pathway, signal, signals, route, axis
safe, safety, toxic, toxicity, adverse, side effect, side effects, harm, danger, dangerous, risk, tolerated
neurotoxicity, neurologic, neurological, icans, nerve, encephalopathy
cytokine release syndrome, crs, cytokine storm
heart, cardiac, cardiovascular, arrhythmia
liver, hepatic, hepatocyte
kidney, renal
lung, pulmonary
gut, intestinal, microbiome, microbiota
brain, glioma, glioblastoma, cns, central nervous
irradiate, irradiation, radiation, radiosensitive, x-ray, gamma-ray, ionising, gray
chemotherapy, chemo, lymphodepletion, conditioning, cyclophosphamide, fludarabine
smoke, smoker, smoking, tobacco, cigarette
exercise, inactivity, physical, habit, habits
infection, infections, infectious, virus, viral, sepsis
inflammation, inflammatory, inflammaging
secrete, secretion, secretory, release, output, produce, production, cytokine, sasp, secretome
predict, prediction, forecast, foretell, go with, goes with, went with, correlate, associate, association, linked, link, tied, tracks, track, track with, relate, relation, marker, sign, biomarker, flag, mark, set apart, separate, mean
memory, stem-like, stem, long-lived, central memory, naive-like, stemness
naive, young, naive-like, early memory
differentiate, differentiated, differentiation, mature, maturation, effector, fate
fitness, fit, quality, function, functional
energy, metabolism, atp, nutrient, nutrients
antigen, target, target molecule
antigen loss, target lost, antigen-negative, cd19-negative, antigen escape, lost, kept, retained, still there
antigen-independent, without antigen, tonic, unprompted, spontaneous, self-aggregate
suppressor, suppressive, regulatory, myeloid-derived, mdsc
tumour, cancer, malignancy, malignant, neoplasm
leukaemia, leukemia, leukaemic, all, b-all, cll
lymphoma, dlbcl, large b-cell lymphoma, lbcl
myeloma, plasma cell
solid tumour, carcinoma, sarcoma, neuroblastoma
lymphocyte, t cell, t cells
share, proportion, percentage, percent, fraction, frequency, rate
half, median, average, mean, typical
number, count, quantity, copies
peak, maximum, cmax, max, highest, height
exposure, auc, area under
half-life, half-lives, decay, contraction, clearance, terminal
doubling time, double, growth rate
lag, delay, begins, onset
cost, price, dollar
year, years, annual
trial, study, phase, cohort, randomised, clinical, registry
model, simulation, equation, mathematical, compute, computation, theory
combine, combination, together, plus, both, pair, join, joined
alone, only, single, by itself, itself, sufficient, enough, solely, monotherapy
choose, choice, first choice, preferred
donor, volunteer, healthy
starting material, apheresis, leukapheresis, collected, collection
twin, sibling
repertoire, clone, clonal, clonality, clones
clonal haematopoiesis, chip, clonal hematopoiesis
insertion, integrate, integration, insert, locus, place, placed
vector, virus, lentiviral, retroviral, transduce, transduction
chromatin, epigenetic, epigenome, epigenetically, methylation, accessible, accessibility
dna damage, dna breaks, genotoxic, gamma-h2ax, double-strand
oxygen, hypoxia, reactive oxygen, ros, oxidative stress, antioxidant, peroxide
telomere, telomeres, chromosome ends, telomeric
immortal, immortalise, indefinitely, unlimited, cancerous, transform, transformed
reversible, reverse, reversed, undo, undone, permanent, irreversible, fixed, lasting
synapse, contact, touch
fratricide, fratricidal, kill one another, self-killing
hinge, spacer, extracellular
stimulate, stimulation, activate, activation, restimulate, trigger, engage, challenge, antigen exposure
sensitive, sensitivity, threshold, respond, detect, recognise, radiosensitive
tolerate, tolerance, withstand, resist, sensitive
ratio, share, balance, versus
blood-forming, haematopoietic, stem cell
""".strip()
"""One group a line, members separated by commas."""

PLAIN: Final = """
able accept acceptable accord achieve act actual add again allow almost alone among amount answer appear apply around arise
ask aspect assay available away back bad bear become begin behave behavior best better big bigger bring build by call carry
case cause certain change choice choose claim clear come common compare comparison concern conclude consider consist contain
correct count cut decide depend describe detect determine develop did differ different directly discuss down draw drive each
easy either else enable end enough entire especially essential even ever every exactly example exist expect explain extent
face fact fail fare feature few find fire first fit follow form full further gain general generally get go good great group hand hard
harder help high hold hurt idea important include indeed independent instead involve issue itself just keep kind know known lack large
largely lead leave left let level like likely limit link list little long look lose lot low lower main mainly make manner matter
mean measure meet mention might mode more most mostly move much must name need never new next normal normally note now number
observe obtain occur offer often once one only open order other otherwise outcome over overall own part partly per perform place
play point possible precede present probably problem produce prove provide purpose put question quite raise range rank rather
reach reason receive relate relation remain require respect rest right role run same say see seem seen separate set several shape share show
side sign similar simple simply since single size small sort speak special spot stand start state stay step still such suffer suggest
suitable support sure take tell tend test thing think thought tie time together too top toward true try turn two type typical
under up upon use useful usual usually value various version very want way well while whole why within without wonder worth year
blame put place precede steer tied bit roughly apart besides beyond
""".split()  # fmt: skip
"""Words that a question may hold and its answer may lack."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A run of words of a question that has other wordings."""

    words: str
    start: int
    end: int


@cache
def plain() -> frozenset[str]:
    """Stems of PLAIN."""
    return frozenset(token for word in PLAIN for token in tokens(word))


@cache
def _groups() -> tuple[tuple[frozenset[str], ...], ...]:
    """Each group as token sets; a finding covers the group when it holds all of one set."""
    groups = []
    for line in WORDINGS.splitlines():
        members = (frozenset(tokens(member)) for member in line.split(","))
        groups.append(tuple(dict.fromkeys(m for m in members if m)))
    return tuple(groups)


@cache
def _by_token() -> dict[str, tuple[int, ...]]:
    """From the stem of a one-word member to its groups."""
    found: dict[str, list[int]] = {}
    for number, line in enumerate(WORDINGS.splitlines()):
        for member in line.split(","):
            if " " not in member.strip():
                for token in tokens(member)[-1:]:
                    found.setdefault(token, []).append(number)
    return {token: tuple(dict.fromkeys(numbers)) for token, numbers in found.items()}


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], str], ...]:
    members = {m.strip() for line in WORDINGS.splitlines() for m in line.split(",") if " " in m.strip()}
    # Longest first, so that "come back to full function" is not cut into "come back".
    ordered = sorted(members, key=lambda m: (-len(m), m))
    return tuple((re.compile(rf"\b{re.escape(m)}\b", re.I), m) for m in ordered)


def phrases_in(text: str) -> tuple[Phrase, ...]:
    """Members of several words in `text`, without overlaps, in order."""
    found: list[Phrase] = []
    for pattern, member in _phrases():
        for match in pattern.finditer(text):
            if all(match.end() <= p.start or match.start() >= p.end for p in found):
                found.append(Phrase(member, match.start(), match.end()))
    return tuple(sorted(found, key=lambda p: p.start))


def wordings_of(words: str) -> tuple[frozenset[str], ...]:
    """Token sets that say the same as a word or a phrase of the table; empty when it is not in it."""
    own = frozenset(tokens(words))
    numbers: dict[int, None] = {}
    if " " in words:
        for number, group in enumerate(_groups()):
            if own in group:
                numbers.setdefault(number)
    else:
        for token in tokens(words):
            numbers.update(dict.fromkeys(_by_token().get(token, ())))
    return tuple(dict.fromkeys(member for number in numbers for member in _groups()[number] if member != own))

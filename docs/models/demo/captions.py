"""Writes captions for the text tower's training: about one concept, or about two in one picture."""

import random
import re

import heldout
from concepts import PHRASES, TEMPLATES
from phrases import THINGS, USES

CONCEPTS = list(PHRASES)

USE_TEMPLATES = [
    "where {0} {1}", "{0} {1} here", "a place where {0} {1}", "land where {0} {1}", "an area where {0} {1}", "{0} {1}",
    "this is where {0} {1}", "a satellite image of a place where {0} {1}", "a region in which {0} {1}",
    "somewhere {0} {1}", "show me where {0} {1}", "places where {0} {1}", "find land on which {0} {1}"]
MORE_TEMPLATES = [
    "lots of {}", "nothing but {}", "mostly {}", "a large area of {}", "{} as seen by a satellite", "land with {}",
    "a landscape of {}", "a place with {}", "{} viewed from a plane", "a map tile with {}", "an example of {}",
    "i am looking for {}", "can you show {}", "a scene with {}", "typical {}", "big {}", "an expanse of {}",
    "{} in europe", "{} on a sunny day", "{} and nothing else", "a typical view of {}", "land covered by {}",
    "a stretch of {}", "somewhere with {}", "{} here"]
# Two phrases of one concept.
SAME_TEMPLATES = [
    "{} and {}", "{} with {}", "{} or {}", "{}, {}", "{} near {}", "a place with {} and {}", "{} full of {}"]
# A phrase of the concept, and one of another concept, which is not there.
NOT_TEMPLATES = [
    "{0} without {1}", "{0} but no {1}", "no {1}, only {0}", "{0} and not {1}", "{0} instead of {1}", "{0} with no {1}",
    "{0} where no {1} are", "not {1} but {0}", "{0} rather than {1}", "without {1}, just {0}", "{0} but not {1}",
    "{0}, hardly any {1}", "{0} with few {1}"]
PAIR_TEMPLATES = [
    "{} and {}", "{} beside {}", "{} next to {}", "{} with {}", "{} near {}", "{} by {}",
    "a satellite image of {} and {}", "{} along {}", "{} between {}", "{} surrounded by {}", "{} at the edge of {}",
    "{} through {}", "{} in front of {}", "partly {}, partly {}", "{} meets {}",
    "{} on one side and {} on the other", "both {} and {}", "{} bordering {}", "{} crossing {}", "{} among {}",
    "a scene with {} and {}", "{} in the middle of {}", "{} close to {}", "{} where {} starts",
    "an aerial view of {} beside {}", "{} adjacent to {}"]
FRAMES = ["a satellite image of {}", "an image of {}", "show me {}", "{} from above"]

STOP_WORDS = frozenset(
    "a an the of in on at by to from for with and or is are be it its this that there here where which who into under "
    "over up as s lie lies".split())
IRREGULAR = {"leaves": "leaf", "grown": "grow", "lives": "live", "people": "person", "children": "child"}
ENDINGS = (
    ("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("ing", ""), ("ed", ""), ("s", ""))


def stem(word):
    if word in IRREGULAR:
        return IRREGULAR[word]
    for ending, instead in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[:-len(ending)] + instead
    return word


def content(text):
    """Returns the stems of the words that carry meaning."""
    return frozenset(stem(w) for w in re.findall(r"[a-z0-9]+", text.lower()) if w not in STOP_WORDS)


HELD_OUT = [content(phrase) for kind in (heldout.WORDS, heldout.PARAPHRASES, heldout.UNTUNED)
            for phrases in kind.values() for phrase in phrases] + [content(c) for c in heldout.COMBINATIONS]


def is_held_out(text):
    """Tells whether a text has all content words of a held-out wording; those of one word may have others beside it."""
    words = content(text)
    return any(h == words or (len(h) >= 2 and h <= words) for h in HELD_OUT)


def parts(text):
    return [part.strip() for part in text.split(";")]


THING = {c: [p for p in dict.fromkeys(PHRASES[c] + parts(THINGS[c])) if not is_held_out(p)] for c in CONCEPTS}
USE = {c: [u.split("|") for u in parts(USES[c]) if not is_held_out(u)] for c in CONCEPTS}


def one(concept, rng):
    """Returns a caption of one concept."""
    kind = rng.random()
    if kind < 0.22:
        text = rng.choice(USE_TEMPLATES).format(*rng.choice(USE[concept]))
    elif kind < 0.34:
        text = rng.choice(SAME_TEMPLATES).format(*rng.sample(THING[concept], 2))
    elif kind < 0.50:
        text = rng.choice(THING[concept])
    elif kind < 0.57:
        other = rng.choice([c for c in CONCEPTS if c != concept])
        text = rng.choice(NOT_TEMPLATES).format(rng.choice(THING[concept]), rng.choice(THING[other]))
    else:
        text = rng.choice(TEMPLATES + MORE_TEMPLATES).format(rng.choice(THING[concept]))
    return one(concept, rng) if is_held_out(text) else text


def two(first, second, rng):
    """Returns a caption of a picture that shows two concepts."""
    if rng.random() < 0.12:
        who, does = rng.choice(USE[second])
        text = f"{rng.choice(THING[first])} where {who} {does}"
    else:
        text = rng.choice(PAIR_TEMPLATES).format(rng.choice(THING[first]), rng.choice(THING[second]))
    if rng.random() < 0.15:
        text = rng.choice(FRAMES).format(text)
    return two(first, second, rng) if is_held_out(text) else text


def corpus(each, pairs, seed):
    """Returns (text, concept, concept): all phrases, this many captions of each concept, and this many
    of two."""
    rng, rows = random.Random(seed), []
    for number, concept in enumerate(CONCEPTS):
        texts = THING[concept] + [" ".join(u) for u in USE[concept]]
        texts += [template.format(PHRASES[concept][0]) for template in TEMPLATES]
        texts += [one(concept, rng) for _ in range(each)]
        rows += [(text, number, number) for text in texts]
    for _ in range(pairs):
        first, second = rng.sample(range(len(CONCEPTS)), 2)
        rows.append((two(CONCEPTS[first], CONCEPTS[second], rng), first, second))
    return rows

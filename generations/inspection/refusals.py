"""Answers in which there is no usable drawing: why, and where."""

from generations import svg
from generations.inspection.faults import Fault
from generations.inspection.places import Places
from generations.svg import parse, text
from generations.svg.escapes import OPENING

CODES = {"no_svg": "no_svg", "not_text": "no_svg", "not_svg": "not_xml", "no_view_box": "view_box"}
CODES |= dict.fromkeys(("malformed", "bad_character", "bad_encoding"), "not_xml")
WANTED = {
    "no_svg": 'Answer with one <svg xmlns="http://www.w3.org/2000/svg"> element and nothing else.',
    "not_xml": "Write well-formed XML: every element closed, every attribute value in double "
    "quotes, & and < escaped.",
    "view_box": 'Give the root viewBox="0 0 256 256".',
    "rejected": "Draw the same with simple means: plain shapes, at most 60 elements, no DOCTYPE, "
    "no entities, nothing that repeats or refers to itself.",
}


def fault(rejected: svg.Rejected, answer: str, extracted: str) -> Fault:
    """A refusal as a fault. `extracted` is what was cut out of the answer, or nothing."""
    code = CODES.get(rejected.code, "rejected")
    sentence = f"{rejected.sentence} {WANTED[code]}"
    places = Places(answer, extracted)
    if not extracted and code == "no_svg":
        return Fault(code, sentence, snippet=places.around(0), is_fatal=True)
    at = _offset(rejected, places)
    if at is None:
        return Fault(code, sentence, is_fatal=True)
    return Fault(code, sentence, *places.position(at), places.around(at), is_fatal=True)


def _offset(rejected: svg.Rejected, places: Places) -> int | None:
    if places.is_verbatim:
        if rejected.line is None:
            return places.start
        return places.offset(rejected.line, rejected.column or 1)
    return _of_first_error(places)


def _of_first_error(places: Places) -> int | None:
    """Where the drawing as the model wrote it stops being XML."""
    opening = OPENING.search(places.answer)
    if not opening:
        return None
    written = Places(places.answer, places.answer[opening.start() :])
    try:
        parse.parse(text.prepare(places.answer[opening.start() :]))
    except svg.Rejected as error:
        if error.line is not None:
            return written.offset(error.line, error.column or 1)
    return opening.start()

"""The one way in which a drawing is refused."""

SENTENCES = {
    "not_text": "The drawing is not text.",
    "too_large": "The drawing is larger than 1 MB.",
    "bad_encoding": "The file is neither UTF-8 nor UTF-16 text.",
    "bad_character": "The drawing contains a character that XML does not allow.",
    "doctype": "The drawing declares a document type or entities, which is not allowed.",
    "malformed": "The drawing is not well-formed XML.",
    "not_svg": "The document is not an SVG drawing.",
    "no_svg": "There is no SVG drawing in the text.",
    "no_view_box": "The drawing has no usable viewBox, width and height.",
    "too_many_elements": "The drawing has too many elements.",
    "too_many_attributes": "An element has too many attributes.",
    "too_many_namespaces": "The drawing declares too many or too long namespaces.",
    "too_deep": "The drawing is nested too deeply.",
    "attribute_too_long": "The attributes of an element are too long.",
    "css_too_complex": "The style sheet of the drawing is too large.",
    "cycle": "A use, pattern, mask, clip path, marker or filter refers to itself.",
    "too_complex": "The drawing repeats its parts too often.",
    "too_many_filters": "The drawing uses too many filters.",
    "too_many_animations": "The drawing has too many animations.",
    "image_too_large": "An embedded image is too large.",
    "unproven": "The drawing could not be proven safe.",
    "internal": "The drawing could not be checked.",
}


class Rejected(Exception):
    """A drawing that is refused as a whole.

    `code` is stable and public; `line` and `column` (from 1) say where, when that is known;
    `sentence` is plain and never quotes the drawing; `str()` is the sentence with the place.
    """

    def __init__(
        self, code: str, line: int | None = None, column: int | None = None, detail: str = ""
    ) -> None:
        self.code = code
        self.line = line
        self.column = column
        self.sentence = detail or SENTENCES[code]
        where = "" if line is None else f" (line {line}, column {column or 1})"
        super().__init__(f"{self.sentence[:-1]}{where}.")

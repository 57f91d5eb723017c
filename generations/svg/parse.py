"""Text into lxml's tree, with the options of SVG_SAFETY §3, and nothing else."""

from lxml import etree

from generations.svg.errors import Rejected
from generations.svg.tables import SVG
from generations.svg.text import Prepared

# What commonly goes wrong, said without quoting the drawing; the rest is "not well-formed".
FAULTS = {
    etree.ErrorTypes.ERR_TAG_NAME_MISMATCH: "An opening and a closing tag do not match.",
    etree.ErrorTypes.ERR_TAG_NOT_FINISHED: "An element is not closed.",
    etree.ErrorTypes.ERR_GT_REQUIRED: "A tag is not closed.",
    etree.ErrorTypes.ERR_ATTRIBUTE_REDEFINED: "An attribute is given twice.",
    etree.ErrorTypes.ERR_ATTRIBUTE_WITHOUT_VALUE: "An attribute has no value.",
    etree.ErrorTypes.ERR_ATTRIBUTE_NOT_STARTED: "The value of an attribute is not in quotes.",
    etree.ErrorTypes.ERR_ATTRIBUTE_NOT_FINISHED: "The value of an attribute is not closed.",
    etree.ErrorTypes.ERR_LT_IN_ATTRIBUTE: "An attribute contains a bare less-than sign.",
    etree.ErrorTypes.ERR_UNDECLARED_ENTITY: "An entity is used that XML does not know.",
    etree.ErrorTypes.ERR_NAME_REQUIRED: "A bare ampersand or less-than sign is not escaped.",
    etree.ErrorTypes.ERR_DOCUMENT_END: "Something follows the end of the drawing.",
    etree.ErrorTypes.ERR_DOCUMENT_EMPTY: "The document does not begin with an element.",
    etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE: "A namespace prefix is not declared.",
}


def parse(prepared: Prepared) -> etree._Element:
    """The root element, which is an SVG `svg`; refuses what is not namespace-well-formed."""
    try:
        root = etree.fromstring(prepared.data, _parser())
    except etree.XMLSyntaxError as error:
        raise _malformed(error, prepared) from None
    if root.tag != f"{{{SVG}}}svg":
        raise Rejected("not_svg")
    return root


def _parser() -> etree.XMLParser:
    """A parser for one call: parsers hold state and are not shared between threads."""
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
        recover=False,
    )


def _malformed(error: etree.XMLSyntaxError, prepared: Prepared) -> Rejected:
    line, column = error.position
    if line == 1:
        column += prepared.columns_cut
    where = (line + prepared.lines_cut, max(column, 1))
    if error.code == etree.ErrorTypes.ERR_RESOURCE_LIMIT:  # 255 levels in libxml2
        return Rejected("too_deep", *where)
    return Rejected("malformed", *where, FAULTS.get(error.code, ""))

"""How much a run is: by its options, else the usual of a full or of a small one."""

from collections.abc import Mapping
from typing import Any


def chosen(
    options: Mapping[str, Any], *, full: Mapping[str, Any], smoke: Mapping[str, Any]
) -> dict[str, Any]:
    """A number for each name in `full`, whose options are called the same."""
    usual = smoke if options["smoke"] else full
    return {name: options[name] or number for name, number in usual.items()}

"""What is beside a row in the admin: its person, and what may be done to it.

Imported while unfold is: what needs unfold is imported when a page is made.
"""

from typing import Any

from django import template
from django.db.models import Model

register = template.Library()


@register.simple_tag(takes_context=True)
def beside(context: dict[str, Any], row: Model) -> object:
    from chatsvg.backoffice import besides

    return besides.of(row, staff=context["request"].user, desk=context["adminform"].model_admin)

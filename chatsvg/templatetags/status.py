"""`{{ ms|took }}`: milliseconds as people read them; `{{ share|percent }}`."""

from django import template

register = template.Library()


@register.filter
def took(ms):
    if ms < 1:
        return "less than 1 ms"
    if ms < 1000:
        return f"{ms:.0f} ms"
    return f"{ms / 1000:.1f} s"


@register.filter
def percent(share):
    return f"{share:g} %"

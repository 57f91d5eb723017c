"""`{{ text|prose }}`: descriptions as HTML."""

from django import template

from chatsvg.docs import prose

register = template.Library()
register.filter("prose", prose.html)
register.filter("inline", prose.inline)

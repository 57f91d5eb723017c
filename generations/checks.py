"""Settings of the drawing models that cannot work stop the start, by name."""

from django.core.checks import Error, register
from django.core.exceptions import ImproperlyConfigured

from generations import providers


@register
def models_are_readable(app_configs, **kwargs):
    try:
        providers.models()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="generations.E001")]
    return []

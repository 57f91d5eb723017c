"""Settings that cannot work, as Django's system checks find them."""

from django.conf import settings
from django.core import checks

from chatsvg.doctor.findings import Finding

REMEDY = "Correct it; README lists every variable."


def configuration() -> Finding:
    found = checks.run_checks(include_deployment_checks=settings.PRODUCTION)
    told = [one for one in found if not one.is_silenced() and one.level >= checks.WARNING]
    notes = tuple(_sentence(one) for one in told)
    if any(one.is_serious() for one in told):
        return Finding("broken", "Some settings cannot work.", REMEDY, notes)
    if told:
        return Finding("note", "Some settings deserve a look.", notes=notes)
    kind = "production" if settings.PRODUCTION else "development"
    return Finding("ok", f"The settings, of {kind}, fit together.")


def _sentence(message: checks.CheckMessage) -> str:
    hint = f" {message.hint}" if message.hint else ""
    return " ".join(f"{message.msg}{hint}".split())

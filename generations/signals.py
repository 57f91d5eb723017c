"""News of jobs, for the app above."""

from django.dispatch import Signal

job_changed = Signal()
"""After commit, with `event`: the JobEvent row just written, which never changes again."""

job_ended = Signal()
"""In the transaction that ends it, with `job`, whose row is locked. Whatever a receiver locks comes
between the wallet and the feed."""

job_stopped = Signal()
"""Staff canceled it, with `job`, in the transaction that does. Its person did not ask for that."""

drawing_unpublished = Signal()
"""Staff took it out of the gallery, with `drawing` and `once`, an id of that deed; in the
transaction that does."""

job_progressed = Signal()
"""A hint between events, with `job_id`, `user_id`, `stage` and `progress`. May be lost."""

job_sketched = Signal()
"""A hint while a model draws, with `job_id`, `user_id`, `elements` (how many are to be seen),
`progress` and `svg`, a drawing that is safe by itself. May be lost."""

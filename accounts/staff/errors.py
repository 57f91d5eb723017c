"""What can be refused to members of staff."""

from chatsvg.errors import Conflict, Forbidden


class NotYours(Forbidden):
    title = "Only a superuser may do this to a member of staff."


class NotAnybody(Conflict):
    title = "This person is deleted."

"""What can be refused to members of staff."""

from chatsvg.errors import Conflict, Forbidden


class NotYours(Forbidden):
    title = "Only a superuser may do this to a member of staff."


class MoreRights(Forbidden):
    title = "Only a superuser may do this to somebody who has rights that you have not."


class NotToYourself(Forbidden):
    title = "Nobody does this to themselves: ask a colleague."


class NotAnybody(Conflict):
    title = "This person is deleted."

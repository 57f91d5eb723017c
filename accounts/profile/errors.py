"""What can be refused about an account."""

from chatsvg.errors import Conflict, Forbidden, Invalid, Missing, TooMany, Unavailable


class BadPicture(Invalid):
    title = "This is not a picture we can read. Please use a PNG, JPEG, WebP or GIF."


class PictureTooLarge(Invalid):
    title = "This picture is too large. Please use one of at most 2 MB and 4096 × 4096 pixels."


class StorageAway(Unavailable):
    title = "Our file storage does not answer right now. Please try again in a minute."


class ExportMissing(Missing):
    title = "Export not found"


class ExportsUsedUp(TooMany):
    title = "You have asked for your data three times today. Please try again tomorrow."


class WrongEmail(Invalid):
    title = "Please type the e-mail of this account to confirm."


class SignInAgain(Forbidden):
    code = "SIGN_IN_AGAIN"
    title = (
        "Please sign out and sign in again first: deleting takes a sign-in of the last 10 minutes."
    )


class LastOfStaff(Conflict):
    title = "This is the only administrator left. Please make another one first."

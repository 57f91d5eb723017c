"""Rate limits: how often somebody may do something, counted for all processes in Redis.

ratelimits.take(rules.DOWNLOAD, user.pk)  # counts; raises TooMany where there is no room
ratelimits.check(rules.AUTH, place)  # the same without counting
"""

from chatsvg.ratelimits.gate import Verdict, admit, ask, check, take

__all__ = ["Verdict", "admit", "ask", "check", "take"]

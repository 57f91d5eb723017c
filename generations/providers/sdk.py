"""The openai SDK without the types of every answer of every service of OpenAI's, and without the
clients that it looks for: of its 34 MB 14 are left. What we ask it for (a client, one POST, the
events of its stream, its errors) reads answers by rules of ours.
"""

from chatsvg.memory import NEEDLESS, hollow, without

with without(*NEEDLESS), hollow("openai.types"):
    import openai

__all__ = ["openai"]

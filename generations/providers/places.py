"""Where well-known services keep what they offer in OpenAI's manner. Data, as of November 2026.

Most servers keep it under `/v1`; here are those that do not.
"""

from typing import NamedTuple


class Place(NamedTuple):
    """A service: its name for people, the path of its compatible part, other paths that lead
    there as well, which are left as they are given."""

    name: str
    path: str
    also: tuple[str, ...] = ()


PLACES = {
    "api.openai.com": Place("OpenAI", "/v1"),
    "openrouter.ai": Place("OpenRouter", "/api/v1"),
    "generativelanguage.googleapis.com": Place("Gemini", "/v1beta/openai"),
    "api.groq.com": Place("Groq", "/openai/v1"),
    "api.fireworks.ai": Place("Fireworks", "/inference/v1"),
    "api.deepinfra.com": Place("DeepInfra", "/v1/openai"),
    "api.cohere.ai": Place("Cohere", "/compatibility/v1"),
    "api.cohere.com": Place("Cohere", "/compatibility/v1"),
    "dashscope.aliyuncs.com": Place("DashScope", "/compatible-mode/v1"),
    "dashscope-intl.aliyuncs.com": Place("DashScope", "/compatible-mode/v1"),
    "api.perplexity.ai": Place("Perplexity", "", also=("/v1",)),
    "models.github.ai": Place("GitHub Models", "/inference"),
    "api.z.ai": Place("Z.ai", "/api/paas/v4", also=("/api/coding/paas/v4",)),
    "open.bigmodel.cn": Place("Zhipu", "/api/paas/v4", also=("/api/coding/paas/v4",)),
    "ollama.com": Place("Ollama's cloud", "/v1"),
    "api.anthropic.com": Place("Anthropic", "/v1"),
    "api.mistral.ai": Place("Mistral", "/v1"),
    "api.x.ai": Place("xAI", "/v1"),
}

AZURE_HOSTS = (
    ".openai.azure.com",
    ".openai.azure.us",
    ".openai.azure.cn",
    ".services.ai.azure.com",
    ".cognitiveservices.azure.com",
)
AZURE_VERSION = "2024-10-21"  # the last dated version that is not a preview

LOCAL_PORTS = {  # of servers that people run themselves: their own protocol beside OpenAI's
    11434: ("Ollama", ("/api", "/api/generate", "/api/tags", "/api/version")),
    1234: ("LM Studio", ("/api", "/api/v0", "/api/v1")),
}

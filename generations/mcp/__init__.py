"""`/mcp`: drawing for assistants, by the Model Context Protocol (CONTRACT §4.2).

`door` lets requests in, `admission` says whose they are, `server` hands them to the SDK, `tools`
and `resources` are what there is. The SDK is imported for the first request that is let in: a
process that serves none never pays for it.
"""

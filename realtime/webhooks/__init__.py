"""Events that people's own servers are told of, by the Standard Webhooks specification 1.0.0."""

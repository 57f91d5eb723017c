"""PayPal's subscriptions (REST, v1) and its webhooks."""

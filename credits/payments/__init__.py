"""Plans that are paid for: subscriptions, what was paid, and what it was worth in credits."""

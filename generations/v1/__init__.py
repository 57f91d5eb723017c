"""`/v1/svg/…` and what belongs to it (CONTRACT §4.1): drawing for programs, with API keys.

The same services as everywhere else. What a test key asks for is seen with test keys alone, and
what others ask for with production keys.
"""

"""Lists of drawings: everybody's public ones, and a person's own.

Pages follow each other by key: newest first, and the cursor is the id of the last drawing of the
page before, whose place is looked up; a deleted drawing's place is kept for a day (`Gap`). Filters
have an index each, so that a page costs the same in a table of any size.

The gallery's first pages are made once and kept (`shelf`), until something is published or deleted.
"""

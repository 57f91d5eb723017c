"""`python -m chatsvg.embedded FOLDER` is the keeper of that folder's servers."""

from chatsvg.embedded.keeper import main

main()

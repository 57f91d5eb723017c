"""`python -m tests.generations.answers [class…]`: the table, and the answers that need a repair."""

import sys

from tests.generations.answers.cases import cases
from tests.generations.answers.measure import measure, table


def main(kinds: list[str]) -> None:
    outcomes = [measure(case) for case in cases() if not kinds or case.kind in kinds]
    print(table(outcomes))
    for outcome in outcomes:
        if outcome.repairs != 0:
            noticed = "noticed" if outcome.is_noticed else "NOT NOTICED"
            print(f"{outcome.case}: {outcome.repairs} repairs, {noticed}")


if __name__ == "__main__":
    main(sys.argv[1:])

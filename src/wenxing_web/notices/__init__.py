"""Notices: what an account is told, at the bell, by e-mail at once, and once a day.

Whoever has something to tell announces it (`live.actions.announce`) and knows
nothing of notices. This app follows the outbox from a place that it keeps, and
makes a row for every account that an event is for.

To add a kind of notice
    1. `announce("thing.happened", to_member(pk), {"thing": pk}, at=at)`, in the
       transaction in which it happens; `EVERYBODY` for all accounts at once.
    2. If it belongs to no `Kind` yet, a new one in `models.py`.
    3. A teller in `queries/`, a function that turns the facts of some notices
       into lines for one reader, when they are shown: never kept, and asked
       with every rule that holds for that reader.
    4. Its line in `queries/kinds.py`: event, kind, teller and what is set when
       an account has chosen nothing.
The test `every event has a kind that can be told` holds the four together.
"""

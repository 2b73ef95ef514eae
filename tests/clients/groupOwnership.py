"""Group ownership with dokklib_db: an owner is replaced by deleting one item and inserting another.

Phases: `transfer` plays the transfer and its failures; `operations` the other write arguments;
`races` lets many owners act at once; `look` only reads. What the handler prints goes to stdout,
and the last line of stdout is the JSON of what is stored and of what the calls raised.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import boto3
import dokklib_db as db

OWNERS = 32
MAX_ROUNDS = 60

# Everybody who can own a group: what is stored is read item by item.
FRIENDS = ["alice", "bob", "carol"]
CREW = ["ann", "ben", "nobody"]
PREVIOUS_OWNERS = ["bob", *(f"owner-{index:02d}" for index in range(OWNERS))]
WITNESSES = ["bob", *(f"witness-{index:02d}" for index in range(OWNERS))]


class Group(db.EntityName):
    """Group entity name, as in GROUP#my-group."""


class GroupOwner(db.EntityName):
    """Group owner entity name, as in GROUPOWNER#alice."""


def group(name):
    return db.PartitionKey(Group, name)


def owner(name):
    return db.SortKey(GroupOwner, name)


def create_table():
    client = boto3.client("dynamodb")
    client.create_table(
        TableName="SingleTable",
        KeySchema=[
            {"AttributeName": "PK", "KeyType": "HASH"},
            {"AttributeName": "SK", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "PK", "AttributeType": "S"},
            {"AttributeName": "SK", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    client.get_waiter("table_exists").wait(TableName="SingleTable")


def owners_of(table, group_name, candidates):
    """Those of the candidates who own the group."""
    return [
        name
        for name in candidates
        if table.get(group(group_name), owner(name), consistent=True) is not None
    ]


def raised(error):
    """What a caller learns from an error of dokklib_db."""
    told = {"error": type(error).__name__, "message": str(error)}
    if isinstance(error, db.errors.TransactionCanceledException):
        told["conflict"] = error.has_error(db.errors.TransactionConflictException)
        told["conditionFailed"] = error.has_error(db.errors.ConditionalCheckFailedException)
        told["reasons"] = [reason and reason.__name__ for reason in error.reasons]
    return told


def transfer(table, pk_group, sk_alice, sk_bob, tell=print):
    """Transfers a group from Alice to Bob; gives what was raised after the handler told it."""
    op_args = [
        # Not idempotent: it is an error if Alice is not the owner of the group.
        db.DeleteArg(pk_group, sk_alice, idempotent=False),
        # An insert fails if Bob is the owner of the group already.
        db.InsertArg(pk_group, sk_bob),
    ]
    try:
        table.transact_write_items(op_args)
    except db.errors.TransactionCanceledException as e:
        if e.has_error(db.errors.TransactionConflictException):
            tell("Transaction conflict")
        elif e.has_error(db.errors.ConditionalCheckFailedException):
            if e.reasons[0] is db.errors.ConditionalCheckFailedException:
                tell("Alice is not the owner of the group")
            if e.reasons[1] is db.errors.ConditionalCheckFailedException:
                tell("Bob is already the owner of the group")
        else:
            raise e
        return raised(e)
    return None


def play_transfer():
    create_table()
    table = db.Table("SingleTable")
    pk_group = group("my-group")
    sk_alice, sk_bob, sk_carol = owner("alice"), owner("bob"), owner("carol")
    steps = []

    def step(old, new):
        outcome = transfer(table, pk_group, old, new)
        owners = owners_of(table, "my-group", FRIENDS)
        steps.append({"raised": outcome, "owners": owners})

    table.insert(pk_group, sk_alice)
    before = owners_of(table, "my-group", FRIENDS)
    step(sk_alice, sk_bob)
    step(sk_alice, sk_bob)
    step(sk_alice, sk_carol)
    table.insert(pk_group, sk_alice)
    step(sk_alice, sk_bob)
    return {"before": before, "steps": steps}


def play_operations():
    """Every write argument, alone and together with others in one transaction."""
    table = db.Table("SingleTable")
    pk_group = group("crew")
    table.transact_write_items(
        [
            db.PutArg(pk_group, owner("ann"), attributes={"Since": 2019}),
            db.InsertArg(pk_group, owner("ben"), attributes={"Since": 2020}),
            db.DeleteArg(pk_group, owner("nobody")),
        ]
    )
    together = owners_of(table, "crew", CREW)
    table.update_attributes(pk_group, owner("ann"), {"Since": 2018, "Role": "founder"})
    table.delete(pk_group, owner("ben"), idempotent=False)
    failures = []
    for request in (
        lambda: table.insert(pk_group, owner("ann")),
        lambda: table.delete(pk_group, owner("ben"), idempotent=False),
    ):
        try:
            request()
        except db.errors.ClientError as e:
            failures.append(raised(e))
    ann = table.get(pk_group, owner("ann"), consistent=True)
    times = {name: ann.pop(name) for name in ("CreatedAt", "UpdatedAt")}
    return {
        "together": together,
        "failures": failures,
        "ann": {name: str(value) for name, value in ann.items()},
        "times": times,
        "owners": owners_of(table, "crew", CREW),
    }


def outcomes_of(requests):
    """Starts all requests at once, each in its thread; gives what each gives or raises."""
    start = Barrier(len(requests))

    def run(request):
        start.wait()
        try:
            return request()
        except db.errors.ClientError as e:
            return raised(e)

    with ThreadPoolExecutor(len(requests)) as threads:
        return list(threads.map(run, requests))


def transfers_to_bob(tables, number):
    """Every owner of a group transfers it to Bob, whose item is at index 1."""
    name = f"transfers-{number}"
    for index, table in enumerate(tables):
        table.insert(group(name), owner(f"owner-{index:02d}"))

    def request(index):
        told = []
        sk_owner = owner(f"owner-{index:02d}")
        outcome = transfer(tables[index], group(name), sk_owner, owner("bob"), told.append)
        return outcome and {**outcome, "told": told}

    outcomes = outcomes_of([partial(request, index) for index in range(OWNERS)])
    seen = any(outcome and outcome.get("conflict") for outcome in outcomes)
    owners = owners_of(tables[0], name, PREVIOUS_OWNERS)
    return {"seen": seen, "outcomes": outcomes, "owners": owners}


def puts_of_bob(tables, number):
    """Transactions and plain puts of one item, in turn: a held item refuses the plain put."""
    name = f"puts-{number}"

    def request(index):
        table = tables[index]
        if index % 2 == 1:
            return lambda: table.put(group(name), owner("bob"))
        op_args = [
            db.PutArg(group(name), owner("bob")),
            db.InsertArg(group(name), owner(f"witness-{index:02d}")),
        ]
        return lambda: table.transact_write_items(op_args)

    outcomes = outcomes_of([request(index) for index in range(OWNERS)])
    seen = any(outcomes[1::2])
    owners = owners_of(tables[0], name, WITNESSES)
    return {"seen": seen, "outcomes": outcomes, "owners": owners}


def play_races():
    """Repeats each race until its conflict was seen, in a bounded number of rounds."""
    # A Table must not be shared by threads; creating one is not thread-safe either.
    tables = [db.Table("SingleTable") for _ in range(OWNERS)]
    result = {}
    for name, race in (("transfers", transfers_to_bob), ("puts", puts_of_bob)):
        rounds = []
        while len(rounds) < MAX_ROUNDS and not (rounds and rounds[-1]["seen"]):
            rounds.append(race(tables, len(rounds)))
        result[name] = rounds
    return result


def look():
    """The owners of a group of each phase."""
    table = db.Table("SingleTable")
    candidates = {
        "my-group": FRIENDS,
        "crew": CREW,
        "transfers-0": PREVIOUS_OWNERS,
        "puts-0": WITNESSES,
    }
    return {name: owners_of(table, name, names) for name, names in candidates.items()}


if __name__ == "__main__":
    phases = {
        "transfer": play_transfer,
        "operations": play_operations,
        "races": play_races,
        "look": look,
    }
    print(json.dumps(phases[sys.argv[1]]()))

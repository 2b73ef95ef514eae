"""The bookstore with the resource API of boto3: a sale and the stock change together.

Phases: `sell` creates both tables and sells the whole stock and one book more; `rush` lets many
customers buy at once; `look` only reads. What the handler prints goes to stdout, and the last
line of stdout is the JSON of what is stored and of what the calls raised.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import boto3
from botocore.config import Config

CUSTOMERS = 64
RUSH_STOCK = 20
ATTEMPTS = 1000

dynamodb = boto3.resource("dynamodb", config=Config(max_pool_connections=CUSTOMERS))
client = dynamodb.meta.client


def create_table(name, key):
    """Creates a table keyed by the string `key` and waits until it can be used."""
    table = dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    table.wait_until_exists()
    return table


def sale_of(book_id, sale_id):
    """The two actions of one sale: one book less in stock, one sale record more."""
    return [
        {
            "Update": {
                "TableName": "Books",
                "Key": {"BookID": book_id},
                "UpdateExpression": "SET Stock = Stock - :one",
                "ConditionExpression": "Stock > :zero",
                "ExpressionAttributeValues": {":one": 1, ":zero": 0},
            }
        },
        {
            "Put": {
                "TableName": "Sales",
                "Item": {"SaleID": sale_id, "BookID": book_id, "Quantity": 1},
            }
        },
    ]


def reasons_of(error):
    return [reason["Code"] for reason in error.response["CancellationReasons"]]


def sell(book_id, sale_id):
    """Sells one book; gives None, or the error after the handler has printed."""
    try:
        client.transact_write_items(TransactItems=sale_of(book_id, sale_id))
    except client.exceptions.TransactionCanceledException as error:
        print("Transaction failed: insufficient stock")
        return {
            "code": error.response["Error"]["Code"],
            "message": error.response["Error"]["Message"],
            "reasons": reasons_of(error),
        }
    return None


def buy_in_rush(number):
    """Buys until the sale is done or the stock is gone; gives the reasons of each failure."""
    failures = []
    for _ in range(ATTEMPTS):
        try:
            sale = sale_of("rush", f"rush{number:03d}")
            client.transact_write_items(TransactItems=sale)
            return {"sold": True, "failures": failures}
        except client.exceptions.TransactionCanceledException as error:
            reasons = reasons_of(error)
            failures.append(reasons)
            if reasons[0] == "ConditionalCheckFailed":
                return {"sold": False, "failures": failures}
    raise RuntimeError(f"customer {number} was never served")


def stored():
    """The books and the sales that exist, of all that this program can have written."""
    sale_ids = [f"rush{number:03d}" for number in range(CUSTOMERS)]
    sale_ids += [f"sale{number:03d}" for number in range(1, 7)]
    return {
        "books": existing("Books", "BookID", ["book123", "rush"]),
        "sales": existing("Sales", "SaleID", sale_ids),
    }


def existing(table_name, key, ids):
    table = dynamodb.Table(table_name)
    responses = [table.get_item(Key={key: each}, ConsistentRead=True) for each in ids]
    return [response["Item"] for response in responses if "Item" in response]


def sell_the_stock():
    books_table = create_table("Books", "BookID")
    books_table.put_item(Item={"BookID": "book123", "Stock": 5})
    create_table("Sales", "SaleID")
    sales_table = dynamodb.Table("Sales")

    first = sell("book123", "sale001")
    after_first = {
        "book": books_table.get_item(Key={"BookID": "book123"})["Item"],
        "sale": sales_table.get_item(Key={"SaleID": "sale001"})["Item"],
    }
    others = [sell("book123", f"sale{number:03d}") for number in range(2, 7)]
    return {"sales": [first, *others], "afterFirst": after_first, "stored": stored()}


def rush():
    dynamodb.Table("Books").put_item(Item={"BookID": "rush", "Stock": RUSH_STOCK})
    with ThreadPoolExecutor(CUSTOMERS) as customers:
        purchases = list(customers.map(buy_in_rush, range(CUSTOMERS)))
    return {"purchases": purchases, "stored": stored()}


def plain(value):
    if isinstance(value, Decimal) and value == int(value):
        return int(value)
    raise TypeError(repr(value))


if __name__ == "__main__":
    phases = {"sell": sell_the_stock, "rush": rush, "look": lambda: {"stored": stored()}}
    print(json.dumps(phases[sys.argv[1]](), default=plain))

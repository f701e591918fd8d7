# SPDX-License-Identifier: MIT
"""A program as a careful user writes it: mypy --strict must find nothing but what is marked."""

from datetime import date, datetime
from decimal import Decimal
from typing import Optional
from uuid import UUID

import autocrm
from autocrm.storage import Connection, Storage


class Post(autocrm.Transport):
    name = "post"
    channels = ("email",)

    def submit(self, message: autocrm.Message) -> autocrm.Sent:
        return autocrm.Sent(autocrm.DELIVERED, reference=message.to)


class Bank(autocrm.Connector):
    name = "bank"

    def ask(self, request: autocrm.Request) -> object:
        if request.name != "rate":
            raise autocrm.Later("closed", seconds=3600)
        return {"rate": Decimal("0.05")}


class Shelf(Storage):
    def connect(self) -> Connection:
        return Connection()


def sell(crm: autocrm.Session) -> Optional[Decimal]:
    ada = crm.customer.create(name="Ada", birth_date=date(1990, 1, 1))
    who: UUID = ada.id
    made: datetime = ada.created_at
    quote = crm.quote.create(customer_id=who, currency="EUR", tax_rate=Decimal("0.19"),
                             lines=[{"kind": "fee", "amount": "120.00"}])
    contract = crm.quote.accept(quote.id).contract
    for each in crm.customer.each(where={"city": "Torino"}, order=["name"]):
        print(each.name.upper(), made)
    print([each.name for each in crm.customer.list(limit=3).items_])
    print(crm.finance.rates(from_="nominal", value=6))
    crm.lead.launch()  # type: ignore[attr-defined]
    crm.customer.create(name="A", kind="ghost")  # type: ignore[arg-type]
    crm.customer.create(name=7)  # type: ignore[arg-type]
    total: Optional[Decimal] = contract.total
    return total


def main() -> None:
    with autocrm.open("memory:", zone="Europe/Rome", transports=[Post()], connectors=[Bank()],
                      key=bytes(32)) as crm:
        with crm.acting_as("system") as other, open("leads.csv", "rb") as file:
            other.import_.run("leads.csv", _input=file, _progress=lambda what, done, all: True)
        try:
            print(sell(crm))
        except autocrm.Invalid as error:
            print(error.field, error.reason, [each["field"] for each in error.details])
    autocrm.open(Shelf())

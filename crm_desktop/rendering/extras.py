"""Texts a form takes from `PrintDocument.extra`: optional, each with a sensible print without it."""

from enum import StrEnum

from crm_contract.printing import PrintDocument
from crm_contract.sales import DELIVERY


class Extra(StrEnum):
    CITY = "city"                                        # place of a contract: «Москва»
    SELLER_DIRECTOR_GENITIVE = "seller_director_genitive"  # «генерального директора Иванова Ивана Ивановича»
    BUYER_DIRECTOR_GENITIVE = "buyer_director_genitive"
    SELLER_OGRN_DATE = "seller_ogrn_date"                # «12.03.2004»: УПД of a sole proprietor
    PAYMENT_DAYS = "payment_days"                        # days after delivery; 0 means payment in advance
    PAYMENT_TERMS = "payment_terms"                      # a whole sentence instead of the standard one
    DELIVERY_TERMS = "delivery_terms"
    WARRANTY_MONTHS = "warranty_months"
    PERIOD = "period"                                    # of an act: «01.10.2026 - 31.10.2026»
    ATTENTION = "attention"                              # the person an offer is addressed to
    INTRODUCTION = "introduction"                        # first sentence of an offer
    TRANSPORT = "transport"                              # УПД [9]
    POWER_OF_ATTORNEY = "power_of_attorney"              # who takes the goods by which paper
    CORRECTION_NUMBER = "correction_number"              # УПД (1а)
    CORRECTION_DATE = "correction_date"
    STATE_CONTRACT = "state_contract"                    # УПД (8)


def extra(document: PrintDocument, key: Extra, default: str = "") -> str:
    return document.extra.get(key, "").strip() or default


_DELIVERY_TITLES = {choice.code: choice.title for choice in DELIVERY}


def delivery(document: PrintDocument) -> str:
    """In words, whether the document holds the words or the code of the choice."""
    return _DELIVERY_TITLES.get(document.delivery, document.delivery)

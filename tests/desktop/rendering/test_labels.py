"""Labels: what is printed is read back off the picture, dot by dot; nothing is lost at the edges of a label."""

from decimal import Decimal
from typing import Any

import pytest

from crm_contract.codes import Command, own_code
from crm_contract.labels import COMMAND_TITLES, ProductLabel
from crm_desktop.rendering.bars import code128, ean13
from crm_desktop.rendering.label_texts import (
    badge_label,
    command_labels,
    document_label,
    place_label,
    product_label,
    serial_label,
)
from crm_desktop.rendering.labels import DOT, MEDIA, WALL, Label, Media, page_count, write_labels
from crm_desktop.rendering.qr import QUIET_MODULES, qr_code

from .reading import letters, pdf_pages
from .scanning import PIXELS, Area, picture_of, scan

EAN = "4006381333931"
LONG = "Датчик давления ДД-40, 0–16 бар, присоединение G1/2, с разъёмом DIN 43650 и кабелем пяти метров, исполнение УХЛ"
PLACE: dict[str, Any] = {"id": 77, "name": "Ячейка 10", "code": "А-02-10", "parent": {"title": "Основной склад"}}
SIZES = {media.code: media for media in MEDIA}


def product(name: str = "Датчик ДД-40", barcodes: tuple[str, ...] = (), id: int = 12345) -> ProductLabel:
    return ProductLabel(id=id, sku="104-220", name=name, unit="шт", barcodes=list(barcodes), price=Decimal(4100))


LABELS = {
    "ean": (product_label(product(LONG, (EAN,)), with_price=True), EAN),
    "own": (product_label(product()), "OKP12345"),
    "far": (product_label(product(id=987654321)), "OKP987654321"),
    "place": (place_label(PLACE), "OKL77"),
    "document": (document_label("receipt", 4512, "ПО-000045", "АО «Завод»"), "OKD4512"),
}


def area(media: Media, index: int) -> Area:
    x, y = media.place(index)
    return Area(x, media.page[1] - y - media.height, media.width, media.height)


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize("code", [code for code in SIZES if code != "a4-5x13"])
def test_every_label_is_read_back(name: str, code: str) -> None:
    media = SIZES[code]
    label, text = LABELS[name]
    start = media.per_page
    read = scan(write_labels([label], media, start), area(media, start - 1))
    assert read.text == text
    assert read.dots >= 2, "a bar is at least 0.25 mm"
    wanted = (11, 7) if name == "ean" else (10, 10)
    assert read.quiet[0] >= wanted[0] - 0.5
    assert read.quiet[1] >= wanted[1] - 0.5


def test_known_vectors() -> None:
    assert ean13("4006381333931").pattern == (
        "10100011010100111010111101111010001001011001101010100001010000101000010111010010000101100110101")
    assert code128("PJJ123C").pattern.startswith("11010010000")  # Start B
    assert code128("PJJ123C").pattern.endswith("1100011101011")  # Stop
    assert code128("OKD12345").modules < code128("OKDABCDE").modules, "digits go in pairs"
    for wrong in ("", "Ячейка", "a\nb"):
        with pytest.raises(ValueError, match="ASCII"):
            code128(wrong)
    with pytest.raises(ValueError, match="thirteen"):
        ean13("12345")


def test_a_wrong_ean_falls_back_to_our_own_code() -> None:
    assert product_label(product(barcodes=("4006381333930", "12345678"))).code == "OKP12345"
    assert product_label(product(barcodes=("12345678", EAN))).code == EAN


@pytest.mark.parametrize("code", SIZES)
def test_a_text_that_no_bars_hold_becomes_a_qr_code(code: str) -> None:
    media = SIZES[code]
    for serial in ("СЕР-000123", "SN-2026-000123-AB-EXTRA-LONG-SERIAL-0001"):
        data = write_labels([serial_label("Насос НЦ-50", serial)], media)
        assert _find_qr(picture_of(data, area(media, 0)), [list(row) for row in qr_code(serial).matrix]) >= 2


def _find_qr(picture: Any, matrix: list[list[int]]) -> int:
    """Dots of a module where the whole symbol with its quiet zone stands on the picture; 0 when it does not."""
    side = len(matrix)
    dark = picture.point(lambda level: 255 if level < 128 else 0)
    for dots in range(8, 1, -1):
        module = dots * PIXELS
        box = dark.crop((0, 0, min(picture.width, (side + 10) * module), picture.height)).getbbox()
        assert box is not None
        left, top = box[0], min(y for y in range(picture.height)
                                if picture.getpixel((box[0], y)) < 128)
        if left + side * module > picture.width or top + side * module > picture.height:
            continue
        drawn = [[int(picture.getpixel((left + column * module + module // 2, top + line * module + module // 2))
                      < 128) for column in range(side)] for line in range(side)]
        if drawn == matrix and left >= (QUIET_MODULES - 2.5) * module:
            return dots
    return 0


@pytest.mark.parametrize("code", SIZES)
def test_nothing_stands_outside_of_its_label(code: str) -> None:
    """Between the places of a sheet and at the edges of a roll the paper is white."""
    media = SIZES[code]
    label = product_label(product(LONG * 3, (EAN,)), with_price=True)
    picture: Any = picture_of(write_labels([label] * media.per_page, media), Area(0, 0, *media.page))
    scale = PIXELS / DOT
    for index in range(media.per_page):
        spot = area(media, index)
        left, top = round(spot.left * scale), round(spot.top * scale)
        right, bottom = left + round(spot.width * scale) - 1, top + round(spot.height * scale) - 1
        edges = [*((x, y) for x in range(max(0, left), right) for y in (max(0, top), bottom)),
                 *((x, y) for y in range(max(0, top), bottom) for x in (max(0, left), right))]
        assert all(picture.getpixel(spot) > 200 for spot in edges)


def test_words_are_on_the_label() -> None:
    text = letters(pdf_pages(write_labels([LABELS["ean"][0]], SIZES["58x40"]))[0])
    assert letters("Арт. 104-220") in text
    assert letters("4 100,00 ₽") in text
    assert letters("4 006381 333931") in text
    assert letters(LONG[:30]) in text
    without = letters(pdf_pages(write_labels([product_label(product(LONG, (EAN,)))], SIZES["58x40"]))[0])
    assert "₽" not in without
    badge = letters(pdf_pages(write_labels([badge_label("OKEX7K2M9PQ4RT", "Кладов Иван", "Кладовщик")], WALL))[0])
    assert "Кладовщик" in badge
    assert "OKE" not in badge, "the secret of a badge is for the scanner only"


def test_a_begun_sheet_goes_on_at_its_first_free_place() -> None:
    media = SIZES["a4-3x8"]
    label = LABELS["own"][0]
    data = write_labels([label] * 10, media, 20)
    assert len(pdf_pages(data)) == page_count(10, media, 20) == 2
    assert scan(data, area(media, 19)).text == "OKP12345"
    with pytest.raises(ValueError, match="no symbol"):
        scan(data, area(media, 18))
    assert scan(data, area(media, 4), 1).text == "OKP12345"
    with pytest.raises(ValueError, match="no symbol"):
        scan(data, area(media, 5), 1)
    roll = SIZES["58x40"]
    assert len(pdf_pages(write_labels([label] * 3, roll, 7))) == page_count(3, roll, 7) == 3


def test_no_labels_are_no_file() -> None:
    with pytest.raises(ValueError, match="no labels"):
        write_labels([], MEDIA[0])
    with pytest.raises(ValueError, match="holds"):
        write_labels([Label("x", "Я" * 600)], SIZES["43x25"])


def test_the_sheet_of_commands_is_read_by_the_terminal() -> None:
    assert set(COMMAND_TITLES) == set(Command)
    data = write_labels(command_labels(), WALL, heading="Команды терминала")
    pages = pdf_pages(data)
    assert len(pages) == 1
    assert "Команды терминала" in pages[0]
    for index, command in enumerate(COMMAND_TITLES):
        spot = area(WALL, index)
        inner = Area(spot.left + 2, spot.top + 2, spot.width - 4, spot.height - 4)
        read = own_code(scan(data, inner).text)
        assert read is not None
        assert read.payload == command.value
        assert COMMAND_TITLES[command][0] in pages[0]

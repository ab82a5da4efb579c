"""64 people take the last 10 units at once: exactly 10 get one, the others are told who holds them."""

import uuid
from concurrent.futures import ThreadPoolExecutor

from tests.server.conftest import Person, World


def test_exactly_ten_of_sixty_four_succeed(world: World, boss: Person) -> None:
    place = world.insert("place", kind="warehouse", name="Основной", branch_id=world.branch_id, inner=True)
    product = world.insert("product", sku="104-220", name="Датчик")
    world.sql("INSERT INTO stock_move (at, product_id, from_place_id, to_place_id, quantity)"
              " SELECT current_date, %s, id, %s, 10 FROM place WHERE kind = 'supplier'", (product, place))

    def take(_: int) -> tuple[int, str]:
        body = {"product_id": product, "place_id": place, "quantity": "1", "note": "заказ"}
        answer = boss.http.post(
            "/api/stock/reservations", json=body,
            headers={"Authorization": f"Bearer {boss.token}", "Idempotency-Key": uuid.uuid4().hex})
        return answer.status_code, answer.text

    with ThreadPoolExecutor(64) as people:
        answers = list(people.map(take, range(64)))
    assert sorted(status for status, _ in answers) == [200] * 10 + [409] * 54
    assert all("Главный Г. Г." in text for status, text in answers if status == 409)
    row = world.sql("SELECT on_hand, reserved FROM stock_balance")[0]
    assert (row["on_hand"], row["reserved"]) == (10, 10)

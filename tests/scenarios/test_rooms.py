"""Named people in rooms, over real sockets."""

from pathlib import Path

from tests.support.app import journal_lines, running_app
from tests.support.wire import Wire


async def test_members_hear_a_message_and_its_author_gets_only_the_answer(tmp_path: Path) -> None:
    """Anna writes to a room: Boris gets the message once, Anna gets the answer and no copy."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
            assert (await anna.ask(action="join", time=0, room="#tea"))["response"] == 200
            assert (await boris.ask(action="join", time=0, room="#tea"))["response"] == 200
            answer = await anna.ask(action="msg", time=0, to="#tea", message="Чай готов")
            assert answer == {"response": 200, "alert": "Сообщение от anna к #tea доставлено"}
            heard = await boris.hear()
            assert heard.pop("time") > 0
            assert heard == {"action": "msg", "from": "anna", "to": "#tea", "message": "Чай готов"}
            assert await anna.silent()
            assert await boris.silent()
        assert journal_lines(app).count("INFO     server     200: Сообщение от anna к #tea доставлено") == 1


async def test_membership_outlives_the_connection(tmp_path: Path) -> None:
    """Boris disconnects without leaving; when he is back he hears the room without joining again."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna:
            await anna.ask(action="join", time=0, room="#tea")
            async with await Wire.login(port, "boris") as boris:
                await boris.ask(action="join", time=0, room="#tea")
            async with await Wire.login(port, "boris") as boris:
                await anna.ask(action="msg", time=0, to="#tea", message="again")
                assert (await boris.hear())["message"] == "again"


async def test_join_creates_a_room_and_joining_twice_changes_nothing(tmp_path: Path) -> None:
    """The first join makes the room, the second is answered 200 as well, and a message is heard once."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
            joined = {"response": 200, "alert": "Пользователь anna присоединился к чату #чай"}
            assert await anna.ask(action="join", room="#чай") == joined
            assert await anna.ask(action="join", room="#чай") == joined
            await boris.ask(action="join", room="#чай")
            await boris.send("#чай", "once")
            assert await anna.texts(1) == ["once"]
            assert await anna.silent()


async def test_leaving(tmp_path: Path) -> None:
    """Whoever leaves hears nothing more: 200; a second time 403; a room that does not exist 400."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
            for wire in (anna, boris):
                await wire.ask(action="join", room="#tea")
            assert await anna.ask(action="leave", room="#tea") == {
                "response": 200,
                "alert": "Пользователь anna покинул чат #tea",
            }
            assert (await boris.send("#tea", "gone?"))["response"] == 200
            assert await anna.silent()
            assert await anna.ask(action="leave", room="#tea") == {
                "response": 403,
                "error": "Пользователь anna не состоит в чате #tea",
            }
            assert await anna.ask(action="leave", room="#none") == {
                "response": 400,
                "error": "Чата #none не существует",
            }
            assert await anna.code(action="join", room="#tea") == 200


async def test_only_members_write(tmp_path: Path) -> None:
    """A message to a room one is not in is 403, to a room that does not exist 404; nobody hears it."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
            await boris.ask(action="join", room="#tea")
            assert await anna.send("#tea", "x") == {
                "response": 403,
                "error": "Пользователь anna не состоит в чате #tea",
            }
            assert await anna.send("#none", "x") == {"response": 404, "error": "Чата #none не существует"}
            assert await boris.silent()


async def test_names_are_compared_folded_and_shown_as_created(tmp_path: Path) -> None:
    """#Straße, #STRASSE and its full-width spelling are one room, shown as it was created; so are names of accounts."""
    async with running_app(tmp_path, "Жанна", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "жАННА") as zhanna, await Wire.login(port, "BORIS") as boris:
            assert (await zhanna.ask(action="join", room="#Straße"))["alert"].endswith(
                "Жанна присоединился к чату #Straße"
            )
            assert (await boris.ask(action="join", room="#STRASSE"))["alert"].endswith(
                "boris присоединился к чату #Straße"
            )
            answer = await boris.send("#ｓｔｒａｓｓｅ", "hello")
            assert answer["alert"] == "Сообщение от boris к #Straße доставлено"
            heard = await zhanna.hear()
            assert (heard["from"], heard["to"]) == ("boris", "#Straße")
            await boris.send("жанна", "hello")
            heard = await zhanna.hear()
            assert (heard["from"], heard["to"]) == ("boris", "Жанна")


async def test_all_connections_of_members_hear(tmp_path: Path) -> None:
    """Every connection of every member hears a message once, the author's other connection too; a plain one gets five
    fields, a rich one `seq` and `id` as well.
    """
    plain = {"action", "time", "from", "to", "message"}
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with (
            await Wire.login(port, "anna", features=["seq"]) as anna,
            await Wire.login(port, "anna") as annas_phone,
            await Wire.login(port, "boris", features=["seq", "nonsense"]) as boris,
            await Wire.login(port, "boris") as boriss_phone,
        ):
            await anna.ask(action="join", room="#tea")
            await boris.ask(action="join", room="#tea", id="r1")
            answer = await anna.send("#tea", "hello", id="m1")
            assert answer == {
                "response": 200,
                "alert": "Сообщение от anna к #tea доставлено",
                "id": "m1",
                "seq": 1,
            }
            assert set(await annas_phone.hear()) == plain
            heard = await boris.hear()
            assert set(heard) == plain | {"seq", "id"}
            assert (heard["seq"], heard["id"]) == (1, "m1")
            assert set(await boriss_phone.hear()) == plain
            answer = await anna.send("#tea", "no id")
            assert set(answer) == {"response", "alert", "seq"}
            assert set(await boris.hear()) == plain | {"seq"}
            assert set(await annas_phone.hear()) == plain
            assert set(await annas_phone.send("#tea", "plain", id="m2")) == {"response", "alert"}
            assert (await anna.hear())["id"] == "m2"


async def test_requests_are_answered_in_order(tmp_path: Path) -> None:
    """Many requests of all kinds in one segment are answered one by one, in their order."""
    async with running_app(tmp_path, "anna", "boris") as app, await Wire.connect(app.listener.port) as anna:
        anna.tell(action="presence", id="0")
        anna.tell(action="authenticate", user={"account_name": "anna", "password": "secret"}, features=["seq"], id="1")
        anna.tell(action="join", room="#tea", id="2")
        anna.tell(action="msg", to="#tea", message="x", id="3")
        anna.tell(action="msg", to="#none", message="x", id="4")
        anna.tell(action="msg", to="boris", message="x", id="5")
        anna.tell(action="msg", to="nobody", message="x", id="6")
        anna.tell(action="msg", to="#tea", message="x", id="7")
        anna.tell(action="dance", id="8")
        anna.tell(action="get_contacts", id="9")
        anna.tell(action="leave", room="#tea", id="10")
        anna.tell(action="msg", to="#tea", message="x", id="11")
        answers = [await anna.hear() for _ in range(12)]
        assert [answer["response"] for answer in answers] == [
            401,
            202,
            200,
            200,
            404,
            202,
            404,
            200,
            400,
            202,
            200,
            403,
        ]
        assert [answer.get("id") for answer in answers] == [None, *(str(n) for n in range(1, 8)), None, "9", "10", "11"]


async def test_the_answer_comes_before_deliveries_of_the_same_moment(tmp_path: Path) -> None:
    """Anna and Boris write at once, many times: all answers come, and each hears all of the other's in order."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
            for wire in (anna, boris):
                await wire.ask(action="join", room="#tea")
            for wire in (anna, boris):
                for number in range(300):
                    wire.tell(action="msg", to="#tea", message=str(number))
            for wire in (anna, boris):
                for _ in range(300):
                    assert (await wire.answer())["response"] == 200
                assert await wire.texts(300) == [str(number) for number in range(300)]
                assert await wire.silent()


async def test_two_rename_a_room_at_once(tmp_path: Path) -> None:
    """The answer to the second rename calls the room as the first one has left it."""
    async with running_app(tmp_path, "anna", "boris", lang="en") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
            for wire in (anna, boris):
                await wire.ask(action="join", time=0, room="#tea")
            await anna.ask(action="set_role", time=0, room="#tea", name="boris", role="owner")
            anna.tell(action="set_room", time=0, room="#tea", name="#one")
            boris.tell(action="set_room", time=0, room="#tea", name="#two")
            texts = {(await wire.hear())["alert"] for wire in (anna, boris)}
            assert any("#one: name" in text or "#two: name" in text for text in texts), texts

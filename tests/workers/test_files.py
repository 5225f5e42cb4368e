"""The worker of files: pictures made anew in a process apart, once, whatever breaks."""

import asyncio
import io
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from documents import files
from documents.base import Row, collection
from documents.files import contents
from domain.files import ATTEMPTS_MAX, FilePurpose
from resolvers.context import Context
from resolvers.files import Asked, issue, receive, written
from tests.api.pictures import PLACE, pdf, picture, png_header
from tests.resolvers.stage import NOW, supplier
from workers import images
from workers.files import PAINTER, BrokenError, Command, FileWorker, UnreadableError, painted
from workers.images import UNREADABLE, pictures

DIES = (sys.executable, "-c", "import os; os.abort()")
WAITS = (sys.executable, "-c", "import time; time.sleep(60)")


@pytest.fixture
async def ctx(database: object) -> Context:
    """A supplier."""
    return (await supplier())[1]


async def uploaded(ctx: Context, data: bytes, type_: str = "image/jpeg", key: str = "key-00001") -> Row:
    """A file that waits for a worker."""
    ticket = await issue(ctx, Asked(FilePurpose.licence, "a", len(data), type_), key)

    async def body() -> Any:
        yield data

    return await receive(ctx, written(ticket["_id"]), None, body())


def worker(ctx: Context, painter: Command = PAINTER, lasts: timedelta = timedelta(minutes=1)) -> FileWorker:
    """A worker that nobody runs."""
    return FileWorker(lambda: ctx, painter=painter, lasts=lasts)


async def standing(file: Row) -> Row:
    """The file as it stands."""
    row = await files.get(file["_id"])
    assert row is not None
    return row


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_pictures_from_pixels_alone(format_: str) -> None:
    """R-B8: a picture is made anew, upright and in smaller widths, with nothing else of what was uploaded."""
    source = Image.new("RGB", (40, 20), (200, 0, 0))
    source.paste((0, 0, 200), (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, PLACE.decode()  # to be turned clockwise
    written_ = io.BytesIO()
    more: dict[str, Any] = {"icc_profile": b"profile-" + PLACE} if format_ != "WEBP" else {}
    source.save(written_, format_, exif=exif, quality=95, **more)
    data = written_.getvalue() + b"<script>behind</script>"
    made = list(pictures(data, format_, [10, 20, 320]))
    assert [(told["name"], told["width"], told["height"]) for told, _ in made] == [
        ("whole", 20, 40),
        ("10", 10, 20),
    ]
    for told, encoded in made:
        assert told["size"] == len(encoded)
        for left in (PLACE, b"Exif", b"script", b"profile"):
            assert left not in encoded
        with Image.open(io.BytesIO(encoded), formats=[format_]) as again:
            assert not again.getexif()
            top, bottom = [
                again.convert("RGB").getpixel((told["width"] // 2, y)) for y in (1, told["height"] - 2)
            ]
            assert isinstance(top, tuple)
            assert isinstance(bottom, tuple)
            assert top[2] > top[0]
            assert bottom[0] > bottom[2]


@pytest.mark.parametrize(
    ("mode", "format_", "kept"),
    [
        ("RGBA", "PNG", "RGBA"), ("LA", "PNG", "RGBA"), ("P", "PNG", "RGB"), ("1", "PNG", "L"), ("I;16", "PNG", "RGB"),
        ("L", "JPEG", "L"), ("CMYK", "JPEG", "RGB"), ("RGBA", "WEBP", "RGBA"),
    ],
)  # fmt: skip
def test_modes(mode: str, format_: str, kept: str) -> None:
    """R-B8: pictures of every mode come out in one that every reader knows, and see-through ones stay so."""
    written_ = io.BytesIO()
    Image.new(mode, (9, 9)).save(written_, format_)
    ((_, data),) = pictures(written_.getvalue(), format_, [320])
    with Image.open(io.BytesIO(data)) as again:
        assert again.mode in {kept, "RGB" if kept == "L" and format_ == "WEBP" else kept}


@pytest.mark.parametrize(
    ("data", "format_"),
    [
        (b"", "PNG"), (b"rubbish", "PNG"), (picture("JPEG"), "PNG"), (picture("PNG")[:900], "PNG"),
        (picture("JPEG")[:5000], "JPEG"), (png_header(8_000, 6_000), "PNG"), (png_header(60_000, 60_000), "PNG"),
    ],
)  # fmt: skip
async def test_what_is_no_picture(data: bytes, format_: str) -> None:
    """R-B8: what can't be read, is another format or too large is told as such, by the script and by the process."""
    assert images.main([format_, "320"], io.BytesIO(data), io.BytesIO()) == UNREADABLE
    with pytest.raises(UnreadableError):
        await painted(data, format_)


async def test_the_process_says_what_the_script_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B8: the process gives what the script makes, and refuses to give more than it may."""
    data, answer = picture(), io.BytesIO()
    assert images.main(["JPEG", "320", "1024"], io.BytesIO(data), answer) == 0
    made = await painted(data, "JPEG")
    assert [told["width"] for told, _ in made] == [1600, 320, 1024]
    assert answer.getvalue().endswith(b"".join(encoded for _, encoded in made))
    monkeypatch.setattr(images, "LARGEST", 10)
    assert images.main(["JPEG"], io.BytesIO(data), io.BytesIO()) == UNREADABLE


async def test_a_process_that_breaks() -> None:
    """R-B8: a process that dies or hangs says nothing of the picture."""
    for command in (DIES, WAITS, ("/nowhere",)):
        with pytest.raises(BrokenError):
            await painted(b"0" * 2**20, "JPEG", command, seconds=0.5)


async def test_each_file_is_settled(ctx: Context) -> None:
    """R-B8: papers and pictures are ready after a turn, what can't be read is refused, and nothing is left over."""
    paper = await uploaded(ctx, pdf(), "application/pdf", "key-00001")
    photo = await uploaded(ctx, picture(), "image/jpeg", "key-00002")
    broken = await uploaded(ctx, picture()[:5000], "image/jpeg", "key-00003")
    await worker(ctx).work()
    assert [(await standing(one))["status"] for one in (paper, photo, broken)] == [
        "ready",
        "ready",
        "refused",
    ]
    shown = await standing(photo)
    assert [one["name"] for one in shown["variants"]] == ["320", "1024"]
    assert len(await files.whole(shown["content"])) == shown["size"]
    await files.sweep(NOW + timedelta(seconds=1))
    assert await collection(contents.HEADS).count_documents({}) == 4
    assert await collection(contents.LOOSE).count_documents({}) == 0
    assert await collection("file_work").count_documents({}) == 0


async def test_many_workers(ctx: Context) -> None:
    """R-B8: any number of workers see to each file once."""
    rows = [await uploaded(ctx, picture(size=(400, 9)), key=f"key-{number:05}") for number in range(4)]
    await asyncio.gather(*(worker(ctx).work() for _ in range(3)))
    assert {(await standing(row))["status"] for row in rows} == {"ready"}
    assert await collection("events").count_documents({"data.status": "ready"}) == 4
    await files.sweep(NOW + timedelta(seconds=1))
    assert await collection(contents.HEADS).count_documents({}) == 8


async def test_a_picture_that_breaks_workers(ctx: Context) -> None:
    """R-B8: a picture that breaks whoever decodes it is tried a few times, and then refused."""
    file = await uploaded(ctx, picture())
    breaking = worker(ctx, DIES, timedelta(0))
    for _ in range(ATTEMPTS_MAX):
        assert (await standing(file))["status"] == "uploaded"
        taken = await files.take(timedelta(0))
        assert taken is not None
        await breaking._see_to(taken)
    await breaking.work()
    assert (await standing(file))["status"] == "refused"


async def test_work_that_a_dead_worker_left(ctx: Context) -> None:
    """R-B8: what a worker that died had in hand is done by another one, once its turn is over."""
    file = await uploaded(ctx, picture(size=(400, 9)))
    assert await files.take(timedelta(minutes=1)) is not None
    await worker(ctx).work()
    assert (await standing(file))["status"] == "uploaded"
    over = {"$set": {"taken_until": datetime(2020, 1, 1, tzinfo=UTC)}}
    await collection("file_work").update_one({"_id": file["_id"]}, over)
    await worker(ctx).work()
    assert (await standing(file))["status"] == "ready"


async def test_work_on_nothing(ctx: Context) -> None:
    """R-B8: a file that is gone or was settled leaves no work, and a stopped worker takes none."""
    file = await uploaded(ctx, pdf(), "application/pdf")
    stopped = worker(replace(ctx))
    stopped.stop()
    await stopped.work()
    assert await collection("file_work").count_documents({}) == 1
    await collection("files").delete_one({"_id": file["_id"]})
    await worker(ctx).work()
    assert await collection("file_work").count_documents({}) == 0

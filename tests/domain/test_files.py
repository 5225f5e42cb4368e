"""Files by the rules: types by their bytes, sizes from headers, names, tickets, documents on cards."""

import hashlib
import io
from email.message import Message
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from domain.errors import InvalidInput, Refused
from domain.files import (
    ALT_MAX,
    DOCUMENTS_MAX,
    IMAGES,
    LIMITS,
    PIXELS_MAX,
    SIDE_MAX,
    TYPES,
    Arrival,
    Arrived,
    ContentType,
    FileAction,
    FilePurpose,
    FileStatus,
    Header,
    Size,
    advance,
    check_declared,
    check_documents,
    clean_name,
    disposition,
    sniffed,
)
from tests.api.pictures import pdf, picture, png_header

KINDS = {ContentType.jpeg: "JPEG", ContentType.png: "PNG", ContentType.webp: "WEBP"}
SAMPLES = {type_: picture(name, (37, 21)) for type_, name in KINDS.items()} | {ContentType.pdf: pdf()}


def lossless() -> bytes:
    """A WebP of another kind than the usual."""
    written = io.BytesIO()
    Image.new("RGBA", (37, 21), (1, 2, 3, 4)).save(written, "WEBP", lossless=True)
    return written.getvalue()


def plain_webp() -> bytes:
    """A WebP without anything but a picture."""
    written = io.BytesIO()
    Image.new("RGB", (37, 21)).save(written, "WEBP")
    return written.getvalue()


def fed(type_: ContentType, data: bytes, cuts: list[int]) -> Header:
    """A header that was fed in pieces."""
    header = Header(type_)
    for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
        header.feed(data[start:end])
    return header


@pytest.mark.parametrize(
    ("type_", "data"),
    [
        *((type_, SAMPLES[type_]) for type_ in KINDS),
        (ContentType.webp, lossless()),
        (ContentType.webp, plain_webp()),
        (ContentType.jpeg, picture("JPEG", (37, 21), progressive=True)),
        (ContentType.jpeg, b"\xff\xd8\xff\xff" + SAMPLES[ContentType.jpeg][3:]),
        (ContentType.jpeg, b"\xff\xd8\xff\x01" + SAMPLES[ContentType.jpeg][2:]),
    ],
)
@given(cuts=st.lists(st.integers(0, 400), max_size=9).map(sorted))
def test_a_size_from_any_pieces(type_: ContentType, data: bytes, cuts: list[int]) -> None:
    """R-B8: the size of a picture is read from its header, however its bytes are cut."""
    assert fed(type_, data, [min(cut, len(data)) for cut in cuts]).size == Size(37, 21)


@given(type_=st.sampled_from(sorted(IMAGES)), data=st.binary(max_size=200), at=st.integers(0, 40))
def test_damaged_headers(type_: ContentType, data: bytes, at: int) -> None:
    """R-B8: a damaged header gives a size, none, or a refusal: nothing else happens, and little is held."""
    header = Header(type_)
    try:
        header.feed(SAMPLES[type_][:at] + data)
        header.feed(data)
    except ValueError:
        pass
    assert len(header._held) <= 400


@pytest.mark.parametrize(
    ("type_", "data"),
    [
        (ContentType.png, b"\x89PNG\r\n\x1a\n" + b"\x00" * 20),
        (ContentType.jpeg, b"\xff\xd8\xff\xd9\x00\x04" + b"\x00" * 20),
        (ContentType.jpeg, b"\xff\xd8\xff\xe0\x00\x01" + b"\x00" * 20),
        (ContentType.jpeg, b"\xff\xd8\x00\xe0\x00\x01" + b"\x00" * 20),
        (ContentType.webp, b"RIFF\x00\x00\x00\x00WEBPVP8 " + b"\x00" * 20),
        (ContentType.webp, b"RIFF\x00\x00\x00\x00WEBPVP8L" + b"\x00" * 20),
    ],
)
def test_headers_that_are_none(type_: ContentType, data: bytes) -> None:
    """R-B8: what has no size in its header is no picture."""
    with pytest.raises(ValueError):
        Header(type_).feed(data)


def test_sizes_that_are_borne() -> None:
    """R-B8: a picture has at most so many pixels and such sides, and at least one."""
    assert Size(SIDE_MAX, PIXELS_MAX // SIDE_MAX).is_bearable
    for width, height in ((0, 9), (9, 0), (SIDE_MAX + 1, 1), (1, SIDE_MAX + 1), (7_000, 6_000)):
        assert not Size(width, height).is_bearable


def test_types_by_their_bytes() -> None:
    """R-B8: four types are known by how they begin, and nothing else is."""
    for type_, data in SAMPLES.items():
        assert sniffed(data[:16]) is type_
    others = (
        b"<svg>",
        b"<!doctype html>",
        b"GIF89a",
        b"PK\x03\x04",
        b"BM",
        b"RIFF0000WAVE",
        b" %PDF-1.4",
        b"",
    )
    assert {sniffed(one.ljust(16)) for one in others} == {None}


@given(st.binary(max_size=3_000), st.lists(st.integers(0, 3_000), max_size=5).map(sorted), st.integers(-2, 2))
def test_an_arrival(padding: bytes, cuts: list[int], more: int) -> None:
    """R-B8: what arrives is taken if it is exactly what was declared, however it is cut; its digest is told."""
    data = pdf()[:10] + padding + pdf()[10:]
    arrival = Arrival(ContentType.pdf, len(data) + more)
    ends = [min(cut, len(data)) for cut in cuts]

    def all_of_it() -> Any:
        for start, end in zip([0, *ends], [*ends, len(data)], strict=True):
            arrival.feed(data[start:end])
        return arrival.finish()

    if more == 0:
        found = all_of_it()
        assert (found.length, found.size) == (len(data), None)
        assert found.sha256 == hashlib.sha256(data).hexdigest()
        return
    with pytest.raises(InvalidInput) as refused:
        all_of_it()
    assert refused.value.code == ("FILE_TOO_LARGE" if more < 0 else "FILE_SIZE_DIFFERS")


def arrived(declared: ContentType, data: bytes) -> Arrived:
    """What comes of bytes that arrive at once."""
    arrival = Arrival(declared, len(data))
    arrival.feed(data)
    return arrival.finish()


@pytest.mark.parametrize(
    ("declared", "data", "code"),
    [
        (ContentType.png, SAMPLES[ContentType.jpeg], "FILE_TYPE_DIFFERS"),
        (ContentType.png, b"<svg xmlns='...'/>", "FILE_TYPE_UNKNOWN"),
        (ContentType.png, b"\x89", "FILE_TYPE_UNKNOWN"),
        (ContentType.png, b"\x89PNG\r\n\x1a\n", "FILE_UNREADABLE"),
        (ContentType.png, png_header(60_000, 60_000), "FILE_PIXELS"),
        (ContentType.png, b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "FILE_UNREADABLE"),
        (ContentType.pdf, b"%PDF-1.4" + b"%%EOF" + b" " * 1_024, "FILE_UNREADABLE"),
    ],
)
def test_arrivals_that_are_refused(declared: ContentType, data: bytes, code: str) -> None:
    """R-B8: what is not what was declared is refused with its reason."""
    with pytest.raises(InvalidInput) as refused:
        arrived(declared, data)
    assert refused.value.code == code


@given(st.text(max_size=300), st.sampled_from(ContentType))
def test_any_name(given_name: str, type_: ContentType) -> None:
    """R-B8: whatever a file is called, its name is one line without a path, and no header is broken by it."""
    name = clean_name(given_name, type_)
    assert name == clean_name(name, type_)
    assert not set(name) & set('/\\"*:<>?|\r\n\t\x00\u202e')
    assert 1 < len(name) <= 105
    said = disposition(name, inline=False)
    assert said.isascii()
    assert "\n" not in said
    read = Message()
    read["Content-Disposition"] = said
    assert read.get_content_disposition() == "attachment"


def test_names_as_they_are_shown() -> None:
    """R-B8: the extension is that of what the file is, and letters of every language stay."""
    assert clean_name("C:\\фото\\Арба №1.PHP.html", ContentType.jpeg) == "Арба №1.PHP.jpg"
    assert clean_name("../../..", ContentType.pdf) == "file.pdf"
    assert clean_name("licence", ContentType.pdf) == "licence.pdf"
    assert disposition("Арба a.png", inline=True) == (
        "inline; filename=\"____ a.png\"; filename*=UTF-8''%D0%90%D1%80%D0%B1%D0%B0%20a.png"
    )


def test_the_steps_of_a_file() -> None:
    """R-B8: a file is settled once: ready and refused ones stay so."""
    assert advance(FileStatus.uploaded, FileAction.accept) is FileStatus.ready
    assert advance(FileStatus.uploaded, FileAction.refuse) is FileStatus.refused
    for status in (FileStatus.ready, FileStatus.refused):
        for action in FileAction:
            with pytest.raises(Refused):
                advance(status, action)


@given(st.sampled_from(FilePurpose), st.integers(-1, 2**26), st.sampled_from([*ContentType, "text/html", ""]))
def test_what_may_be_declared(purpose: FilePurpose, length: int, type_: str) -> None:
    """R-B8: a ticket is for the types of its purpose, and for as many bytes as it allows."""
    if type_ in TYPES[purpose] and 0 < length <= LIMITS[purpose]:
        assert check_declared(purpose, length, type_) == type_
        return
    with pytest.raises(InvalidInput) as refused:
        check_declared(purpose, length, type_)
    assert {issue.path[0] for issue in refused.value.issues} == {"input"}


def stored_file(**other: Any) -> dict[str, Any]:
    """A file that may stand on a card."""
    return {"supplier": 1, "status": "ready", "content_type": "image/png", "name": "a.png"} | other


def test_documents_of_a_card() -> None:
    """R-B8: documents are stored with the name of their file and texts without needless spaces."""
    given_one = {
        "id": 7,
        "kind": FilePurpose.photo,
        "alt": {"ru": " Вид  сбоку ", "kk": "Бүйірі", "en": "\u200b"},
    }
    assert check_documents([given_one], {7: stored_file()}, 1, complete=True) == [
        {"id": 7, "kind": "photo", "name": "a.png", "alt": {"ru": "Вид сбоку", "kk": "Бүйірі"}}
    ]
    paper = {"id": 8, "kind": FilePurpose.licence, "alt": {}}
    known = {8: stored_file(content_type="application/pdf")}
    assert check_documents([paper], known, 1, complete=True)[0]["alt"] == {}


@pytest.mark.parametrize(
    ("file", "alt", "kind", "codes"),
    [
        (None, {}, "photo", ["UNKNOWN_FILE"]),
        (stored_file(supplier=2), {}, "photo", ["UNKNOWN_FILE"]),
        (stored_file(status="uploaded"), {"kk": "а", "ru": "а"}, "photo", ["FILE_NOT_READY"]),
        (stored_file(content_type="application/pdf"), {}, "photo", ["FILE_KIND"]),
        (stored_file(), {"ru": "а"}, "photo", ["ALT_REQUIRED"]),
        (stored_file(), {"kk": " ", "ru": "а" * (ALT_MAX + 1)}, "photo", ["ALT_REQUIRED", "TOO_LONG"]),
        (stored_file(), {"kk": "\u200b", "ru": " \u2060\ufeff\u00ad"}, "photo", ["ALT_REQUIRED"] * 2),
        (stored_file(), {"kk": "\x00", "ru": "а", "en": "\x01"}, "photo", ["NOT_TEXT", "NOT_TEXT"]),
    ],
)
def test_documents_with_faults(file: Any, alt: dict[str, str], kind: str, codes: list[str]) -> None:
    """R-B8: every fault of a document is named with its place."""
    asked = [{"id": 7, "kind": kind, "alt": alt}]
    with pytest.raises(InvalidInput) as refused:
        check_documents(asked, {} if file is None else {7: file}, 1, complete=True)
    assert [issue.code for issue in refused.value.issues] == codes
    assert {issue.path[:2] for issue in refused.value.issues} == {("documents", 0)}


def test_too_many_documents_and_twice_the_same() -> None:
    """R-B8: a card has a bounded number of documents, each once."""
    one = {"id": 7, "kind": "photo", "alt": {}}
    for number, code in ((2, "DUPLICATE_DOCUMENT"), (DOCUMENTS_MAX + 1, "TOO_MANY_DOCUMENTS")):
        with pytest.raises(InvalidInput) as refused:
            check_documents([one] * number, {7: stored_file()}, 1, complete=False)
        assert [issue.code for issue in refused.value.issues] == [code]

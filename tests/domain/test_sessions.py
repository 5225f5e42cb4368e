"""What the owner of a session is told of where it came from."""

import pytest

from domain.sessions import device_label, serial_tail, shortened_address

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        (CHROME, "Chrome 140, Windows"),
        (f"{CHROME} Edg/140.0.0.0", "Edge 140, Windows"),
        (f"{CHROME} YaBrowser/25.8", "Yandex 25, Windows"),
        (SAFARI, "Safari 18, iOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox 140, Linux"),
        ("Mozilla/5.0 (Macintosh)", "macOS"),
        ("python-httpx2/2.0", "python-httpx2"),
        ("<script>", None),
        ("", None),
        (None, None),
        ("x" * 100_000, "x" * 40),
    ],
)
def test_a_device_in_a_few_words(agent: str | None, label: str | None) -> None:
    """R-A8: browser and system are named, whatever else a header says is not repeated."""
    assert device_label(agent) == label


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("203.0.113.7", "203.0.…"),
        ("::ffff:203.0.113.7", "203.0.…"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("unix", None),
        (None, None),
        ("", None),
    ],
)
def test_an_address_in_part(address: str | None, shown: str | None) -> None:
    """R-A8: the owner recognises the network, and a screen over a shoulder tells no address."""
    assert shortened_address(address) == shown


def test_a_serial_number_in_part() -> None:
    """R-A8: only the end of a certificate's number is shown."""
    assert serial_tail("0123456789abcdef") == "abcdef"

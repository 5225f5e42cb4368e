"""Sign-ins as their owner sees them: how long they last, and what is told of where they came from."""

import re
from datetime import timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

LASTS = timedelta(hours=12)
"""From signing in to signing in again, whatever happens in between."""
IDLE = timedelta(hours=2)
"""Without a renewal in between: access tokens last for minutes, so whoever is there renews far more often."""
GRACE = timedelta(seconds=10)
"""How long a token that was just exchanged is refused without ending the session; see `Use`."""
LONGEST_AGENT = 400
"""Characters of a User-Agent header that are looked at."""

_BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/(\d+)"),
    ("Opera", r"OPR/(\d+)"),
    ("Yandex", r"YaBrowser/(\d+)"),
    ("Samsung Internet", r"SamsungBrowser/(\d+)"),
    ("Firefox", r"(?:Firefox|FxiOS)/(\d+)"),
    ("Chrome", r"(?:Chrome|CriOS)/(\d+)"),
    ("Safari", r"Version/(\d+).*Safari/"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iOS", "iPhone|iPad"),
    ("macOS", "Mac OS X|Macintosh"),
    ("Linux", "Linux|X11"),
)


def device_label(agent: str | None) -> str | None:
    """Browser and system out of a User-Agent header, short enough to be recognised; None without one.

    Of an agent that is neither, the name of the product it calls itself (RFC 9110, 10.1.5).
    """
    said = (agent or "")[:LONGEST_AGENT]
    browser = next((f"{name} {found[1]}" for name, one in _BROWSERS if (found := re.search(one, said))), None)
    system = next((name for name, one in _SYSTEMS if re.search(one, said)), None)
    known = [part for part in (browser, system) if part]
    if known:
        return ", ".join(known)
    product = re.match(r"[A-Za-z0-9._-]{1,40}", said)
    return product[0] if product else None


def shortened_address(address: str | None) -> str | None:
    """An address without what tells it from its neighbours: the half of IPv4, the first 48 bits of IPv6."""
    try:
        found = ip_address((address or "").partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(IPv6Network((int(found), 48), strict=False))
    first, second, *_ = str(getattr(found, "ipv4_mapped", None) or found).split(".")
    return f"{first}.{second}.…"


def serial_tail(serial: str) -> str:
    """The last signs of a certificate's serial number: enough to tell one's own certificates apart."""
    return serial[-6:]

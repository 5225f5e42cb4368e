"""Revocation lists read again from files."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from integrations.development_ca import DevelopmentAuthority
from integrations.signatures import RevocationLists
from workers.revocation import RevocationReader

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)


async def test_lists_are_read_again_and_a_bad_file_keeps_the_earlier(tmp_path: Path) -> None:
    """R-A2: a newer file takes effect without a restart; one that can't be trusted changes nothing."""
    authority = DevelopmentAuthority(tmp_path / "authority")
    lists = RevocationLists([authority.root, authority.intermediate])
    root = x509.load_der_x509_certificate(authority.root)
    files = [tmp_path / "0.der", tmp_path / "1.der"]
    for file, content in zip(files, authority.crls(NOW), strict=True):
        file.write_bytes(content)
    reader = RevocationReader(lists, files, timedelta(milliseconds=10))
    working = asyncio.create_task(reader.run())
    while lists.find(root, NOW) is None:
        await asyncio.sleep(0.01)
    reader.stop()
    await working
    before = lists.find(root, NOW)
    files[0].write_bytes(b"not a list")
    assert reader.read() is False
    assert lists.find(root, NOW) is before

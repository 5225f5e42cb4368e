"""What the simulated partners know: on the disk before any answer, so that no kill loses or doubles it."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

Entry = dict[str, Any]

_TABLES = """
CREATE TABLE IF NOT EXISTS sms (
    id INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL, phone TEXT NOT NULL, text TEXT NOT NULL,
    language TEXT NOT NULL, at TEXT NOT NULL, deliveries INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS reports (
    id INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL, measure TEXT NOT NULL, sequence INTEGER NOT NULL,
    body TEXT NOT NULL, at TEXT NOT NULL, deliveries INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS measures (
    id TEXT PRIMARY KEY, revision INTEGER NOT NULL, statement TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS outgoing (
    id INTEGER PRIMARY KEY, message_id TEXT UNIQUE NOT NULL, body BLOB NOT NULL, due TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0, answers TEXT NOT NULL DEFAULT '[]');
CREATE TABLE IF NOT EXISTS faults (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Journal:
    """One SQLite file that several processes may share."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = Lock()
        self._open = sqlite3.connect(file, timeout=30, isolation_level=None, check_same_thread=False)
        self._open.row_factory = sqlite3.Row
        self._open.execute("PRAGMA journal_mode=WAL")
        self._open.execute("PRAGMA synchronous=FULL")
        self._open.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        self._open.close()

    @contextmanager
    def transaction(self) -> Iterator["Transaction"]:
        """All or nothing; on the disk once the block is left."""
        with self._lock:
            self._open.execute("BEGIN IMMEDIATE")
            try:
                yield Transaction(self._open)
            except BaseException:
                self._open.execute("ROLLBACK")
                raise
            self._open.execute("COMMIT")


class Transaction:
    """Reads and writes of one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._run = connection.execute

    def add_sms(self, key: str, sms: Mapping[str, str], at: datetime) -> int:
        """Keep a text message; the same key again only counts the delivery. Its number."""
        self._run(
            "INSERT INTO sms (key, phone, text, language, at) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (key) DO UPDATE SET deliveries = deliveries + 1",
            (key, sms["to"], sms["text"], sms["language"], at.isoformat()),
        )
        return int(self._run("SELECT id FROM sms WHERE key = ?", (key,)).fetchone()["id"])

    def sms(self) -> list[Entry]:
        """All text messages, the newest first."""
        return [dict(row) for row in self._run("SELECT * FROM sms ORDER BY id DESC")]

    def add_report(self, key: str, report: Mapping[str, Any], at: datetime) -> tuple[int, bool]:
        """Keep a report; its number, and whether it is new."""
        known = self._run("SELECT id FROM reports WHERE key = ?", (key,)).fetchone()
        if known is not None:
            self._run("UPDATE reports SET deliveries = deliveries + 1 WHERE key = ?", (key,))
            return int(known["id"]), False
        made = self._run(
            "INSERT INTO reports (key, measure, sequence, body, at) VALUES (?, ?, ?, ?, ?)",
            (key, report["measure"], report["sequence"], _json(report), at.isoformat()),
        )
        return int(made.lastrowid or 0), True

    def reports(self) -> list[Entry]:
        """All reports in the order of arrival."""
        found = self._run("SELECT * FROM reports ORDER BY id")
        return [{**dict(row), "body": json.loads(row["body"])} for row in found]

    def measure(self, measure: str) -> Entry | None:
        """What Е-Собес last stated about a measure."""
        row = self._run("SELECT statement FROM measures WHERE id = ?", (measure,)).fetchone()
        return json.loads(row["statement"]) if row else None

    def state(self, statement: Mapping[str, Any]) -> None:
        """Remember a measure as stated, unless a newer statement is known."""
        self._run(
            "INSERT INTO measures (id, revision, statement) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE "
            "SET revision = excluded.revision, statement = excluded.statement "
            "WHERE excluded.revision > revision",
            (statement["id"], statement["revision"], _json(statement)),
        )

    def post(self, message_id: str, body: bytes, due: datetime) -> None:
        """Put a message into the queue for the portal; once per identifier."""
        self._run(
            "INSERT OR IGNORE INTO outgoing (message_id, body, due) VALUES (?, ?, ?)",
            (message_id, body, due.isoformat()),
        )

    def due(self, now: datetime, *, newest_first: bool) -> list[Entry]:
        """Messages whose time has come and that the portal hasn't answered for good."""
        order = "DESC" if newest_first else "ASC"
        query = f"SELECT * FROM outgoing WHERE done = 0 AND due <= ? ORDER BY id {order}"  # noqa: S608 - one of two words
        return [dict(row) for row in self._run(query, (now.isoformat(),))]

    def outgoing(self) -> list[Entry]:
        """Every message to the portal with the answers it got."""
        columns = "message_id, due, attempts, done, answers"
        found = self._run(f"SELECT {columns} FROM outgoing ORDER BY id")  # noqa: S608 - columns named above
        return [{**dict(row), "answers": json.loads(row["answers"])} for row in found]

    def answered(self, message_id: str, answer: str, *, done: bool, next_at: datetime) -> None:
        """Note what the portal answered, and when to try again unless that was final."""
        row = self._run("SELECT answers FROM outgoing WHERE message_id = ?", (message_id,)).fetchone()
        answers = [*json.loads(row["answers"]), answer][-20:]
        self._run(
            "UPDATE outgoing SET attempts = attempts + 1, done = ?, due = ?, answers = ? "
            "WHERE message_id = ?",
            (done, next_at.isoformat(), json.dumps(answers), message_id),
        )

    def faults(self) -> Entry:
        """The faults that are switched on."""
        return {row["name"]: json.loads(row["value"]) for row in self._run("SELECT * FROM faults")}

    def set_faults(self, faults: Mapping[str, Any]) -> None:
        """Replace the faults."""
        self._run("DELETE FROM faults")
        for name, value in faults.items():
            self._run("INSERT INTO faults (name, value) VALUES (?, ?)", (name, json.dumps(value)))


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(dict(value), ensure_ascii=False, sort_keys=True)

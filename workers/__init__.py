"""Clock and queue doors: what happens without a client asking."""

"""PURE. One file per format: bytes → tables or drafts, orders → bytes. Layouts come in as data; no file is opened."""

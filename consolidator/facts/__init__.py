"""PURE. The ledger's state: what it knows about people, accounts, programmes and lines. Read-only to rules.

The types are plain values that msgspec writes and reads as they are: a snapshot is the encoded :class:`State`.
"""

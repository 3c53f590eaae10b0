"""PURE. Decides about money: commands in, entries out. No clock, no randomness, no I/O.

``ledger`` dispatches; one file per kind of command says what that kind does. Only this package writes the state.
"""

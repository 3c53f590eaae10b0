"""What is on the wire: identifiers, money, signed envelopes, documents, commands, entries and orders.

Every other package imports this one; it imports none of them.
"""

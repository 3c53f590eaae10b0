"""What is on the wire, as documents for others: JSON Schema and examples, made from the models and from nothing else.

It gives names and bytes; writing them to a folder is the shell's work.
"""

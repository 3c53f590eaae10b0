"""How files come and go: directories now. A transport moves bytes; it never looks into them."""

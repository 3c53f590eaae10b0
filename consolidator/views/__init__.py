"""What people ask of a county: batches, held lines, why a line is where it is. Reads; never writes, never decides."""

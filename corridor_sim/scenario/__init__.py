"""Words: scenarios as they are written, read, laid over one another and checked."""

"""Finding evidence: what a question is about, which passages answer it, in what order."""

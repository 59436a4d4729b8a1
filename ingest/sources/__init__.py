"""Where papers come from on the network: Europe PMC, NCBI (PubMed, PMC) and Crossref, asked politely."""

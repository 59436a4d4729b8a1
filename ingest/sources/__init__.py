"""Where papers come from besides files: clients of literature services."""
